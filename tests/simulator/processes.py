#!/usr/bin/env python3
"""Runs some seeds in two processes each, and compares their traces: nothing may depend on addresses or hash seeds.

usage: processes.py SIMULATOR_RUN YEAR_RUN
"""
import re
import subprocess
import sys

SEEDS = (51, 52, 53)
QUERIES = ('--queries', '1000')
YEAR = ('--sites', '1', '--strays', '60')


def trace_of(command):
    """Returns the trace that one process prints, or its whole output when there is none."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r'^trace ([0-9a-f]{16})$', done.stdout, re.M)
    return found.group(1) if found else done.stdout + done.stderr


def main(run, year):
    passed = failed = 0
    commands = [(run, '--seed', str(seed), *QUERIES) for seed in SEEDS] + [(year, '--seed', str(SEEDS[0]), *YEAR)]
    for command in commands:
        first, second = trace_of(command), trace_of(command)
        if first == second:
            passed += 1
        else:
            failed += 1
            print('one process left the trace %s, another %s' % (first, second))
            print('replay: ' + ' '.join(command))
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:3]))
