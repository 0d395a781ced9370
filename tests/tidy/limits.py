"""Every limit of world/limits.h is mentioned in a test (docs/STYLE.md: each limit a test at n and n+1)."""
import re

from tree import Plant

LIMITS = 'engine/world/limits.h'
NAME = re.compile(r'^inline constexpr [\w:]+ (k\w+)', re.M)


def faults(tree):
    """Returns one line for each limit that no test names, or that nothing in the engine obeys."""
    header = next((source for source in tree.cpp if source.path == LIMITS), None)
    if header is None:
        return [LIMITS + ' is missing']
    tests = [source.code for source in tree.cpp if source.top == 'tests']
    engine = [source.code for source in tree.cpp if source.top in ('engine', 'tools') and source is not header]
    found = []
    for match in NAME.finditer(header.code):
        word = re.compile(r'\b%s\b' % match[1])
        if not any(word.search(code) for code in engine):
            found.append('%s: %s is obeyed nowhere' % (header.code_at(match.start()), match[1]))
        if not any(word.search(code) for code in tests):
            found.append('%s: %s is named in no test; each limit is tested at n and n+1' % (
                header.code_at(match.start()), match[1]))
    return found


_HEADER = '#pragma once\ninline constexpr size_t kMaxAliases = 11;\n'
_USE = 'bool F(size_t n) { return n < limits::kMaxAliases; }\n'

PLANTS = [
    Plant('kMaxAliases is named in no test', {LIMITS: _HEADER, 'engine/wire/a.cc': _USE,
                                              'tests/wire/a_test.cc': '// kMaxAliases\nint x = kMaxAliasesAll;\n'}),
    Plant('kMaxAliases is obeyed nowhere', {LIMITS: _HEADER, 'tests/wire/a_test.cc': _USE}),
    Plant('is missing', {'engine/wire/a.cc': 'int x;\n'}),
    Plant('', {LIMITS: _HEADER, 'engine/settings/rows.inc': 'SETTING("max-aliases", world::limits::kMaxAliases)\n',
               'tests/wire/a_test.cc': _USE}),
    Plant('', {LIMITS: _HEADER, 'engine/wire/a.cc': _USE, 'tests/wire/a_test.cc': _USE}),
]
