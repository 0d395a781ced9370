#!/usr/bin/env python3
"""Plants one fault at a time in the engine, and wants the simulation to see it.

usage: run.py BUILD [FAULT...]     FAULT: the stem of a file in this folder

Each *.toml here is one fault: `what` is wrong, in which `file`, the snippet `before` and what stands in its place
`after`; `by = "year"` where only the year of rollovers can see it. The changed copy of that one source is compiled as the build compiles it, put before the libraries where the
simulation is linked, and run. A fault that nothing sees fails, and so does one whose snippet is not in the source
exactly once: then the source has changed and the fault must follow it.
"""
import concurrent.futures
import glob
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
RUN = 'tests/simulator/simulator_run'
SCENARIOS = 'tests/simulator/simulation_test'
YEAR = 'tests/simulator/year_run'
SEEDS = range(1, 5)
QUERIES = 1500
SECONDS = 120


class Unusable(Exception):
    """A fault that cannot be planted."""


def mutated(fault):
    """Returns the source of a fault with the fault in it."""
    with open(os.path.join(TOP, fault['file']), encoding='utf-8') as source:
        text = source.read()
    count = text.count(fault['before'])
    if count != 1:
        raise Unusable('its snippet stands %d times in %s; let the fault follow the source' % (count, fault['file']))
    return text.replace(fault['before'], fault['after'])


def compile_command(build, file):
    """Returns the words with which the build compiles a source of the engine."""
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as commands:
        for command in json.load(commands):
            if os.path.realpath(os.path.join(command['directory'], command['file'])) == os.path.join(TOP, file):
                return shlex.split(command['command'])
    raise Unusable('the build does not compile ' + file)


def without(words, options):
    """Returns the words without these options and the value of each."""
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in options:
            skip = True
        else:
            kept.append(word)
    return kept


def compiled(build, fault, folder):
    """Compiles the changed source; returns the object."""
    source = os.path.join(folder, os.path.basename(fault['file']))
    with open(source, 'w', encoding='utf-8') as out:
        out.write(mutated(fault))
    words = without(compile_command(build, fault['file']), ('-o', '-c', '-MF', '-MQ'))
    words = [word for word in words if word not in ('-MD', '-Werror')]
    # A cut condition leaves names unused; that is not what is tested here.
    done = subprocess.run(words + ['-w', '-c', source, '-o', source + '.o'], cwd=build, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unusable('it does not compile:\n' + done.stderr[-3000:])
    return source + '.o'


def linked(build, target, changed, folder):
    """Links a program with the changed object before the libraries, so that it stands in for its own; returns the program."""
    commands = subprocess.run(['ninja', '-C', build, '-t', 'commands', target], capture_output=True, text=True, check=True)
    words = shlex.split(commands.stdout.strip().splitlines()[-1])
    at = words.index('-o') + 1
    program = os.path.join(folder, os.path.basename(target))
    words[at:at + 1] = [program, changed]
    done = subprocess.run(words, cwd=build, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unusable('it does not link:\n' + done.stderr[-3000:])
    return program


def ran(words):
    """Runs a program; returns its exit code and what it said."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, errors='replace', timeout=SECONDS, cwd=TOP, check=False)
    except subprocess.TimeoutExpired:
        return -1, 'client 0: did not end in %d s' % SECONDS
    return done.returncode, done.stdout + done.stderr


def seen_by_seeds(program):
    """Returns what a random run said of the fault, or nothing."""
    for seed in SEEDS:
        code, said = ran([program, '--seed', str(seed), '--queries', str(QUERIES)])
        if code != 0:
            line = re.search(r'^(client \d+.*|breach.*|.*CHECK.*)$', said, re.M)
            return 'seed %d: %s' % (seed, line.group(1) if line else 'exit code %d' % code)
    return ''


def seen_by_scenarios(program):
    """Returns the names of the scenarios that failed."""
    code, said = ran([program, '--no-intro=true', '--source-file-exclude=*run_test*'])
    if code == 0:
        return ''
    names = sorted(set(re.findall(r'^TEST CASE: +(.*)$', said, re.M)))
    return '; '.join(names) or 'exit code %d' % code


def seen_by_year(program):
    """Returns what a year of key rollovers said of the fault, or nothing."""
    code, said = ran([program])
    if code == 0:
        return ''
    line = re.search(r'^(day .*|breach.*|.*CHECK.*|FAILED.*)$', said, re.M)
    return line.group(1) if line else said.strip()[-200:] or 'exit code %d' % code


def plant(build, fault):
    """Plants a fault; returns what saw it, one line each."""
    with tempfile.TemporaryDirectory() as folder:
        changed = compiled(build, fault, folder)
        if fault.get('by') == 'year':
            year = seen_by_year(linked(build, YEAR, changed, folder))
            return [year] if year else []
        seeds = seen_by_seeds(linked(build, RUN, changed, folder))
        scenarios = seen_by_scenarios(linked(build, SCENARIOS, changed, folder))
    return [line for line in (seeds, scenarios and 'scenarios: ' + scenarios) if line]


def told(build, path):
    """Plants the fault of a file; returns whether something saw it, and lines that say so."""
    with open(path, 'rb') as file:
        fault = tomllib.load(file)
    name = os.path.basename(path).removesuffix('.toml')
    try:
        seen = plant(build, fault)
    except Unusable as why:
        return False, ['%s: NOT PLANTED: %s' % (name, why)]
    return bool(seen), ['%s: %s: %s' % (name, fault['what'], 'seen' if seen else 'NOT SEEN'), *('    ' + line for line in seen)]


def main(build, names):
    # What fails without a fault sees none.
    already = seen_by_seeds(os.path.join(build, RUN)) or seen_by_scenarios(os.path.join(build, SCENARIOS))
    if already:
        print('the simulation fails without any fault: %s\n0 passed, 1 failed, 0 skipped' % already)
        return 1
    paths = [os.path.join(HERE, name + '.toml') for name in names] or sorted(glob.glob(os.path.join(HERE, '*.toml')))
    passed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for was_seen, lines in pool.map(lambda path: told(build, path), paths):
            passed += was_seen
            print('\n'.join(lines), flush=True)
    print('%d passed, %d failed, 0 skipped' % (passed, len(paths) - passed))
    return 0 if passed == len(paths) > 0 else 1


if __name__ == '__main__':
    sys.exit(main(os.path.abspath(sys.argv[1]), sys.argv[2:]))
