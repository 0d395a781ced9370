#!/usr/bin/env python3
"""Reloads root zones one after another, as fast as each completes, while dnsperf asks; no query may be lost.

usage: reload_under_load.py TAPROOT [--seconds 10] [--rate 5000] [--zones FILE FILE]

Without --zones: two zones of its own, of 1,500 delegations. With: master files of the root, whose SOA gets the serials.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

from daemon import Authority, Daemon

SOA = re.compile(r'(SOA\s+\S+\s+\S+\s+)(\d+)')


def own_zone(edition):
    """Returns a root zone's text."""
    lines = ['. 86400 IN SOA a.root-servers.net. nstld.verisign-grs.com. 1 1800 900 604800 86400',
             '. 518400 IN NS a.root-servers.net.', 'a.root-servers.net. 518400 IN A 192.0.2.1']
    for i in range(1500):
        lines += ['t%d. 172800 IN NS ns%d.t%d.' % (i, edition, i), 'ns%d.t%d. 172800 IN A 192.0.2.%d' % (edition, i, edition)]
    return '\n'.join(lines) + '\n'


def main():
    """Runs dnsperf and reloads until it ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument('taproot')
    parser.add_argument('--seconds', type=int, default=10)
    parser.add_argument('--rate', type=int, default=5000)
    parser.add_argument('--zones', nargs=2)
    options = parser.parse_args()
    if not shutil.which('dnsperf'):
        print('skipped: dnsperf is not installed\n0 passed, 0 failed, 1 skipped')
        return 0
    authority = Authority()
    texts = [own_zone(edition) for edition in (1, 2)]
    if options.zones:
        texts = [open(path, encoding='utf-8').read() for path in options.zones]
    folder = tempfile.mkdtemp(prefix='taproot-reload-')
    names = os.path.join(folder, 'names')
    with open(names, 'w', encoding='utf-8') as file:
        # Cached names of a stub zone, and names that the root zone itself denies.
        file.write(''.join('n%d.pocket A\nno-such-tld-%d A\n' % (i, i) for i in range(1000)))
    zone = os.path.join(folder, 'root.zone')

    def write_zone(serial):
        with open(zone + '.new', 'w', encoding='utf-8') as file:
            file.write(SOA.sub(lambda found: found[1] + str(serial), texts[serial % 2]))
        os.rename(zone + '.new', zone)

    first = 2026090000
    write_zone(first)
    reloads = 0
    with Daemon(options.taproot, authority, {'server': ['workers = 2'], 'root': ['zonemd = "off"', 'zone-file = "%s"' % zone],
                                             'log': ['format = "json"']}) as daemon:
        subprocess.run(['dnsperf', '-s', '127.0.0.1', '-p', str(daemon.port), '-d', names, '-n', '1', '-q', '16'],
                       capture_output=True, check=False)
        load = subprocess.Popen(['dnsperf', '-s', '127.0.0.1', '-p', str(daemon.port), '-d', names, '-l',
                                 str(options.seconds), '-Q', str(options.rate), '-c', '4'], stdout=subprocess.PIPE, text=True)
        refused = []
        while load.poll() is None:
            write_zone(first + reloads + 1)
            answer = daemon.control(verb='root-reload')
            if answer.get('outcome') != 'taken':
                refused.append(answer)
                break
            reloads += 1
        output = load.communicate()[0]
    shutil.rmtree(folder, ignore_errors=True)
    for line in output.splitlines():
        if re.search(r'Queries (sent|completed|lost)|per second|Response codes', line):
            print(line.strip())
    print('Completed reloads: %d' % reloads)
    lost = re.search(r'Queries lost:\s+(\d+)', output)
    good = bool(lost) and lost[1] == '0' and reloads > 3 and not refused
    if refused:
        print('refused: %s' % refused[0])
    print('%d passed, %d failed, 0 skipped' % (good, not good))
    return 0 if good else 1


if __name__ == '__main__':
    sys.exit(main())
