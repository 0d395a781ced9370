"""Every type and function says what it is for: a comment stands above it, or above the group that it stands in."""
import json
import re
import shutil
import subprocess

from tree import Plant

# Declarations that say everything themselves.
NOTHING_TO_SAY = re.compile(r'=\s*(default|delete)\s*;|\boverride\b|\bfinal\b|\boperator\s*[=!<>]=|\bmain\s*\(|^\s*friend\b')


def tags(tree, sources):
    """Yields what universal-ctags sees: types, prototypes and function definitions."""
    command = ['ctags', '--output-format=json', '--fields=+neKZ', '--kinds-C++=fpcsgu', '--languages=C++', '--map-C++=+.h',
               '--sort=no', '-L', '-', '-f', '-']
    done = subprocess.run(command, input='\n'.join(s.path for s in sources), capture_output=True, text=True,
                          cwd=tree.root, check=True)
    for line in done.stdout.splitlines():
        yield json.loads(line)


def spoken_for(lines, number):
    """Whether a comment stands on line `number`, or above it with no empty line between."""
    if '//' in lines[number - 1]:
        return True
    for line in reversed(lines[:number - 1]):
        text = line.strip()
        if text.startswith(('//', '/*', '*')):
            return True
        if not text or text.endswith((':', '{')) and not text.startswith('template'):
            return False
    return False


def statement(lines, number):
    """Returns the declaration that begins on line `number`, up to its `;` or `{`."""
    text = ''
    for line in lines[number - 1:number + 12]:
        text += line + ' '
        if re.search(r'[;{]', line):
            break
    return text


def plain(tag):
    """Whether a name alone says enough: constructors, operators, and accessors, which are written in lower case."""
    name = tag['name']
    return (name.startswith(('__anon', '~', 'operator')) or name == tag.get('scope', '').split('::')[-1]
            or (tag['kind'] != 'enum' and name[0].islower()))


def key(tag):
    """Returns what a declaration and its definition have in common."""
    return (tag.get('scope', '').split('::')[-1], tag['name'])


def faults(tree):
    """Returns one line for each type or function without a comment."""
    if not shutil.which('ctags'):
        return ['ctags is missing: apt-get install universal-ctags']
    sources = {source.path: source for source in tree.cpp if source.top in ('engine', 'tools')}
    found = list(tags(tree, sources.values()))
    declared = {key(tag) for tag in found if tag['kind'] == 'prototype'}
    overloaded = set()
    wrong = []
    for tag in found:
        if plain(tag) or (tag['kind'] == 'function' and key(tag) in declared):
            continue
        lines = sources[tag['path']].text.splitlines()
        if spoken_for(lines, tag['line']):
            overloaded.add((tag['path'], key(tag)))
            continue
        if NOTHING_TO_SAY.search(statement(lines, tag['line'])) or (tag['path'], key(tag)) in overloaded:
            continue
        wrong.append('%s:%d: %s %s has no comment that says what it is for' % (
            tag['path'], tag['line'], tag['kind'], tag['name']))
    return sorted(wrong)


PLANTS = [
    Plant('function Bare has no comment', {'engine/wire/a.cc': 'int x;\n\nint Bare() { return 1; }\n'}),
    Plant('prototype Bare has no comment', {'engine/wire/a.h': '#pragma once\n\nint Bare();\n'}),
    Plant('struct Bare has no comment', {'engine/wire/a.h': '#pragma once\n\nstruct Bare {\n  int x;\n};\n'}),
    Plant('Bare has no comment', {'engine/wire/a.h': '#pragma once\n/// A type.\nclass A {\n public:\n  int Bare();\n};\n'}),
    Plant('', {'engine/wire/a.h': '#pragma once\n/// Returns one.\nint One();\nint AlsoOne();\n\nint One(int x);\n',
               'engine/wire/a.cc': '\nint One() { return 1; }\n',
               'engine/wire/b.h': '#pragma once\n/// A type.\nclass A {\n public:\n  A(const A&) = delete;\n  explicit A(int x);\n  int size() const { return 1; }\n};\n'}),
]
