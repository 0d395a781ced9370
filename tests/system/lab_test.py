#!/usr/bin/env python3
"""The lab on real sockets: asked by itself in loopback mode, and by Unbound in a namespace where it is every nameserver.

usage: lab_test.py TAPROOT_LAB ENTER_NAMESPACE
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import lab_dns
import peers
import pocket

LAB, ENTER = sys.argv[1], sys.argv[2]
NAMES = 600
RESOLVER = ('127.0.0.1', 5300)
CASES = []


def case(test):
    """Marks a function as a test case; its first line of documentation is the case's name."""
    CASES.append(test)
    return test


class Skip(Exception):
    """The case cannot run here."""


def lab(*words, text=None):
    """Runs the lab to its end and returns what it printed."""
    done = subprocess.run([LAB, *words], capture_output=True, text=True, input=text, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def root_zone():
    """Returns the path of the real root zone, or skips."""
    zone = pocket.root_zone()
    if not zone:
        raise Skip('no real root zone in ../shared/data (set TAPROOT_SHARED)')
    return zone


def free_port():
    """Returns a port on which nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


def udp(address, message):
    """Asks over UDP; returns the response."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(5)
        sock.sendto(message, address)
        octets, source = sock.recvfrom(65536)
        assert source == address, '%s answered for %s' % (source, address)
        return octets


@case
def loopback():
    """In loopback mode the lab answers from the very address that was asked, over UDP and TCP."""
    port = free_port()
    with pocket.serving(LAB, '--port', str(port), '--latency', '0:0', '--write-root-zone', FOLDER + '/root.zone') as process:
        assert 'port = %d' % port in process.said and 'allow = ["127.0.0.0/8"]' in process.said, process.said
        with open(FOLDER + '/root.zone', encoding='utf-8') as file:
            assert file.read() == lab('root-zone')
        for server in ('127.1.0.1', '127.1.0.13'):
            message = lab_dns.query(77, 'com', 'SOA', recursion=False)
            assert udp((server, port), message) == lab_dns.over_tcp((server, port), message)


@case
def counts():
    """Questions are counted by name and type, and the census is written on SIGUSR1 and at the end."""
    port = free_port()
    files = [FOLDER + '/census', FOLDER + '/questions']
    with pocket.serving(LAB, '--port', str(port), '--latency', '0:0', '--write-root-zone', FOLDER + '/root.zone', '--census-file',
                 files[0], '--count-questions', files[1]) as process:
        for number in range(3):
            udp(('127.1.0.1', port), lab_dns.query(number, 'Com', 'NS', recursion=False))
        udp(('127.1.0.2', port), lab_dns.query(9, 'net', 'A', recursion=False))
        process.send_signal(signal.SIGUSR1)
        for _ in range(100):
            if all(os.path.exists(path) for path in files):
                break
            time.sleep(0.05)
        with open(files[1], encoding='utf-8') as file:
            assert file.read() == '3 com. NS\n1 net. A\n'
        with open(files[0], encoding='utf-8') as file:
            assert 'temper healthy 4\n' in file.read()


@case
def names():
    """Names come in dnsperf's form, the same for the same seed; truth takes them all."""
    text = lab('names', '200')
    assert text == lab('names', '200') != lab('names', '200', '--seed', '2')
    assert lab('names', '50', '--from', '150').splitlines() == text.splitlines()[150:]
    truths = [json.loads(line) for line in lab('truth', '-', text=text).splitlines()]
    assert len(truths) == 200 and {'NOERROR', 'NXDOMAIN'} <= {truth['rcode'] for truth in truths}


def in_namespace(peer, *mode):
    """Runs this file inside a namespace; returns what the inside measured."""
    zone = root_zone()
    if not peers.installed(peer):
        raise Skip(peer + ' is not installed')
    if subprocess.run([ENTER, 'true'], capture_output=True, check=False).returncode != 0:
        raise Skip('no network namespace (neither root nor unshare -rn)')
    done = subprocess.run([ENTER, sys.executable, os.path.abspath(__file__), LAB, ENTER, '--inside', zone, FOLDER, peer, *mode],
                          capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    print('%s: %d of %d as the model has it' % (' '.join([peer, *mode]), seen['same'], NAMES))
    return seen


@case
def honest_without_tempers():
    """Where all servers are healthy, Unbound finds exactly what the model holds to be true."""
    seen = in_namespace('unbound', '--no-tempers', '--latency', '0:2')
    assert seen['same'] == NAMES, seen


@case
def honest_with_tempers():
    """Where servers are broken, Unbound finds the truth, and fails where no server works; else for 1 name in 100 at most."""
    seen = in_namespace('unbound', '--latency', '1:10')
    assert not seen['different'] and seen['allowed'] > 0, seen
    assert len(seen['failed']) * 100 <= NAMES, seen


def resolves(peer, least_percent):
    """Asserts that a resolver finds what the model holds to be true, with healthy servers."""
    seen = in_namespace(peer, '--no-tempers', '--latency', '0:2')
    assert seen['same'] * 100 >= NAMES * least_percent, seen


@case
def knot_resolver():
    """Knot Resolver resolves through the lab."""
    resolves('kresd', 98)


@case
def powerdns_recursor():
    """PowerDNS Recursor resolves through the lab."""
    resolves('pdns_recursor', 98)


@case
def bind():
    """BIND resolves through the lab."""
    resolves('named', 98)


def inside(zone, folder, peer, words):
    """Serves in the namespace, lets a resolver resolve the names, and prints how its answers stand to the truth."""
    options = ['--root-zone', zone]
    options += [word for word in words if word == '--no-tempers']
    text = lab('names', str(NAMES), *options)
    questions = [tuple(line.split()) for line in text.splitlines()]
    with pocket.serving(LAB, '--namespace', *options, *(word for word in words if word != '--no-tempers')):
        with peers.walking(peer, folder, *RESOLVER):
            found = lab_dns.ask_all(RESOLVER, questions)
    truths = [json.loads(line) for line in lab('truth', '-', *options, text=text).splitlines()]
    seen = {'same': 0, 'allowed': 0, 'failed': [], 'different': []}
    for index, (question, truth) in enumerate(zip(questions, truths)):
        verdict = pocket.verdict(question, truth, found.get(index))
        if verdict in ('same', 'allowed'):
            seen[verdict] += 1
        else:
            answer = found.get(index)
            seen[verdict].append([*question, truth['rcode'], answer and [answer[0], sorted(answer[1])]])
    print(json.dumps(seen))


def main():
    """Runs all cases and prints the count."""
    counted = {'passed': 0, 'failed': 0, 'skipped': 0}
    for test in CASES:
        title = test.__doc__.splitlines()[0]
        try:
            test()
            counted['passed'] += 1
        except Skip as reason:
            print('skipped: lab: %s: %s' % (title, reason))
            counted['skipped'] += 1
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            print('failed: %s\n%s: %s' % (title, type(error).__name__, error))
            counted['failed'] += 1
    print('%(passed)d passed, %(failed)d failed, %(skipped)d skipped' % counted)
    return 1 if counted['failed'] else 0


if __name__ == '__main__':
    if '--inside' in sys.argv:
        inside(sys.argv[4], sys.argv[5], sys.argv[6], sys.argv[7:])
        sys.exit(0)
    with tempfile.TemporaryDirectory() as FOLDER:
        sys.exit(main())
