"""A small internet of the selection bench on real sockets, and a client that asks a resolver in it: one loop, one clock.

It is played in a namespace where every address is this machine's own (tools/lab/enter-namespace). Servers stand at the
addresses that `selection_bench --play` gives; every other address is a root server. Zone k is the top-level domain zk,
a question is the A record of qN.zk (or sN.zk where no server may answer), N its number: so a question is one packet to
one server of one zone, and nothing is ever in a cache. Delays count from the kernel's time of arrival; what becomes of
a packet is drawn as the bench draws it.
"""
import heapq
import math
import random
import select
import socket
import struct
import time

ROOT_DELAY = 0.001
SO_TIMESTAMPNS = 35
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
IPV6_PKTINFO, IPV6_RECVPKTINFO = 50, 49
FREEBIND = {False: 15, True: 78}  # IP_FREEBIND, IPV6_FREEBIND: the addresses are local by route alone.
TTL = 172800
PATIENCE = 12.0  # Of the client, in seconds.
FAILED = 5.0  # What a failure counts as, and what a later answer is.


def mixed(number):
    """Returns 64 well mixed bits (SplitMix64), as the bench draws."""
    number = (number + 0x9e3779b97f4a7c15) % 2 ** 64
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9 % 2 ** 64
    number = (number ^ number >> 27) * 0x94d049bb133111eb % 2 ** 64
    return number ^ number >> 31


def wire(name):
    """Returns a name in wire form."""
    return b''.join(bytes([len(label)]) + label.encode() for label in name.split('.') if label) + b'\0'


def record(owner, kind, rdata):
    """Returns a resource record."""
    return wire(owner) + struct.pack('>HHIH', kind, 1, TTL, len(rdata)) + rdata


def soa(zone):
    """Returns the SOA of a zone."""
    return record(zone, 6, wire('ns0.' + zone) + wire('host.' + zone) + struct.pack('>5I', 1, 7200, 3600, 864000, TTL))


def delegation(play, zone):
    """Returns the NS records of a zone, and their glue."""
    apex, names, glue = 'z%d' % zone, b'', b''
    for place, server in enumerate(play['zones'][zone]):
        host = 'ns%d.%s' % (place, apex)
        names += record(apex, 2, wire(host))
        glue += address_record(host, play['servers'][server]['address'])
    return names, glue, len(play['zones'][zone])


def address_record(host, address):
    """Returns the A or AAAA record of a host."""
    six = ':' in address
    return record(host, 28 if six else 1, socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, address))


def root_zone(play):
    """Returns a root zone that delegates every zone, for a resolver that serves the root itself."""
    lines = ['. 86400 IN SOA a.root-servers.net. host. 2026112100 1800 900 604800 86400', '. 518400 IN NS a.root-servers.net.',
             'a.root-servers.net. 518400 IN A 198.41.0.4']
    for zone, servers in enumerate(play['zones']):
        for place, server in enumerate(servers):
            address = play['servers'][server]['address']
            lines += ['z%d. %d IN NS ns%d.z%d.' % (zone, TTL, place, zone),
                      'ns%d.z%d. %d IN %s %s' % (place, zone, TTL, 'AAAA' if ':' in address else 'A', address)]
    return '\n'.join(lines) + '\n'


def question_of(octets):
    """Returns the labels, the type and the octets of a message's question."""
    labels, at = [], 12
    while octets[at]:
        labels.append(octets[at + 1:at + 1 + octets[at]].decode('latin-1').lower())
        at += 1 + octets[at]
    return labels, struct.unpack('>H', octets[at + 1:at + 3])[0], octets[12:at + 5]


def message(query, sections, counts, flags):
    """Returns a response: with EDNS where the query has it."""
    opt = struct.pack('>BHHIH', 0, 41, 1232, 0, 0) if struct.unpack('>H', query[10:12])[0] else b''
    wants = struct.unpack('>H', query[2:4])[0] & 0x100
    head = query[:2] + struct.pack('>5H', 0x8000 | wants | flags, 1, counts[0], counts[1], counts[2] + bool(opt))
    return head + question_of(query)[2] + sections + opt


class Answers:
    """What servers say."""

    def __init__(self, play):
        self.play = play
        self.zone_of = {server: zone for zone, servers in enumerate(play['zones']) for server in servers}
        self.delegations = [delegation(play, zone) for zone in range(len(play['zones']))]

    def of_root(self, query):
        """Returns what a root server says."""
        labels, kind, _ = question_of(query)
        if labels and labels[-1][1:].isdigit() and int(labels[-1][1:]) < len(self.delegations):
            names, glue, count = self.delegations[int(labels[-1][1:])]
            return message(query, names + glue, (0, count, count), 0)
        if not labels and kind == 2:
            hosts = ['%s.root-servers.net' % letter for letter in 'abcdefghijklm']
            return message(query, b''.join(record('', 2, wire(host)) for host in hosts), (13, 0, 0), 0x400)
        return message(query, soa('root-servers.net'), (0, 1, 0), 0x400 | (0 if labels[-2:] == ['root-servers', 'net'] else 3))

    def of(self, server, temper, query):
        """Returns what a nameserver says."""
        labels, kind, _ = question_of(query)
        zone = self.zone_of[server]
        apex = 'z%d' % zone
        if temper == 'fails':
            return message(query, b'', (0, 0, 0), 2)
        if temper == 'lame' or labels[-1:] != [apex]:
            return message(query, record('', 2, wire('a.root-servers.net')), (0, 1, 0), 0)
        names, glue, count = self.delegations[zone]
        if labels == [apex] and kind == 2:
            return message(query, names + glue, (count, 0, count), 0x400)
        found = self.own(zone, labels, kind)
        if found:
            return message(query, found, (1, 0, 0), 0x400)
        return message(query, soa(apex), (0, 1, 0), 0x400)

    def own(self, zone, labels, kind):
        """Returns the record of a name in the zone, or nothing."""
        apex, servers = 'z%d' % zone, self.play['zones'][zone]
        if labels == [apex] and kind == 6:
            return soa(apex)
        if len(labels) == 2 and labels[0][:2] == 'ns' and labels[0][2:].isdigit() and int(labels[0][2:]) < len(servers):
            address = self.play['servers'][servers[int(labels[0][2:])]]['address']
            if kind == (28 if ':' in address else 1):
                return address_record('.'.join(labels), address)
        if len(labels) == 2 and labels[0][0] in 'qs' and labels[0][1:].isdigit() and kind == 1:
            return record('.'.join(labels), 1, bytes([192, 0, 2, 1]))
        return None


class World:
    """The servers, the client and their clock. `packets` and `questions` are what `selection_bench --layout` prints."""

    def __init__(self, play, resolver):
        self.play, self.start, self.answers = play, time.time(), Answers(play)
        self.server_at = {server['address']: number for number, server in enumerate(play['servers'])}
        self.dice, self.due, self.sequence = random.Random(play['seed']), [], 0
        self.packets, self.questions, self.late = [], [], []
        self.others, self.attempts, self.streams, self.listeners = [], {}, {}, {}
        self.poll = select.epoll()
        self.four, self.six = self.datagrams(socket.AF_INET), self.datagrams(socket.AF_INET6)
        self.client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.client.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.client.connect(resolver)
        self.poll.register(self.client, select.EPOLLIN)
        self.waiting, self.heard_of = {}, 0

    def datagrams(self, family):
        """Opens port 53 of every address."""
        sock = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO.
        else:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
            sock.setsockopt(socket.IPPROTO_IPV6, FREEBIND[True], 1)
        sock.bind(('', 53))
        self.poll.register(sock, select.EPOLLIN)
        return sock

    def listen(self):
        """Opens TCP at every server; a filter drops what is sent to a dead one, the handshake too."""
        for number, server in enumerate(self.play['servers']):
            sock = socket.socket(socket.AF_INET6 if ':' in server['address'] else socket.AF_INET, socket.SOCK_STREAM)
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.IPPROTO_IPV6 if ':' in server['address'] else socket.IPPROTO_IP, FREEBIND[':' in server['address']], 1)
            sock.bind((server['address'], 53))
            sock.listen(64)
            self.poll.register(sock, select.EPOLLIN)
            self.listeners[sock.fileno()] = (sock, number)
            for since, temper, _ in server['phases']:
                self.add(self.start + since / 1e6, self.silence_stream, sock, temper == 'dead')
            for since, until in self.play['outages']:
                self.add(self.start + since / 1e6, self.silence_stream, sock, True)
                self.add(self.start + until / 1e6, self.silence_stream, sock, False)

    @staticmethod
    def silence_stream(sock, silent):
        """Drops all TCP of a server from here on, or none."""
        if silent:
            import ctypes  # pylint: disable=import-outside-toplevel
            code = ctypes.create_string_buffer(struct.pack('HBBI', 6, 0, 0, 0))  # BPF: return 0.
            sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack('HL', 1, ctypes.addressof(code)))
        else:
            try:
                sock.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
            except OSError:
                pass  # There was none.

    def add(self, when, what, *words):
        """Has something done at a time."""
        self.sequence += 1
        heapq.heappush(self.due, (when, self.sequence, what, words))

    def wake(self):
        """Waits until the resolver answers, a question of the root that tells it nothing of the zones."""
        awake = False
        while not awake:
            try:
                self.client.send(struct.pack('>6H', 0, 0x100, 1, 0, 0, 0) + b'\0' + struct.pack('>2H', 2, 1))
            except OSError:
                pass  # Nobody listens there yet.
            until = time.time() + 0.5
            while not awake and time.time() < until:
                self.step(until)
                awake = self.heard_of > 0
        self.late.clear()

    def run(self):
        """Plays it to its end."""
        self.wake()
        self.start = time.time() + 1
        self.listen()
        questions = self.play['questions']
        for number, (at, zone, unanswerable) in enumerate(questions):
            self.add(self.start + at / 1e6, self.ask, number, zone, unanswerable)
        end = self.start + self.play['length'] / 1e6 + PATIENCE
        while time.time() < end and (self.waiting or len(self.questions) < len(questions)):
            self.step(end)

    def step(self, until):
        """Does what is due next, or takes in what comes before."""
        pause = max(0, min(until, self.due[0][0] if self.due else until) - time.time())
        if select.select([self.poll.fileno()], [], [], pause)[0]:
            for handle, _ in self.poll.poll(0):
                self.heard(handle)
        while self.due and self.due[0][0] <= time.time():
            _, _, what, words = heapq.heappop(self.due)
            what(*words)

    def heard(self, handle):
        """Takes what came in at a socket."""
        if handle in self.listeners:
            self.accept(*self.listeners[handle])
        elif handle in self.streams:
            self.read_stream(handle)
        elif handle == self.client.fileno():
            self.answered()
        else:
            self.asked(self.four if handle == self.four.fileno() else self.six)

    @staticmethod
    def arrival(ancillary):
        """Returns when the kernel took a packet in."""
        for level, kind, octets in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
                seconds, nanoseconds = struct.unpack('qq', octets[:16])
                return seconds + nanoseconds / 1e9
        return time.time()

    def ask(self, number, zone, unanswerable):
        """The client asks its next question."""
        name = '%s%d.z%d' % ('s' if unanswerable else 'q', number, zone)
        self.waiting[number % 65536] = (number, time.time())
        self.add(time.time() + PATIENCE, self.give_up, number)
        self.client.send(struct.pack('>6H', number % 65536, 0x100, 1, 0, 0, 0) + wire(name) + struct.pack('>2H', 1, 1))

    def give_up(self, number):
        """The client waits no longer."""
        if self.waiting.get(number % 65536, (None,))[0] == number:
            del self.waiting[number % 65536]
            self.questions.append([number, self.since(time.time()), 0])

    def answered(self):
        """The resolver answered the client."""
        try:
            octets, ancillary, _, _ = self.client.recvmsg(4096, 256)
        except OSError:
            return  # It told that nobody listens there yet.
        self.heard_of += 1
        found = self.waiting.pop(struct.unpack('>H', octets[:2])[0], None)
        if found:
            self.questions.append([found[0], self.since(self.arrival(ancillary)), int(octets[3] & 15 == 0)])

    def since(self, at):
        """Returns microseconds since the start."""
        return round((at - self.start) * 1e6)

    def asked(self, sock):
        """A resolver asked a server."""
        query, ancillary, _, source = sock.recvmsg(4096, 512)
        at, to, info = self.arrival(ancillary), None, None
        for level, kind, octets in ancillary:
            if (level, kind) == (socket.IPPROTO_IP, 8):
                to, info = socket.inet_ntop(socket.AF_INET, octets[8:12]), (level, kind, struct.pack('i', 0) + octets[8:12] + bytes(4))
            elif (level, kind) == (socket.IPPROTO_IPV6, IPV6_PKTINFO):
                to, info = socket.inet_ntop(socket.AF_INET6, octets[:16]), (level, kind, octets[:16] + struct.pack('i', 0))
        if query[2] & 0x80:
            return
        if to not in self.server_at:
            if ':' in to and self.is_without_ipv6(at):
                return
            self.add(at + ROOT_DELAY, self.send, sock, self.answers.of_root(query), info, source, at + ROOT_DELAY)
            return
        reply = self.reply(self.server_at[to], query, at)
        if reply:
            self.add(at + reply[0], self.send, sock, reply[1], info, source, at + reply[0])

    def is_without_ipv6(self, at):
        """Returns whether no nameserver can be reached over IPv6: then no root server is either."""
        there = [self.phase_of(server, at)[0] != 'dead' for address, server in self.server_at.items() if ':' in address]
        return there != [] and not any(there)

    def phase_of(self, server, at):
        """Returns what a server is at a time: its temper, its round-trip time."""
        return [(temper, rtt) for since, temper, rtt in self.play['servers'][server]['phases'] if since <= max(0, self.since(at))][-1]

    def reply(self, server, query, at, stream=False):
        """Notes a packet at a server; returns (delay, response), or nothing where there is silence."""
        labels, kind, _ = question_of(query)
        first = labels[0] if labels else ''
        if first[:1] in ('q', 's') and first[1:].isdigit():
            self.packets.append([int(first[1:]), server, self.since(at), 0])
        else:
            self.others.append([server, self.since(at), '.'.join(labels), kind])
        temper, rtt = self.phase_of(server, at)
        draw = self.luck_of(first, server)
        delay = rtt * 0.98 - math.log(1 - draw(1)) * (0.03 * rtt + 200)
        if draw(2) < 0.01:
            delay += 3 * rtt * draw(3)
        out = any(self.since(at) + delay >= since and self.since(at) < until for since, until in self.play['outages'])
        is_lost = draw(0) < self.play['loss']
        if temper == 'dead' or first[:1] == 's' or out or (is_lost and not stream):
            return None
        if is_lost:
            delay += 1e6  # The kernel sends again what was lost of a connection (RFC 6298 section 2.1).
        return delay / 1e6, self.answers.of(server, temper, query)

    def luck_of(self, first, server):
        """Returns how the draws of a packet fall: for a question of the play as they do in the bench (internet.cc), where
        they hang on the question, the server and how many packets went before; else by chance."""
        if first[:1] not in ('q', 's') or not first[1:].isdigit():
            return lambda _: self.dice.random()
        query, seed = int(first[1:]), self.play['seed']
        attempt = self.attempts.get(query, 0)
        self.attempts[query] = attempt + 1
        fate = mixed(mixed(seed) ^ mixed(query << 24 ^ server << 8 ^ attempt))
        return lambda salt: (mixed(fate + salt) >> 11) * 2.0 ** -53

    def send(self, sock, octets, info, source, due):
        """Sends a response, and notes how late it is."""
        self.late.append(time.time() - due)
        try:
            sock.sendmsg([octets], [info], 0, source)
        except OSError:
            pass  # Nobody listens there any longer.

    def accept(self, listener, server):
        """A resolver opened a connection: its handshake takes as long as a question."""
        stream, _ = listener.accept()
        stream.setblocking(False)
        self.poll.register(stream, select.EPOLLIN)
        self.streams[stream.fileno()] = [stream, server, b'', True]

    def read_stream(self, handle):
        """Takes questions from a connection."""
        stream, server, octets, is_first = self.streams[handle]
        try:
            more = stream.recv(4096)
        except OSError:
            more = b''
        if not more:
            del self.streams[handle]
            self.poll.unregister(stream)
            stream.close()
            return
        octets += more
        while len(octets) > 2 and len(octets) >= 2 + struct.unpack('>H', octets[:2])[0]:
            length = struct.unpack('>H', octets[:2])[0]
            at = time.time()
            reply = self.reply(server, octets[2:2 + length], at, stream=True)
            octets = octets[2 + length:]
            if reply:
                self.add(at + reply[0] * (2 if is_first else 1), self.send_stream, handle, stream, reply[1])
            is_first = False
        self.streams[handle][2:] = [octets, is_first]

    def send_stream(self, handle, stream, octets):
        """Answers over a connection that is still open."""
        if self.streams.get(handle, [None])[0] is stream:
            try:
                stream.send(struct.pack('>H', len(octets)) + octets)
            except OSError:
                pass  # It was closed meanwhile.
