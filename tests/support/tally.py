#!/usr/bin/env python3
"""Adds up the test cases of one or more meson test logs and closes with `N passed, N failed, N skipped`.

The protocol: a test program prints as its last line how many cases it had, `N passed, N failed, N skipped`. Before it,
a line `skipped: WHAT: WHY` for each case that could not run; these are repeated here. A program that ends without the
line, without a single case, or badly while its line tells of no failure, is one failed case.
"""
import json
import re
import sys

LINE = re.compile(r'^(\d+) passed, (\d+) failed, (\d+) skipped$', re.M)


def cases(test):
    """Returns (passed, failed, skipped, remark) of one program of the log."""
    found = LINE.findall(test.get('stdout') or '')
    good = test['result'] in ('OK', 'EXPECTEDFAIL', 'SKIP')
    if not found:
        if test['result'] == 'SKIP':
            return 0, 0, 1, ''
        return 0, 1, 0, 'no count of its cases' if good else test['result'].lower()
    passed, failed, skipped = map(int, found[-1])
    if not good and failed == 0:
        return passed, 1, skipped, test['result'].lower()
    if passed + failed + skipped == 0:
        return 0, 1, 0, 'no case'
    return passed, failed, skipped, ''


def read(path):
    """Yields the programs of a log: meson writes one JSON object a line."""
    with open(path, encoding='utf-8', errors='replace') as log:
        for line in log:
            if line.strip():
                yield json.loads(line)


def main(paths):
    total = [0, 0, 0]
    programs = 0
    skips = []
    print()
    for path in paths:
        for test in read(path):
            programs += 1
            counts = cases(test)
            total = [sum(pair) for pair in zip(total, counts[:3])]
            skips += re.findall(r'^skipped: .*$', test.get('stdout') or '', re.M)
            print('%-44s %5d passed %4d failed %4d skipped %8.1f s  %s' % (
                test['name'].replace(' / ', '/'), *counts[:3], test.get('duration', 0), counts[3]))
    for line in sorted(set(skips)):
        print(line)
    if programs == 0:
        print('no test program ran')
        total[1] += 1
    print('%d passed, %d failed, %d skipped' % tuple(total))
    return 1 if total[1] else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
