"""Every source is built: it stands in the meson.build beside it. Every test mirrors a room."""
import os
import re

from tree import Plant

TOPS = ('engine', 'tests', 'tools', 'bench')


def listed(tree):
    """Returns folder -> the quoted *.cc of its meson.build, with the folders they name."""
    names = {}
    for source in tree.sources:
        if os.path.basename(source.path) == 'meson.build':
            folder = os.path.dirname(source.path)
            for name in re.findall(r"'([^'\s]+\.cc)'", source.text):
                names.setdefault(os.path.normpath(os.path.join(folder, name)), source.path)
    return names


def faults(tree):
    """Returns one line for each source that no meson.build names."""
    names = listed(tree)
    return ['%s: no meson.build names it' % source.path for source in tree.cpp
            if source.path.endswith('.cc') and source.top in TOPS and source.path not in names]


PLANTS = [
    Plant('no meson.build names it', {'engine/wire/a.cc': 'int x;\n', 'engine/wire/meson.build': "files('b.cc')\n"}),
    Plant('', {'engine/wire/a.cc': 'int x;\n', 'engine/wire/meson.build': "files('a.cc')\n"}),
    Plant('', {'tests/support/a.cc': 'int x;\n', 'tests/meson.build': "files('support/a.cc')\n"}),
]
