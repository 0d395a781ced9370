#!/usr/bin/env python3
"""Runs some seeds in two processes each, and compares their traces: nothing may depend on addresses or hash seeds.

usage: processes.py SIMULATOR_RUN
"""
import re
import subprocess
import sys

SEEDS = (51, 52, 53)
QUERIES = 1000


def trace_of(program, seed):
    """Returns the trace that one process prints, or its whole output when there is none."""
    done = subprocess.run([program, '--seed', str(seed), '--queries', str(QUERIES)], capture_output=True, text=True, check=False)
    found = re.search(r'^trace ([0-9a-f]{16})$', done.stdout, re.M)
    return found.group(1) if found else done.stdout + done.stderr


def main(program):
    passed = failed = 0
    for seed in SEEDS:
        first, second = trace_of(program, seed), trace_of(program, seed)
        if first == second:
            passed += 1
        else:
            failed += 1
            print('seed %d: one process left the trace %s, another %s' % (seed, first, second))
            print('replay: %s --seed %d --queries %d --verbose' % (program, seed, QUERIES))
    print('%d passed, %d failed, 0 skipped' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1]))
