"""What clients notice when upstreams fail: real resolvers, real faults, a steady load. Prints a table; fails on a lost query.

usage: forward_faults.py TAPROOT [--rate 5000] [--strategies parallel,balanced,failover] [--schemes udp,tls,https]
                         [--faults kill,...] [--seconds 10] [--repeats 1] [--cells SCHEME/STRATEGY/FAULT/VICTIMS,...]
Three dnsdist are the upstreams, in a network namespace of the test's own. Each fault befalls one of them, then two at
once, while names that nobody has asked before are asked at the rate, and before each as long a time passes without one:
`p99` is the median with the fault in terms of that without. Repeat, since client, upstreams and resolver share a machine
that has moods; the fault `none` shows how much they make. bench/forwarding has the figures without them.
"""
import argparse
import base64
import contextlib
import os
import select
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from daemon import Daemon, encode
from peers import installed, write
from upstreams import Certificates

HOSTS = ['10.9.0.1', '10.9.0.2', '10.9.0.3']
PORTS = {'udp': 53, 'tls': 853, 'https': 443}
WAIT = 4.0  # Seconds that a client waits: more than forward.query-timeout.


def ip(*words):
    """Runs `ip`."""
    subprocess.run(['ip', *words], check=True, capture_output=True)


class Balancer:
    """A dnsdist as a resolver that answers everything, and the faults that befall it."""

    def __init__(self, folder, host, certificates, others):
        self.host, self.certificates, self.others = host, certificates, others
        self.name = 'host-%s.test' % host.rsplit('.', maxsplit=1)[-1]
        certificate, key = certificates.sign(self.name, (host,))
        self.config = write(folder, self.name + '.conf', f"""
setKey('{base64.b64encode(bytes(32)).decode()}')
controlSocket('{host}:5199')
setConsoleACL('10.0.0.0/8')
setLocal('{host}:53')
addTLSLocal('{host}:853', '{certificate}', '{key}')
addDOHLocal('{host}:443', '{certificate}', '{key}', '/dns-query')
setACL({{'0.0.0.0/0'}})
function good()
  clearRules()
  addAction(QTypeRule(DNSQType.A), SpoofAction('192.0.2.1', {{ ttl = 60 }}))
  addAction(AllRule(), RCodeAction(DNSRCode.NOERROR))
end
function bad()
  clearRules()
  addAction(AllRule(), RCodeAction(DNSRCode.SERVFAIL))
end
good()
""")
        self.process = None
        self.start()

    def start(self):
        """Starts it, and waits until it listens."""
        self.process = subprocess.Popen(['dnsdist', '--supervised', '--disable-syslog', '-C', self.config],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for port in (53, 443, 5199):
            for _ in range(400):
                with contextlib.suppress(OSError), socket.create_connection((self.host, port), timeout=1):
                    break
                time.sleep(0.02)

    def say(self, command):
        """Has it do something."""
        subprocess.run(['dnsdist', '-C', self.config, '-e', command], check=True, capture_output=True, timeout=10)

    def url(self, scheme):
        """Returns the URL of a transport."""
        return '%s://%s:%d%s%s' % (scheme, self.host, PORTS[scheme], '/dns-query' if scheme == 'https' else '',
                                   '' if scheme == 'udp' else '#' + self.name)

    def reset(self):
        """Resets all connections to it."""
        subprocess.run(['ss', '-K', 'dst', self.host], check=True, capture_output=True)

    def begin(self, fault):
        """Has a fault befall it."""
        if fault == 'kill':
            self.process.kill()
            self.process.wait()
        elif fault == 'stall':
            self.process.send_signal(19)
        elif fault == 'blackhole':
            ip('addr', 'del', self.host + '/32', 'dev', 'lo')
            ip('route', 'add', self.host + '/32', 'dev', 'hole', 'src', '10.8.0.1')
        elif fault == 'rst':
            self.reset()
        elif fault == 'certificate':
            self.others.sign(self.name, (self.host,))
            for kind in ('.crt', '.key'):
                shutil.copy(os.path.join(self.others.folder, self.name + kind), os.path.join(self.certificates.folder,
                                                                                          self.name + kind))
            self.say('reloadAllCertificates()')
            self.reset()
        elif fault == 'servfail':
            self.say('bad()')

    def end(self, fault):
        """Ends a fault."""
        if fault == 'kill':
            self.start()
        elif fault == 'stall':
            self.process.send_signal(18)
        elif fault == 'blackhole':
            ip('route', 'del', self.host + '/32', 'dev', 'hole')
            ip('addr', 'add', self.host + '/32', 'dev', 'lo')
        elif fault == 'certificate':
            self.certificates.sign(self.name, (self.host,))
            self.say('reloadAllCertificates()')
        elif fault == 'servfail':
            self.say('good()')

    def stop(self):
        """Ends it."""
        self.process.kill()
        self.process.wait()


class Load:
    """Asks at a steady rate, a name of its own each time, and notes when each answer came."""

    SOCKETS = 16

    def __init__(self, port, rate):
        self.rate, self.count, self.failed = rate, 0, []
        self.waiting = [{} for _ in range(self.SOCKETS)]
        self.poll, self.sockets, self.index, self.latencies = select.epoll(), [], {}, []
        for i in range(self.SOCKETS):
            client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            client.connect(('127.0.0.1', port))
            self.poll.register(client.fileno(), select.EPOLLIN)
            self.sockets.append(client)
            self.index[client.fileno()] = i
        self.tail = encode('pocket') + struct.pack('>HH', 1, 1)
        self.run_id = '%x' % (time.time_ns() & 0xffffff)

    def ask(self, now):
        """Asks one question."""
        which, ident = self.count % self.SOCKETS, self.count // self.SOCKETS & 0xffff
        label = b'w%d-%s' % (self.count, self.run_id.encode())
        message = struct.pack('>6H', ident, 0x0100, 1, 0, 0, 0) + bytes([len(label)]) + label + self.tail
        with contextlib.suppress(BlockingIOError, ConnectionRefusedError):
            self.sockets[which].send(message)
        self.waiting[which][ident] = now
        self.count += 1

    def hear(self, timeout):
        """Takes the answers that come within a time."""
        for number, _ in self.poll.poll(timeout):
            which = self.index[number]
            for _ in range(64):
                try:
                    octets = self.sockets[which].recv(4096)
                except (BlockingIOError, ConnectionRefusedError):
                    break
                ident, flags, _, answers = struct.unpack('>4H', octets[:8])
                asked = self.waiting[which].pop(ident, None)
                if asked is None:
                    continue
                self.latencies.append(time.monotonic() - asked)
                if flags & 15 or not answers:
                    self.failed.append(('rcode %d' % (flags & 15), self.latencies[-1]))

    def run(self, seconds):
        """Asks for so many seconds; returns (asked, lost, failed, latencies in order)."""
        self.latencies, self.failed, first = [], [], self.count
        begin = time.monotonic()
        while (now := time.monotonic()) < begin + seconds:
            due = int((now - begin) * self.rate)
            while self.count - first < due:
                self.ask(now)
            self.hear(0.001)
        end = time.monotonic() + WAIT
        while any(self.waiting) and time.monotonic() < end:
            self.hear(0.01)
        lost = sum(len(one) for one in self.waiting)
        for one in self.waiting:
            one.clear()
        return self.count - first, lost, list(self.failed), sorted(self.latencies)


def at(latencies, part):
    """Returns a percentile, in milliseconds."""
    return latencies[min(len(latencies) - 1, int(len(latencies) * part))] * 1000 if latencies else float('nan')


def wait_for_all(daemon, count):
    """Waits until so many upstreams are up; returns how long that took, in seconds."""
    begin = time.monotonic()
    while time.monotonic() < begin + 15:
        upstreams = daemon.operate('stats', {'verb': 'upstreams'})[0]['upstreams']
        if sum(one['health'] == 'up' for one in upstreams) >= count:
            break
        time.sleep(0.02)
    return time.monotonic() - begin


def befall(options, daemon, load, balancers, fault, victims):
    """Has a fault befall upstreams under load; returns (asked, lost, failed, p50, p99, longest, p99 before, seconds until back)."""
    before = at(load.run(options.seconds)[3], .99)
    for victim in victims:
        victim.begin(fault)
    asked, lost, failed, latencies = load.run(options.seconds)
    for victim in victims:
        victim.end(fault)
    back = wait_for_all(daemon, len(balancers))
    load.run(1)  # RTTs are as usual again.
    return asked, lost, len(failed), at(latencies, .5), at(latencies, .99), at(latencies, 1), before, back


def cells(options, strategy, scheme):
    """Returns the faults of a strategy over a transport, each with its number of victims."""
    tied_to_connections = ('certificate', 'rst')
    every = [(fault, count) for fault in options.faults.split(',') for count in (1, 2)
             if scheme != 'udp' or fault not in tied_to_connections]
    wanted = options.cells.split(',')
    return [cell for cell in every if not options.cells or '%s/%s/%s/%d' % (scheme, strategy, *cell) in wanted]


def play(options, balancers, strategy, scheme):
    """Runs all faults against one daemon; returns how many queries were lost."""
    bad = 0
    faults = cells(options, strategy, scheme)
    if not faults:
        return 0
    servers = ', '.join('"%s"' % one.url(scheme) for one in balancers)
    with Daemon(options.binary, None, {'server': ['workers = 2'], 'log': [], 'forward': [
            'servers = [%s]' % servers, 'strategy = "%s"' % strategy, 'probe-name = "pocket."', 'probe-interval = 5',
            'probe-interval-down = 1']}) as daemon:
        load = Load(daemon.port, options.rate)
        load.run(1)
        wait_for_all(daemon, len(balancers))
        for fault, count in faults:
            seen = [befall(options, daemon, load, balancers, fault, balancers[:count]) for _ in range(options.repeats)]
            columns = list(zip(*seen))
            sums, medians = [sum(column) for column in columns[:3]], [statistics.median(column) for column in columns[3:]]
            p50, p99, longest, before, back = medians
            bad += sums[1] + sums[2]
            print('%-9s %-6s %-12s %-5d %7d %5d %6d %8.2f %8.2f %8.1f  x%-6.2f %5.2f' % (
                strategy, scheme, fault, count, *sums, p50, p99, longest, p99 / before, back))
            sys.stdout.flush()
    return bad


def main():
    """Plays every strategy over every transport."""
    parser = argparse.ArgumentParser()
    parser.add_argument('binary')
    parser.add_argument('--rate', type=int, default=5000)
    parser.add_argument('--seconds', type=float, default=10)
    parser.add_argument('--repeats', type=int, default=1)
    parser.add_argument('--cells', default='')
    parser.add_argument('--strategies', default='parallel,balanced,failover')
    parser.add_argument('--schemes', default='udp,tls,https')
    parser.add_argument('--faults', default='kill,stall,blackhole,rst,certificate,servfail')
    options = parser.parse_args()
    options.binary = os.path.abspath(options.binary)
    if not installed('dnsdist') or os.geteuid() != 0:
        print('skipped: needs dnsdist, and root for a network namespace\n0 passed, 0 failed, 1 skipped')
        return 0
    if os.environ.get('TAPROOT_FAULTS_INSIDE') != 'yes':
        os.environ['TAPROOT_FAULTS_INSIDE'] = 'yes'
        os.execvp('unshare', ['unshare', '-n', sys.executable, *sys.argv])
    ip('link', 'set', 'lo', 'up')
    ip('link', 'add', 'hole', 'type', 'veth', 'peer', 'name', 'bottom')
    for device in ('hole', 'bottom'):
        ip('link', 'set', device, 'arp', 'off', 'up')
    ip('addr', 'add', '10.8.0.1/24', 'dev', 'hole')
    for host in HOSTS:
        ip('addr', 'add', host + '/32', 'dev', 'lo')
    folder = tempfile.mkdtemp(prefix='taproot-faults-')
    other = os.path.join(folder, 'other')
    os.mkdir(other)
    certificates = Certificates(folder)
    os.environ['SSL_CERT_FILE'] = certificates.authority
    strangers = Certificates(other)
    balancers = []
    bad = 0
    try:
        for host in HOSTS:
            balancers.append(Balancer(folder, host, certificates, strangers))
        print('%-9s %-6s %-12s %-5s %7s %5s %6s %8s %8s %8s  %-7s %5s' % (
            'strategy', 'over', 'fault', 'of 3', 'asked', 'lost', 'failed', 'p50 ms', 'p99 ms', 'max ms', 'p99', 'up s'))
        for scheme in options.schemes.split(','):
            for strategy in options.strategies.split(','):
                bad += play(options, balancers, strategy, scheme)
    finally:
        for one in balancers:
            one.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print('%d queries lost or failed\n%s, 0 skipped' % (bad, '0 passed, 1 failed' if bad else '1 passed, 0 failed'))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
