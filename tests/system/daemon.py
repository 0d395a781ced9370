"""What system tests are made of: a built taproot in a folder of its own, a small authority, and clients."""
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

TIMEOUT = 5.0
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
A, TXT, AAAA = 1, 16, 28


def free_port(address='127.0.0.1'):
    """Returns a port that is free for UDP and TCP."""
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    while True:
        with socket.socket(family, socket.SOCK_STREAM) as tcp, socket.socket(family, socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            try:
                udp.bind((address, tcp.getsockname()[1]))
                return udp.getsockname()[1]
            except OSError:
                continue


def has_ipv6():
    """Whether this host has an IPv6 loopback."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(('::1', 0))
        return True
    except OSError:
        return False


def encode(name):
    """Returns a name's wire form."""
    return b''.join(bytes([len(label)]) + label.encode() for label in name.rstrip('.').split('.') if label) + b'\0'


def query(name, rr_type=A, ident=0x1234, edns=None):
    """Returns a query's octets; `edns` is the payload offered."""
    opt = b'' if edns is None else b'\0' + struct.pack('>HHIH', 41, edns, 0, 0)
    header = struct.pack('>HHHHHH', ident, 0x0100, 1, 0, 0, 1 if opt else 0)
    return header + encode(name) + struct.pack('>HH', rr_type, 1) + opt


class Response:
    """The header of a response, and its octets."""

    def __init__(self, octets):
        self.octets = octets
        self.ident, flags, _, self.answers, self.authorities, self.additionals = struct.unpack('>6H', octets[:12])
        self.rcode = flags & 15
        self.is_response = bool(flags & 0x8000)
        self.truncated = bool(flags & 0x0200)
        self.recursion_available = bool(flags & 0x0080)


def ask_udp(address, port, octets, timeout=TIMEOUT, source=None):
    """Asks over UDP; returns the Response, or None. The kernel only lets the address asked answer."""
    family = socket.AF_INET6 if ':' in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(timeout)
        if source:
            client.bind((source, 0))
        client.connect((address, port))
        client.send(octets)
        try:
            return Response(client.recv(65535))
        except (socket.timeout, ConnectionRefusedError):
            return None


class Tcp:
    """A client's TCP connection."""

    def __init__(self, address, port):
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(TIMEOUT)
        self.socket.connect((address, port))

    def send(self, *messages):
        """Sends messages with their lengths in front."""
        self.socket.sendall(b''.join(struct.pack('>H', len(m)) + m for m in messages))

    def exactly(self, count):
        """Returns so many octets, or what came before the end."""
        octets = b''
        while len(octets) < count:
            piece = self.socket.recv(count - len(octets))
            if not piece:
                break
            octets += piece
        return octets

    def receive(self):
        """Returns the next Response, or None at the end of the stream."""
        try:
            length = self.exactly(2)
            return Response(self.exactly(struct.unpack('>H', length)[0])) if len(length) == 2 else None
        except ConnectionResetError:
            return None

    def closed_within(self, seconds):
        """Whether the server closes the connection in this time."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b''
        except ConnectionResetError:
            return True
        except socket.timeout:
            return False

    def close(self):
        """Closes the connection."""
        self.socket.close()


class Authority:
    """Answers for the zone `pocket.` on a loopback address: what is asked decides what comes.

    slow*: after 0.6 s, late*: after 0.15 s. big*: too much for UDP. absent*: NXDOMAIN. silent*: nothing. Else one A record.
    """

    def __init__(self, address='127.0.0.1'):
        self.address, self.port = address, free_port(address)
        self.questions = []
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((address, self.port))
        self.tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.tcp.bind((address, self.port))
        self.tcp.listen(64)
        threading.Thread(target=self.serve_udp, daemon=True).start()
        threading.Thread(target=self.serve_tcp, daemon=True).start()

    @staticmethod
    def question(octets):
        """Returns (name, type, octets of the question)."""
        at, labels = 12, []
        while octets[at]:
            labels.append(octets[at + 1:at + 1 + octets[at]].decode('latin-1'))
            at += 1 + octets[at]
        return '.'.join(labels).lower(), struct.unpack('>H', octets[at + 1:at + 3])[0], octets[12:at + 5]

    def answer(self, octets, over_tcp):
        """Returns (delay, response), or None for silence."""
        name, rr_type, question = self.question(octets)
        self.questions.append((name, rr_type))
        first = name.split('.')[0]
        if first.startswith('silent'):
            return None
        flags, answers, authority = 0x8400, [], b''
        soa = b'\xc0\x0c' if name == 'pocket' else encode('pocket')
        soa += struct.pack('>HHIH', 6, 1, 60, 22) + b'\0\0' + struct.pack('>5I', 1, 3600, 600, 86400, 60)
        if first.startswith('absent'):
            flags |= NXDOMAIN
            authority = soa
        elif name == 'pocket' or rr_type != A and not first.startswith('big'):
            authority = soa
        elif first.startswith('big'):
            if over_tcp:
                answers = [struct.pack('>HHHIH', 0xc00c, TXT, 1, 60, 201) + bytes([200]) + bytes([65 + i]) * 200
                           for i in range(20)]
            else:
                flags |= 0x0200
        else:
            answers = [struct.pack('>HHHIH', 0xc00c, A, 1, 3600, 4) + bytes([192, 0, 2, 1])]
        header = octets[:2] + struct.pack('>HHHHH', flags, 1, len(answers), 1 if authority else 0, 0)
        response = header + question + b''.join(answers) + authority
        delay = 0.6 if first.startswith('slow') else 0.15 if first.startswith('late') else 0.0
        return delay, response

    def serve_udp(self):
        """Answers datagrams."""
        while True:
            octets, peer = self.udp.recvfrom(65535)
            answer = self.answer(octets, False)
            if answer:
                threading.Timer(answer[0], self.udp.sendto, (answer[1], peer)).start()

    def serve_tcp(self):
        """Answers one query of each connection."""
        while True:
            connection, _ = self.tcp.accept()
            with connection:
                connection.settimeout(TIMEOUT)
                octets = connection.recv(65535)
                answer = self.answer(octets[2:], True) if len(octets) > 14 else None
                if answer:
                    connection.sendall(struct.pack('>H', len(answer[1])) + answer[1])


class Daemon:
    """A running taproot. `sections` maps a section of the settings to its lines."""

    def __init__(self, binary, authority=None, sections=None, listen=None, start=True):
        self.binary = binary
        self.folder = tempfile.mkdtemp(prefix='taproot-system-')
        self.port = free_port()
        self.listen = listen or ['127.0.0.1:%d' % self.port]
        # The zones that these tests serve are not signed.
        self.sections = {'server': [], 'upstream': ['ipv6 = false'], 'root': [], 'dnssec': ['validation = false'],
                         'log': ['level = "debug"']}
        for name, lines in (sections or {}).items():
            self.sections.setdefault(name, []).extend(lines)
        self.stub = '' if authority is None else '[[stub]]\nzone = "pocket."\nservers = ["%s:%d"]\n' % (
            authority.address, authority.port)
        self.config = os.path.join(self.folder, 'taproot.toml')
        self.write_config()
        self.log_path = os.path.join(self.folder, 'log')
        self.process = None
        if start:
            self.start()

    def write_config(self):
        """Writes the settings file."""
        lines = []
        for name, own in self.sections.items():
            lines.append('[%s]' % name)
            if name == 'root' and not any(line.startswith('sources') for line in own):
                lines.append('sources = []')  # Nothing beyond this host is asked.
            if name == 'server':
                lines.append('listen = %s' % json.dumps(self.listen))
                lines.append('state-dir = %s' % json.dumps(self.folder))
                if not any(line.startswith('workers') for line in own):
                    lines.append('workers = 1')
            lines += own
        with open(self.config, 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n' + self.stub)

    def start(self):
        """Starts the daemon and waits until it serves."""
        self.spawn()
        end = time.monotonic() + 20
        while not self.listens():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError('did not start:\n' + self.log())
            time.sleep(0.02)

    def listens(self):
        """Returns whether the last socket that the daemon opens takes connections."""
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(os.path.join(self.folder, 'control.sock')) == 0

    def spawn(self):
        """Starts the daemon."""
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen([self.binary, 'serve', '--config', self.config], stderr=log, stdout=log)

    def fails_to_start(self):
        """Starts a daemon that cannot start; returns its exit code and log."""
        self.spawn()
        return self.process.wait(timeout=20), self.log()

    def log(self):
        """Returns the log so far."""
        with open(self.log_path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def wait_for_log(self, text):
        """Waits until the log has the text."""
        end = time.monotonic() + TIMEOUT
        while text not in self.log():
            assert time.monotonic() < end, 'the log never said "%s":\n%s' % (text, self.log())
            time.sleep(0.02)

    def udp(self, name, rr_type=A, address='127.0.0.1', **how):
        """Asks over UDP."""
        edns = how.pop('edns', None)
        return ask_udp(address, self.port, query(name, rr_type, edns=edns), **how)

    def tcp(self, address='127.0.0.1'):
        """Connects over TCP."""
        return Tcp(address, self.port)

    def operate(self, socket_name, *requests):
        """Says requests on `stats` or `control`; returns the answers."""
        lines = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in requests]
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(os.path.join(self.folder, socket_name + '.sock'))
            client.sendall(b''.join(line + b'\n' for line in lines))
            client.shutdown(socket.SHUT_WR)
            octets = b''
            while True:
                piece = client.recv(65536)
                if not piece:
                    break
                octets += piece
        return [json.loads(line) for line in octets.splitlines()]

    def control(self, **request):
        """Says one request on the control socket; returns its answer."""
        return self.operate('control', request)[0]

    def signal(self, number):
        """Sends a signal."""
        self.process.send_signal(number)

    def stop(self):
        """Ends the daemon, and says how it went."""
        code = None
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                code = self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Skip(Exception):
    """What a test needs is not here."""


def run(tests):
    """Runs (name, function) pairs with the binary of the command line; the last line counts them."""
    binary = sys.argv[1]
    counts = {'passed': 0, 'failed': 0, 'skipped': 0}
    only = sys.argv[2:]
    for name, test in tests:
        if only and not any(word in name for word in only):
            continue
        try:
            test(binary)
            outcome = 'passed'
        except Skip as why:
            print('skipped: %s: %s' % (name, why))
            outcome = 'skipped'
        except Exception:  # pylint: disable=broad-except
            print('FAILED: %s\n%s' % (name, traceback.format_exc()))
            outcome = 'failed'
        counts[outcome] += 1
        sys.stdout.flush()
    print('%(passed)d passed, %(failed)d failed, %(skipped)d skipped' % counts)
    sys.exit(1 if counts['failed'] else 0)
