#!/usr/bin/env python3
"""What the workers of one daemon share: a question in flight, and the limit of the cache.

usage: shared_work_test.py TAPROOT TAPROOT_LAB [--cache MEBIBYTES]
"""
import contextlib
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from daemon import Daemon, Skip, free_port, query, run

TAPROOT, LAB = (os.path.abspath(path) for path in sys.argv[1:3])
CACHE_MIB = int(sys.argv[sys.argv.index('--cache') + 1]) if '--cache' in sys.argv else 2
CLIENTS = 200
# What a cached name costs at the least (a set, a ready answer, their places in tables): ten times the limit is this many names.
LEAST_OCTETS_A_NAME = 512
# What a process may take beside its cache while it resolves at full speed: walks in flight and those it remembers.
BASE_MIB = 40


@contextlib.contextmanager
def lab(folder, *words):
    """Serves the pocket internet in loopback mode; yields its port and the file of its counts."""
    port, counts = free_port(), os.path.join(folder, 'counts')
    process = subprocess.Popen([LAB, 'serve', '--port', str(port), '--write-root-zone', folder + '/root.zone',
                                '--count-questions', counts, '--no-tempers', *words], stdout=subprocess.PIPE, text=True)
    try:
        while 'ready' not in process.stdout.readline():
            assert process.poll() is None, 'the lab ended'
        yield port, counts
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


def sections(folder, port, workers, *more):
    """Returns the settings of a daemon on the lab."""
    return {'server': ['workers = %d' % workers],
            'upstream': ['exploration-percent = 0', 'port = %d' % port, 'allow = ["127.0.0.0/8"]'],
            'root': ['zonemd = "off"', 'zone-file = "%s/root.zone"' % folder], 'cache': list(more)}


def names(folder, count):
    """Returns lines `NAME TYPE` that the lab answers; its list is drawn under the lab's own root zone."""
    done = subprocess.run([LAB, 'names', str(count), '--no-tempers'], capture_output=True, text=True, check=True, cwd=folder)
    return done.stdout.splitlines()


def one_question_of_many(_):
    """200 sockets ask 4 workers one new question at once: each step of the walk is asked upstream once."""
    with tempfile.TemporaryDirectory() as folder:
        with lab(folder, '--latency', '30:60') as (port, counts):
            name = next(line.split()[0] for line in names(folder, 200) if line.endswith(' A') and line.startswith('www.'))
            with Daemon(TAPROOT, None, sections(folder, port, 4)) as daemon:
                clients = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(CLIENTS)]
                for ident, client in enumerate(clients):
                    client.connect(('127.0.0.1', daemon.port))
                    client.send(query(name, ident=ident))
                answers = set()
                waiting = set(clients)
                while waiting:
                    ready, _, _ = select.select(list(waiting), [], [], 10)
                    assert ready, '%d clients got no answer' % len(waiting)
                    for client in ready:
                        answers.add(client.recv(4096)[2:])
                        waiting.discard(client)
                for client in clients:
                    client.close()
        with open(counts, encoding='utf-8') as file:
            asked = [line.split() for line in file if line.strip()]
    assert len(answers) == 1, 'clients were told %d different things' % len(answers)
    assert asked, 'nothing was asked upstream'
    twice = [row for row in asked if int(row[0]) != 1]
    print('%d clients, 4 workers, %s: %d steps upstream, each asked once: %s' % (CLIENTS, name, len(asked), not twice))
    assert not twice, twice


def resident_mib(pid):
    """Returns a process's resident memory."""
    with open('/proc/%d/status' % pid, encoding='utf-8') as file:
        return int(re.search(r'VmRSS:\s+(\d+) kB', file.read()).group(1)) / 1024


def cache_limit_holds(_):
    """After ten times the cache's limit in distinct names, memory is within the limit and the stated base."""
    if not shutil.which('dnsperf'):
        raise Skip('dnsperf is not installed')
    with tempfile.TemporaryDirectory() as folder:
        count = 10 * CACHE_MIB * 1024 * 1024 // LEAST_OCTETS_A_NAME
        with open(folder + '/names', 'w', encoding='utf-8') as file:
            file.write('\n'.join(names(folder, count)) + '\n')
        with lab(folder, '--latency', '0:0') as (port, _):
            size = 'size = "%dMiB"' % CACHE_MIB
            with Daemon(TAPROOT, None, sections(folder, port, 2, size)) as daemon:
                before = resident_mib(daemon.process.pid)
                subprocess.run(['dnsperf', '-s', '127.0.0.1', '-p', str(daemon.port), '-d', folder + '/names', '-n', '1', '-q',
                                '100', '-t', '12'], capture_output=True, check=True, timeout=500)
                after = resident_mib(daemon.process.pid)
    print('%d names: resident %.1f MiB at the start, %.1f MiB after, cache limit %d MiB' % (count, before, after, CACHE_MIB))
    assert after <= CACHE_MIB + BASE_MIB, after


if __name__ == '__main__':
    CASES = [(case.__doc__, case) for case in (one_question_of_many, cache_limit_holds)]
    # run() takes further words of the command line for the names of cases.
    del sys.argv[2:]
    run(CASES)
