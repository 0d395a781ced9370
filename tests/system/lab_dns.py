"""Just enough DNS for the system tests of the lab: to ask, and to read what comes back."""
import socket
import struct
import time

TYPES = {'A': 1, 'NS': 2, 'CNAME': 5, 'SOA': 6, 'PTR': 12, 'HINFO': 13, 'MX': 15, 'TXT': 16, 'AAAA': 28, 'SRV': 33,
         'DNAME': 39, 'DS': 43, 'DNSKEY': 48, 'NSEC3PARAM': 51, 'TLSA': 52, 'CDS': 59, 'CDNSKEY': 60, 'ZONEMD': 63, 'SVCB': 64,
         'HTTPS': 65, 'CAA': 257}
NAMES = {number: text for text, number in TYPES.items()}
RCODES = {0: 'NOERROR', 1: 'FORMERR', 2: 'SERVFAIL', 3: 'NXDOMAIN', 4: 'NOTIMP', 5: 'REFUSED'}


def type_number(text):
    """Returns the number of a type's text."""
    return TYPES.get(text) or int(text.removeprefix('TYPE'))


def query(number, name, rr_type, recursion=True, authentic=False):
    """Returns a query with EDNS; with AD where the response shall say whether it is authentic (RFC 6840 section 5.7)."""
    flags = (0x100 if recursion else 0) | (0x20 if authentic else 0)
    octets = struct.pack('>6H', number, flags, 1, 0, 0, 1)
    for label in name.rstrip('.').split('.'):
        if label:
            octets += bytes([len(label)]) + label.encode()
    return octets + struct.pack('>BHH', 0, type_number(rr_type), 1) + struct.pack('>BHHIH', 0, 41, 1232, 0, 0)


def read_name(octets, at):
    """Returns the name at a place, lower case in wire form, and the place after it."""
    wire, end = b'', None
    while octets[at]:
        if octets[at] >= 192:
            end = end or at + 2
            at = (octets[at] & 63) << 8 | octets[at + 1]
        else:
            wire += octets[at:at + 1 + octets[at]].lower()
            at += 1 + octets[at]
    return wire + b'\0', end or at + 1


def read_rdata(octets, rr_type, at, end):
    """Returns rdata with its names expanded."""
    before = {2: 0, 5: 0, 12: 0, 39: 0, 6: 0, 15: 2}.get(rr_type)
    if before is None:
        return octets[at:end]
    name, after = read_name(octets, at + before)
    rdata = octets[at:at + before] + name
    if rr_type == 6:
        second, after = read_name(octets, after)
        rdata += second
    return rdata + octets[after:end]


def text_of(wire):
    """Returns the text of a name without odd octets."""
    labels, at = [], 0
    while wire[at]:
        labels.append(wire[at + 1:at + 1 + wire[at]].decode('latin-1'))
        at += 1 + wire[at]
    return '.'.join(labels) + '.'


def parse(octets):
    """Returns (rcode, truncated, {(owner, type, hex)} of the answer section)."""
    _, flags, questions, answers, _, _ = struct.unpack('>6H', octets[:12])
    at = 12
    for _ in range(questions):
        at = read_name(octets, at)[1] + 4
    records = set()
    for _ in range(answers):
        owner, at = read_name(octets, at)
        rr_type, _, _, length = struct.unpack('>HHIH', octets[at:at + 10])
        rdata = read_rdata(octets, rr_type, at + 10, at + 10 + length)
        records.add((text_of(owner), NAMES.get(rr_type, 'TYPE%d' % rr_type), rdata.hex()))
        at += 10 + length
    return RCODES.get(flags & 15, str(flags & 15)), bool(flags & 0x200), records


def is_authentic(octets):
    """Returns whether AD is set."""
    return bool(octets[3] & 0x20)


def over_tcp(address, message):
    """Asks over TCP; returns the response."""
    with socket.create_connection(address, timeout=20) as stream:
        stream.sendall(struct.pack('>H', len(message)) + message)
        octets = b''
        while len(octets) < 2 or len(octets) < 2 + struct.unpack('>H', octets[:2])[0]:
            more = stream.recv(65536)
            if not more:
                return b''
            octets += more
    return octets[2:]


def ask_all(address, questions, window=40, patience=40.0, authentic=False):
    """Asks many questions of a resolver over UDP, each once and a second time after half the patience.

    Returns {index: (rcode, records, AD)}; an index that is missing got no answer."""
    found, waiting, following = {}, {}, 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.05)
        while len(found) < len(questions) and (waiting or following < len(questions)):
            now = time.monotonic()
            while len(waiting) < window and following < len(questions):
                waiting[following] = [now, False]
                sock.sendto(query(following, *questions[following], authentic=authentic), address)
                following += 1
            for index, state in list(waiting.items()):
                if now - state[0] > patience:
                    del waiting[index]
                elif now - state[0] > patience / 2 and not state[1]:
                    state[1] = True
                    sock.sendto(query(index, *questions[index], authentic=authentic), address)
            try:
                octets = sock.recv(65536)
            except TimeoutError:
                continue
            index = struct.unpack('>H', octets[:2])[0]
            if index not in waiting:
                continue
            del waiting[index]
            rcode, truncated, records = parse(octets)
            if truncated:
                octets = over_tcp(address, query(index, *questions[index], authentic=authentic))
                rcode, _, records = parse(octets)
            found[index] = (rcode, records, is_authentic(octets))
    return found
