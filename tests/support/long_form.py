#!/usr/bin/env python3
"""The part of `tools/test --all` that goes beyond `tools/test`. Writes one log in meson's form, for tally.py.

usage: long_form.py LOG   (from the top of the tree)
"""
import concurrent.futures
import glob
import json
import os
import subprocess
import sys
import time

FUZZ_SECONDS = 60
YEARS = range(1, 4)
FUZZ_OCTETS = 65535
CLANG = {'CC': 'clang-16', 'CXX': 'clang++-16'}


class Log:
    """Collects what ran, one JSON object a line as meson writes them."""

    def __init__(self, path):
        self.file = open(path, 'w', encoding='utf-8')

    def add(self, name, result, stdout, duration):
        self.file.write(json.dumps({'name': name, 'result': result, 'stdout': stdout, 'duration': duration}) + '\n')
        self.file.flush()

    def copy(self, path, prefix):
        """Takes over the programs of a meson log under a prefix."""
        with open(path, encoding='utf-8', errors='replace') as source:
            for line in source:
                if line.strip():
                    test = json.loads(line)
                    self.add(prefix + test['name'], test['result'], test.get('stdout') or '', test.get('duration', 0))


def run(log, name, command, **kwargs):
    """Runs one command as one test case; shows its output when it fails."""
    print('== ' + name, flush=True)
    start = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', **kwargs)
    good = done.returncode == 0
    if not good:
        print(done.stdout[-20000:], flush=True)
    line = '1 passed, 0 failed, 0 skipped' if good else '0 passed, 1 failed, 0 skipped'
    log.add(name, 'OK' if good else 'FAIL', line, time.monotonic() - start)
    return good


def build(log, folder, options, targets=()):
    """Sets up and builds a folder with clang-16."""
    if not os.path.exists(folder + '/build.ninja') and not run(
            log, folder + ' setup', ['meson', 'setup', folder, '-Db_lundef=false', *options],
            env={**os.environ, **CLANG}):
        return False
    return run(log, folder + ' build', ['ninja', '-C', folder, *targets])


def meson_test(log, folder, arguments, prefix):
    """Runs tests of a build folder and takes their counts over."""
    print('== %s: meson test %s' % (folder, ' '.join(arguments)), flush=True)
    path = folder + '/meson-logs/testlog.json'
    if os.path.exists(path):
        os.remove(path)
    subprocess.run(['meson', 'test', '-C', folder, '--no-rebuild', '--print-errorlogs', *arguments], check=False)
    if os.path.exists(path):
        log.copy(path, prefix)
    else:
        log.add(prefix + 'nothing ran', 'FAIL', '', 0)


def address_sanitizer(log):
    """Unit tests and the big simulation under ASan and UBSan, then each fuzz target for a minute."""
    folder = 'build-clang'
    if not build(log, folder, ['-Db_sanitize=address,undefined', '-Dfuzz=true', '-Doptimization=1']):
        return
    meson_test(log, folder, ['--suite', 'unit', '--suite', 'simulator', '--timeout-multiplier', '20'], 'asan:')
    targets = sorted(p for p in glob.glob(folder + '/tests/fuzz_*') if os.access(p, os.X_OK) and os.path.isfile(p))
    if not targets:
        log.add('fuzz', 'FAIL', 'no fuzz target was built', 0)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda target: fuzz(log, target), targets))


def fuzz(log, target):
    """One fuzz target (one for each core at a time), starting from its committed corpus; what it finds stays in the build folder."""
    room, name = os.path.basename(target).removeprefix('fuzz_').split('_', 1)
    found = target + '.found'
    os.makedirs(found, exist_ok=True)
    run(log, os.path.basename(target), [
        target, '-max_total_time=%d' % FUZZ_SECONDS, '-max_len=%d' % FUZZ_OCTETS, '-timeout=5',
        '-artifact_prefix=%s/' % found, found, 'tests/%s/corpus/%s' % (room, name)])


def thread_sanitizer(log):
    """The shared stores and the hand-overs between workers."""
    folder = 'build-tsan'
    if build(log, folder, ['-Db_sanitize=thread', '-Dbench=false', '-Doptimization=1'],
             ['tests/cache/cache_test', 'tests/servers/servers_test', 'tests/daemon/daemon_test']):
        meson_test(log, folder, ['--timeout-multiplier', '20', 'cache', 'servers', 'daemon'], 'tsan:')


def clang_tidy(log):
    """clang-tidy over every source of ours, one case each, two at a time."""
    files = subprocess.run(['git', 'ls-files', '*.cc'], capture_output=True, text=True, check=True).stdout.split()
    run(log, 'clang-tidy', ['xargs', '-P', str(os.cpu_count() or 1), '-n', '1', 'clang-tidy-16', '--quiet', '-p', 'build-clang'],
        input='\n'.join(files))


def years(log):
    """Years of key rollovers with many sites, one for each seed; build/ is built already."""
    for seed in YEARS:
        run(log, 'year of seed %d' % seed,
            ['build/tests/simulator/year_run', '--seed', str(seed), '--sites', '40', '--strays', '5000'])


def main(path):
    log = Log(path)
    years(log)
    address_sanitizer(log)
    thread_sanitizer(log)
    clang_tidy(log)


if __name__ == '__main__':
    main(sys.argv[1])
