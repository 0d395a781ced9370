"""No function above 70 lines, no file above 600 (docs/STYLE.md)."""
import json
import shutil
import subprocess

from tree import Plant

FUNCTION_LINES = 70
FILE_LINES = 600
SUFFIXES = ('.cc', '.h', '.py')


def functions(tree, sources):
    """Yields (path, first line, lines, name) of every function, as universal-ctags sees them."""
    command = ['ctags', '--output-format=json', '--fields=+ne', '--kinds-C++=f', '--kinds-Python=fm', '--languages=C++,Python',
               '--map-C++=+.h', '-L', '-', '-f', '-']
    done = subprocess.run(command, input='\n'.join(s.path for s in sources), capture_output=True, text=True,
                          cwd=tree.root, check=True)
    for line in done.stdout.splitlines():
        tag = json.loads(line)
        if 'end' in tag:
            yield tag['path'], tag['line'], tag['end'] - tag['line'] + 1, tag['name']


def faults(tree):
    """Returns one line for each function or file that is too long."""
    if not shutil.which('ctags'):
        return ['ctags is missing: apt-get install universal-ctags']
    sources = [source for source in tree.sources if source.path.endswith(SUFFIXES)]
    found = []
    for path, line, lines, name in functions(tree, sources):
        if lines > FUNCTION_LINES:
            found.append('%s:%d: %s has %d lines; at most %d: decide in the parent, compute in pure leaves' % (
                path, line, name, lines, FUNCTION_LINES))
    for source in sources:
        lines = source.text.count('\n')
        if lines > FILE_LINES:
            found.append('%s: %d lines; at most %d: one noun a file' % (source.path, lines, FILE_LINES))
    return found


def _body(lines):
    return 'int Long() {\n' + '  Step();\n' * (lines - 2) + '}\n'


PLANTS = [
    Plant('Long has 71 lines', {'engine/cache/a.cc': _body(71)}),
    Plant('Long has 71 lines', {'engine/cache/a.h': '#pragma once\ninline ' + _body(71)}),
    Plant('601 lines', {'engine/cache/a.cc': '\n' * 601}),
    Plant('', {'engine/cache/a.cc': _body(70) + '\n' * 530}),
]
