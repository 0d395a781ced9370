#!/usr/bin/env python3
"""The daemon in a namespace where the lab is every nameserver on Earth, under the real root zone.

usage: internet_test.py TAPROOT TAPROOT_LAB ENTER_NAMESPACE [--names N]
Ten thousand names under more than five hundred TLDs are asked with dnsperf, and every answer is held against what the model holds
to be true; then the same names are asked of Unbound, and where the two differ the truth is the arbiter.
"""
import collections
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import lab_dns
import peers
import pocket

TAPROOT, LAB, ENTER = sys.argv[1:4]
NAMES = int(sys.argv[sys.argv.index('--names') + 1]) if '--names' in sys.argv else 10000
DAEMON, PEER = ('127.0.0.1', 5300), ('127.0.0.1', 5301)
LEAST_TLDS = 500


def obstacle():
    """Returns why the test cannot run here, or nothing."""
    if not pocket.root_zone():
        return 'no root zone in ../shared/data (set TAPROOT_SHARED)'
    if not shutil.which('dnsperf'):
        return 'dnsperf is not installed'
    if not peers.installed('unbound'):
        return 'unbound is not installed'
    if subprocess.run([ENTER, 'true'], capture_output=True, check=False).returncode != 0:
        return 'no network namespace (neither root nor unshare -rn)'
    return None


@contextlib.contextmanager
def daemon(folder, zone):
    """Serves as the resolver under test."""
    path = os.path.join(folder, 'taproot.toml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('[server]\nlisten = ["%s:%d"]\nworkers = 2\nstate-dir = "%s"\n[root]\nzonemd = "off"\nzone-file = "%s"\n[dnssec]\nvalidation = false\n[log]\nlevel = "warn"\n' %
                   (*DAEMON, folder, zone))
    with pocket.running([TAPROOT, 'serve', '--config', path]) as process:
        time.sleep(1.5)
        assert process.poll() is None, 'the daemon ended'
        yield process


def told(zone, text):
    """Returns what the model holds to be true of each question."""
    done = subprocess.run([LAB, 'truth', '-', '--root-zone', zone], input=text, capture_output=True, text=True, timeout=300,
                          check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def dnsperf(names):
    """Asks every name once; returns how many queries were lost, and the rcodes."""
    done = subprocess.run(['dnsperf', '-s', DAEMON[0], '-p', str(DAEMON[1]), '-d', names, '-n', '1', '-q', '200', '-t', '12'],
                          capture_output=True, text=True, timeout=600, check=True)
    lost = int(re.search(r'Queries lost:\s+(\d+)', done.stdout).group(1))
    codes = re.search(r'Response codes:\s+(.*)', done.stdout).group(1)
    return lost, codes


def inside(zone, folder):
    """Everything that is measured in the namespace, as one line of JSON."""
    # The model's list names some twice: a few more are drawn, and each is taken once.
    words = [LAB, 'names', str(NAMES + NAMES // 20), '--root-zone', zone]
    drawn = subprocess.run(words, capture_output=True, text=True, timeout=300, check=True).stdout
    lines = list(dict.fromkeys(drawn.splitlines()))[:NAMES]
    text = '\n'.join(lines) + '\n'
    questions = [tuple(line.split()) for line in lines]
    names = os.path.join(folder, 'names.txt')
    with open(names, 'w', encoding='utf-8') as file:
        file.write(text)
    truths = told(zone, text)
    with pocket.serving(LAB, '--namespace', '--root-zone', zone, '--latency', '1:20'):
        with daemon(folder, zone):
            lost, codes = dnsperf(names)
            ours = lab_dns.ask_all(DAEMON, questions, window=100)
        with peers.walking('unbound', folder, *PEER):
            theirs = lab_dns.ask_all(PEER, questions, window=100)
    seen = {'lost': lost, 'codes': codes, 'tlds': len({q[0].rstrip('.').rsplit('.', 1)[-1] for q in questions}),
            'distinct': len(set(questions)), 'ours': collections.Counter(), 'theirs': collections.Counter(), 'agree': 0, 'wrong': []}
    for index, (question, truth) in enumerate(zip(questions, truths)):
        mine, peer = ours.get(index), theirs.get(index)
        seen['ours'][pocket.verdict(question, truth, mine)] += 1
        seen['theirs'][pocket.verdict(question, truth, peer)] += 1
        seen['agree'] += mine is not None and peer is not None and mine[0] == peer[0] and \
            {r for r in mine[1] if r[1] != 'DNAME'} == {r for r in peer[1] if r[1] != 'DNAME'}
        if pocket.verdict(question, truth, mine) in ('failed', 'different'):
            seen['wrong'].append([*question, truth['rcode'], mine and [mine[0], sorted(mine[1])]])
    print(json.dumps(seen))


def main():
    """Runs the namespace's part and judges what it saw."""
    why = obstacle()
    if why:
        print('skipped: the daemon on the pocket internet: %s\n0 passed, 0 failed, 4 skipped' % why)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([ENTER, sys.executable, os.path.abspath(__file__), TAPROOT, LAB, ENTER, '--names', str(NAMES),
                               '--inside', pocket.root_zone(), folder], stdout=subprocess.PIPE, text=True, timeout=1500, check=True)
    seen = json.loads(done.stdout.splitlines()[-1])
    print('%(distinct)d distinct questions under %(tlds)d TLDs; dnsperf: %(lost)d lost, %(codes)s' % seen)
    print('Taproot against the truth: %s' % seen['ours'])
    print('Unbound against the truth: %s; the two agree on %d of %d' % (seen['theirs'], seen['agree'], NAMES))
    for wrong in seen['wrong'][:20]:
        print('wrong:', *wrong)
    checks = {
        'enough names and TLDs': seen['distinct'] == NAMES and seen['tlds'] >= LEAST_TLDS,
        'dnsperf loses nothing': seen['lost'] == 0,
        'no answer differs from the truth': not seen['ours'].get('different'),
        'SERVFAIL and REFUSED only where no server works (1 in 1,000 apart)': seen['ours'].get('failed', 0) * 1000 <= NAMES,
    }
    for name, good in checks.items():
        if not good:
            print('FAILED:', name)
    print('%d passed, %d failed, 0 skipped' % (sum(checks.values()), len(checks) - sum(checks.values())))
    return 0 if all(checks.values()) else 1


if __name__ == '__main__':
    if '--inside' in sys.argv:
        at = sys.argv.index('--inside')
        sys.exit(inside(sys.argv[at + 1], sys.argv[at + 2]))
    sys.exit(main())
