#!/usr/bin/python3
"""Plays the public scenarios (unbound's testbound, deckard) against the built resolver, black-box.

usage: play.py TAPROOT [--adapter FILE-OR-NAME] [FILE.rpl ...]
The player and the scenarios are not part of this tree: they are looked for in ../shared/conformance beside the checkout,
or in $TAPROOT_SHARED/conformance. Played are the scenarios of tier A in the areas below.
With FILE.rpl: these alone, with the trace of each.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile

AREAS = {'iterate', 'cname', 'loops', 'lame', 'hardening', 'qmin', 'negative', 'ttl', 'stub', 'forward', 'dnssec',
         'dnssec-badcrypto', 'dnssec-cname', 'dnssec-denial', 'dnssec-insecure', 'dnssec-nsec3'}
NEEDED_SHARE = 0.95
GOOD = {'core', 'proof', 'strict'}
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.normpath(os.path.join(HERE, '..', '..'))


def close(passed, failed, skipped):
    """Prints the closing line of a test program and ends it."""
    print('%d passed, %d failed, %d skipped' % (passed, failed, skipped))
    sys.exit(1 if failed else 0)


def skip(why):
    """Ends with everything skipped."""
    print('skipped: public scenarios: ' + why)
    close(0, 0, 1)


def conformance():
    """Returns the folder of the player, or nothing."""
    shared = os.environ.get('TAPROOT_SHARED') or os.path.join(TOP, '..', 'shared')
    folder = os.path.normpath(os.path.join(shared, 'conformance'))
    return folder if os.path.exists(os.path.join(folder, 'rplrun')) else None


def in_namespace():
    """Makes sure that network namespaces can be made: as root, or as root of a user namespace of our own."""
    if os.geteuid() == 0:
        return subprocess.run(['unshare', '-n', 'true'], stderr=subprocess.DEVNULL, check=False).returncode == 0
    if subprocess.run(['unshare', '-rn', 'true'], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        os.execvp('unshare', ['unshare', '-r', sys.executable, *sys.argv])
    return False


def selected(folder):
    """Returns (source, file) of the scenarios to play."""
    with open(os.path.join(folder, 'selection.tsv'), encoding='utf-8') as file:
        rows = [row for row in csv.DictReader(file, delimiter='\t') if row['tier'] == 'A' and row['area'] in AREAS]
    return [(row['source'], row['file']) for row in rows]


def deviations():
    """Returns (source, file) -> reason."""
    with open(os.path.join(HERE, 'deviations.tsv'), encoding='utf-8') as file:
        rows = [line.rstrip('\n').split('\t') for line in file if line.strip() and not line.startswith('#')]
    return {(source, name): reason for source, name, reason in rows}


def play(folder, adapter, paths, verbose=()):
    """Plays files; returns one result for each, in order."""
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, 'results')
        command = [sys.executable, os.path.join(folder, 'rplrun'), '--adapter', adapter, '--json', out, '--tmp', scratch,
                   '--jobs', '2', *verbose, *paths]
        done = subprocess.run(command, stdout=None if verbose else subprocess.PIPE, text=True, check=False)
        try:
            with open(out, encoding='utf-8') as file:
                results = [json.loads(line) for line in file]
        except FileNotFoundError:
            results = []
        if len(results) != len(paths):
            print(done.stdout)
            print('the player ended with %d of %d scenarios played' % (len(results), len(paths)))
            close(0, 1, 0)
        return results


def judge(scenarios, results):
    """Prints each failure; returns (passed, failed, skipped)."""
    excused = deviations()
    good = failed = skipped = 0
    for (source, name), result in zip(scenarios, results):
        reason = excused.get((source, name))
        label = '%s/%s' % (source, name)
        if result['result'] in GOOD:
            good += 1
            if reason:
                failed += 1
                print('%s passes: take it out of deviations.tsv' % label)
        elif reason:
            skipped += 1
            print('skipped: %s: %s' % (label, reason))
        else:
            failed += 1
            print('FAILED %s: %s: %s' % (label, result['result'], result['why']))
    # What RFC 8482 lets a resolver leave out is no feature of this one.
    left_out = sum(excused.get(scenario, '').startswith('RFC 8482') for scenario in scenarios)
    share = good / (len(scenarios) - left_out)
    print('%d of %d scenarios pass, %.1f %% of all but the %d that ask for ANY; %.0f %% are needed' %
          (good, len(scenarios), 100 * share, left_out, 100 * NEEDED_SHARE))
    if share < NEEDED_SHARE:
        failed += 1
    return good, failed, skipped


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('taproot')
    parser.add_argument('--adapter', default=os.path.join(HERE, 'taproot.py'))
    parser.add_argument('files', nargs='*')
    options = parser.parse_args()
    folder = conformance()
    if not folder:
        skip('no ../shared/conformance beside the checkout, and TAPROOT_SHARED names none')
    if not os.path.exists(options.taproot):
        skip('no binary ' + options.taproot)
    if not in_namespace():
        skip('neither root nor `unshare -rn` here, so no network namespace')
    os.environ.update(TAPROOT=os.path.abspath(options.taproot), PYTHONDONTWRITEBYTECODE='1')
    if options.files:
        results = play(folder, options.adapter, options.files, ['-v', '--log', '200'])
        good = sum(result['result'] in GOOD for result in results)
        close(good, len(results) - good, 0)
    scenarios = selected(folder)
    paths = [os.path.join(folder, 'scenarios', *scenario) for scenario in scenarios]
    close(*judge(scenarios, play(folder, options.adapter, paths)))


if __name__ == '__main__':
    main()
