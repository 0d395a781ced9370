"""Headers are self-contained: each compiles by itself.

A header whose source includes it first is proven by the build. The others are compiled here, each as a program of one
include; a header of tests/ too. The compiler is $CXX, else g++.
"""
import concurrent.futures
import os
import re
import shlex
import subprocess

from tree import Plant

FLAGS = ['-std=c++20', '-fsyntax-only', '-Wall', '-Wextra', '-x', 'c++', '-']
FIRST = re.compile(r'^[ \t]*#[ \t]*include[ \t]*["<]([^">]+)[">]', re.M)


def proven(tree):
    """Returns the headers that some source includes before anything else."""
    heads = set()
    for source in tree.cpp:
        if source.path.endswith('.cc'):
            first = FIRST.search(source.code)
            if first:
                heads.add(first[1])
    return heads


def command():
    """Returns the compiler, with the include folders of libraries that do not stand in /usr/include."""
    return shlex.split(os.environ.get('CXX', 'g++'))


def compiles(tree, header):
    """Returns the first error of a program that holds this one include, or nothing."""
    done = subprocess.run(command() + FLAGS + ['-I', tree.root], input='#include "%s"\n' % header.path, text=True,
                          capture_output=True, check=False)
    if done.returncode == 0:
        return ''
    errors = [line for line in done.stderr.splitlines() if 'error' in line]
    return '%s:1: is not self-contained: %s' % (header.path, errors[0] if errors else done.stderr[:300])


def faults(tree):
    """Returns one line for each header that needs another include before it."""
    heads = proven(tree)
    rest = [source for source in tree.cpp if source.path.endswith('.h') and source.path not in heads]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return [fault for fault in pool.map(lambda header: compiles(tree, header), rest) if fault]


PLANTS = [
    Plant('is not self-contained', {'engine/wire/a.h': '#pragma once\ninline std::string Text() { return {}; }\n'}),
    Plant('is not self-contained', {'engine/wire/a.h': '#pragma once\nstd::string Text();\n',
                                    'engine/wire/a.cc': '#include <string>\n#include "engine/wire/a.h"\n'}),
    Plant('', {'engine/wire/a.h': '#pragma once\n#include <string>\nstd::string Text();\n'}),
]
