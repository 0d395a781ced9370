"""Root zones that ldns signs, and servers that hand them out, well or badly."""
import http.server
import os
import re
import socket
import ssl
import struct
import subprocess
import threading
import time

from daemon import encode, free_port

TYPES = {'A': 1, 'NS': 2, 'SOA': 6, 'AAAA': 28, 'DS': 43, 'RRSIG': 46, 'NSEC': 47, 'DNSKEY': 48, 'ZONEMD': 63}
ZONE = """. 86400 IN SOA a.root-servers.net. nstld.verisign-grs.com. {serial} {refresh} {retry} {expire} 86400
. 518400 IN NS a.root-servers.net.
a.root-servers.net. 518400 IN A 127.0.0.1
pocket. 172800 IN NS ns.pocket.
ns.pocket. 172800 IN A {glue}
"""


class Signer:
    """Signs root zones with one key."""

    def __init__(self, folder):
        self.folder = folder
        done = subprocess.run(['ldns-keygen', '-a', 'ECDSAP256SHA256', '-k', '.'], cwd=folder, capture_output=True, text=True,
                              check=True)
        self.key = os.path.join(folder, done.stdout.strip())
        self.anchor = self.key + '.ds'

    def sign(self, serial, refresh=1800, retry=900, expire=604800, glue='127.0.0.1', zonemd=True):
        """Returns the text of a signed root zone."""
        draft = os.path.join(self.folder, 'draft')
        with open(draft, 'w', encoding='utf-8') as file:
            file.write(ZONE.format(serial=serial, refresh=refresh, retry=retry, expire=expire, glue=glue))
        words = ['ldns-signzone', *(['-z', '1:1'] if zonemd else []), '-f', draft + '.signed', draft, self.key]
        subprocess.run(words, check=True, capture_output=True)
        with open(draft + '.signed', encoding='utf-8') as file:
            return file.read()


def seconds(text):
    """Returns the seconds since 1970 of RRSIG's notation."""
    return int(time.mktime(time.strptime(text, '%Y%m%d%H%M%S'))) - time.timezone


def bitmap(words):
    """Returns the type bitmap of an NSEC (RFC 4034 section 4.1.2): all types here are below 256."""
    octets = bytearray(32)
    for word in words:
        octets[TYPES[word] // 8] |= 0x80 >> TYPES[word] % 8
    octets = bytes(octets).rstrip(b'\0')
    return bytes([0, len(octets)]) + octets


def rdata(kind, words):
    """Returns the wire form of an rdata's words."""
    import base64
    if kind in ('A', 'AAAA'):
        return socket.inet_pton(socket.AF_INET if kind == 'A' else socket.AF_INET6, words[0])
    if kind == 'NS':
        return encode(words[0])
    if kind == 'SOA':
        return encode(words[0]) + encode(words[1]) + struct.pack('>5I', *map(int, words[2:7]))
    if kind == 'NSEC':
        return encode(words[0]) + bitmap(words[1:])
    if kind == 'DNSKEY':
        return struct.pack('>HBB', *map(int, words[:3])) + base64.b64decode(''.join(words[3:]))
    if kind == 'ZONEMD':
        return struct.pack('>IBB', *map(int, words[:3])) + bytes.fromhex(''.join(words[3:]))
    covered, algorithm, labels, ttl, end, begin, tag, signer = words[:8]
    return struct.pack('>HBBIIIH', TYPES[covered], int(algorithm), int(labels), int(ttl), seconds(end), seconds(begin),
                       int(tag)) + encode(signer) + base64.b64decode(''.join(words[8:]))


def records(text):
    """Returns the records of a zone that ldns wrote, in wire form; the SOA comes first."""
    found = []
    for line in text.splitlines():
        words = re.sub(r';.*', '', line).split()
        if len(words) > 4:
            octets = rdata(words[3], words[4:])
            found.append(encode(words[0]) + struct.pack('>HHIH', TYPES[words[3]], 1, int(words[1]), len(octets)) + octets)
    return found


class Listener:
    """A TCP server with a thread for each connection."""

    def __init__(self):
        self.port = free_port()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(('127.0.0.1', self.port))
        self.socket.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        """Serves who comes."""
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.guarded, args=(connection,), daemon=True).start()

    def guarded(self, connection):
        """Serves a connection until it breaks."""
        with connection:
            try:
                self.serve(connection)
            except OSError:
                pass

    def close(self):
        """Takes no more connections."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class TransferServer(Listener):
    """Serves a root zone by SOA queries, AXFR and IXFR; `manner` says how well."""

    def __init__(self, text, manner='well'):
        self.text, self.manner = text, manner
        self.asked, self.former = [], {}
        super().__init__()

    def renew(self, text):
        """Serves another version; what has changed since the last one is known."""
        former = records(self.text)
        self.former[former[0][-20:-16]] = former
        self.text, self.asked = text, []

    def source(self):
        """Returns the source as the settings name it."""
        return 'axfr://127.0.0.1:%d' % self.port

    def serve(self, connection):
        """Answers the queries of a connection."""
        while True:
            head = connection.recv(2, socket.MSG_WAITALL)
            if len(head) < 2:
                return
            query = connection.recv(struct.unpack('>H', head)[0], socket.MSG_WAITALL)
            kind = struct.unpack('>H', query[13:15])[0]
            self.asked.append({6: 'SOA', 251: 'IXFR', 252: 'AXFR'}[kind])
            self.answer(connection, query, kind)

    def answer(self, connection, query, kind):
        """Answers one query."""
        zone = records(self.text)
        if self.manner == 'silent':
            time.sleep(30)
        elif kind == 6:
            self.send(connection, query, zone[:1])
        elif kind == 251:
            self.answer_changes(connection, query, zone)
        elif self.manner == 'endless':
            self.send(connection, query, zone)
            while True:
                self.send(connection, query, [min(zone, key=len)] * 1000)
        elif self.manner == 'short':
            self.send(connection, query, zone)
            connection.shutdown(socket.SHUT_RDWR)
        else:
            for record in zone + zone[:1]:
                self.send(connection, query, [record])

    def answer_changes(self, connection, query, zone):
        """Answers IXFR (RFC 1995): the query ends in the SOA of the version that is there."""
        former = self.former.get(query[-20:-16])
        if self.manner == 'no-ixfr':
            self.send(connection, query, [], 0x8404)
        elif self.manner == 'same':
            self.send(connection, query, former[:1])
        elif self.manner == 'whole' or former is None:
            self.send(connection, query, zone + zone[:1])
        else:
            deleted = [record for record in former[1:] if record not in zone]
            added = [record for record in zone[1:] if record not in former]
            if self.manner == 'absent':
                deleted.append(added[0])
            elif self.manner == 'forged':
                added.append(encode('new.pocket.') + struct.pack('>HHIH', 1, 1, 172800, 4) + bytes(4))
            for record in zone[:1] + former[:1] + deleted + zone[:1] + added + zone[:1]:
                self.send(connection, query, [record])

    @staticmethod
    def send(connection, query, answer, flags=0x8400):
        """Sends one message."""
        message = query[:2] + struct.pack('>5H', flags, 1, len(answer), 0, 0) + query[12:17] + b''.join(answer)
        connection.sendall(struct.pack('>H', len(message)) + message)


class FileServer:
    """Serves a root zone over HTTPS, with an ETag that follows from its text."""

    def __init__(self, text, folder):
        self.text, self.seen, self.port = text, [], free_port()
        self.certificate = os.path.join(folder, 'web.pem')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days',
                        '2', '-subj', '/CN=zone.example', '-addext', 'subjectAltName=DNS:zone.example', '-keyout',
                        self.certificate + '.key', '-out', self.certificate], check=True, capture_output=True)
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """Answers requests for the one file."""
            protocol_version = 'HTTP/1.1'

            def do_GET(self):  # pylint: disable=invalid-name
                """Sends the zone, or that it is the same."""
                tag = '"%08x"' % (hash(owner.text) & 0xffffffff)
                is_same = self.headers.get('If-None-Match') == tag
                owner.seen.append(304 if is_same else 200 if self.path == '/root.zone' else 404)
                body = b'' if is_same else owner.text.encode()
                self.send_response(owner.seen[-1])
                self.send_header('ETag', tag)
                self.send_header('Last-Modified', 'Sat, 21 Nov 2026 05:00:00 GMT')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', self.port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.certificate + '.key')
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def source(self):
        """Returns the source as the settings name it."""
        return 'https://127.0.0.1:%d/root.zone#zone.example' % self.port

    def close(self):
        """Ends the server."""
        self.server.shutdown()
        self.server.server_close()
