#!/usr/bin/env python3
"""Hands tally.py the logs of test programs that went well, badly, or away."""
import contextlib
import io
import json
import os
import tempfile

import tally


def verdict(*programs):
    """Returns the exit code and the last line for programs of (result, output)."""
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, 'log.json')
        with open(path, 'w', encoding='utf-8') as log:
            for result, stdout in programs:
                log.write(json.dumps({'name': 'p', 'result': result, 'stdout': stdout, 'duration': 1}) + '\n')
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = tally.main([path])
    return code, said.getvalue().splitlines()[-1]


CASES = {
    'programs are added up': (
        [('OK', '3 passed, 0 failed, 1 skipped\n'), ('OK', 'x\n4 passed, 0 failed, 0 skipped')],
        (0, '7 passed, 0 failed, 1 skipped')),
    'only the last count of a program is taken': (
        [('OK', '9 passed, 0 failed, 0 skipped\n2 passed, 0 failed, 0 skipped\n')], (0, '2 passed, 0 failed, 0 skipped')),
    'failed cases fail the whole': (
        [('FAIL', '1 passed, 2 failed, 0 skipped\n')], (1, '1 passed, 2 failed, 0 skipped')),
    'a crash without a count is a failed case': ([('FAIL', 'Segmentation fault')], (1, '0 passed, 1 failed, 0 skipped')),
    'a time-out after a good count is a failed case': (
        [('TIMEOUT', '5 passed, 0 failed, 0 skipped')], (1, '5 passed, 1 failed, 0 skipped')),
    'a program that counts nothing is a failed case': ([('OK', 'fine')], (1, '0 passed, 1 failed, 0 skipped')),
    'a program without a single case is a failed case': (
        [('OK', '0 passed, 0 failed, 0 skipped')], (1, '0 passed, 1 failed, 0 skipped')),
    'no program at all is a failed case': ([], (1, '0 passed, 1 failed, 0 skipped')),
}


def run():
    failed = 0
    for name, (programs, expected) in CASES.items():
        got = verdict(*programs)
        if got != expected:
            failed += 1
            print('%s: %s instead of %s' % (name, got, expected))
    print('%d passed, %d failed, 0 skipped' % (len(CASES) - failed, failed))
    return failed


if __name__ == '__main__':
    raise SystemExit(1 if run() else 0)
