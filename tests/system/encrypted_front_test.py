"""DNS over TLS and HTTPS at the front, with the clients that people use."""
import os
import re
import socket
import ssl
import struct
import subprocess
import tempfile
import time

from daemon import NOERROR, Authority, Daemon, Response, Skip, free_port, query, run
from peers import installed
from upstreams import Certificates

FOLDER = tempfile.mkdtemp(prefix='taproot-encrypted-')
NAME = 'dns.test'
CERTIFICATES = []


def certificates():
    """Returns the authority of all tests."""
    if not CERTIFICATES:
        CERTIFICATES.append(Certificates(FOLDER))
    return CERTIFICATES[0]


class Encrypted(Daemon):
    """A daemon that is heard over TLS and HTTPS too."""

    def __init__(self, binary, *lines):
        self.certificate, self.key = certificates().sign(NAME)
        self.tls_port, self.https_port = free_port(), free_port()
        self.authority = Authority()
        super().__init__(binary, self.authority, {'server': [
            'listen-tls = ["127.0.0.1:%d"]' % self.tls_port, 'listen-https = ["127.0.0.1:%d"]' % self.https_port,
            'certificate = "%s"' % self.certificate, 'key = "%s"' % self.key, 'resolver-name = "%s"' % NAME, *lines]})

    def metric(self, name):
        """Returns a counter."""
        return self.control(verb='stats')['metrics'][name]

    def session(self, alpn=('dot',), port=None):
        """Returns a TLS connection."""
        context = ssl.create_default_context(cafile=certificates().authority)
        context.set_alpn_protocols(alpn)
        plain = socket.create_connection(('127.0.0.1', port or self.tls_port), timeout=5)
        return context.wrap_socket(plain, server_hostname=NAME)


def needs(tool):
    """Skips a test whose tool is not here."""
    if not installed(tool):
        raise Skip('no ' + tool)


def told(*command, timeout=30):
    """Returns what a command prints, errors too."""
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
                          check=False).stdout


def exactly(session, count):
    """Returns so many octets of a session, or what came before its end."""
    octets = b''
    while len(octets) < count:
        piece = session.recv(count - len(octets))
        if not piece:
            break
        octets += piece
    return octets


def ask(session, *messages):
    """Asks on a session; returns the responses."""
    session.sendall(b''.join(struct.pack('>H', len(message)) + message for message in messages))
    return [Response(exactly(session, struct.unpack('>H', exactly(session, 2))[0])) for _ in messages]


def kdig_over_everything(binary):
    """kdig is answered over TLS, HTTPS by POST and by GET, with the certificate checked."""
    needs('kdig')
    with Encrypted(binary) as daemon:
        for words in (['+tls'], ['+https'], ['+https-get']):
            port = daemon.tls_port if words == ['+tls'] else daemon.https_port
            for trust in (['+tls-ca=' + certificates().authority, '+tls-hostname=' + NAME], []):
                told_us = told('kdig', '@127.0.0.1', '-p', str(port), *words, *trust, '+noall', '+answer', 'www.pocket')
                assert '192.0.2.1' in told_us, (words, trust, told_us, daemon.log())
        assert daemon.metric('client_queries_tls') == 2 and daemon.metric('client_queries_https') == 4
        assert daemon.metric('tls_handshakes') == 6


def responses_are_padded(binary):
    """A response over TLS or HTTPS has a multiple of 468 octets (RFC 8467); over UDP it has not."""
    with Encrypted(binary) as daemon:
        with daemon.session() as session:
            assert session.selected_alpn_protocol() == 'dot'
            for name in ('www.pocket', 'a-rather-long-name-this-one.pocket', 'absent.pocket'):
                response = ask(session, query(name, edns=1232))[0]
                assert len(response.octets) == 468, len(response.octets)
            assert len(ask(session, query('www.pocket'))[0].octets) < 100
        assert len(daemon.udp('www.pocket', edns=1232).octets) < 100


def tls_answers_come_as_they_are_ready(binary):
    """Pipelined queries over TLS are answered out of order (RFC 7766 6.2.1.1), and without ALPN too (RFC 7858 3.1)."""
    with Encrypted(binary) as daemon:
        with daemon.session(alpn=()) as session:
            assert [r.ident for r in ask(session, query('slow.pocket', ident=1), query('fast.pocket', ident=2))] == [2, 1]


def curl_finds_hosts_through_us(binary):
    """curl --doh-url resolves a host; curl --http2 sees the media type and cache-control of RFC 8484."""
    needs('curl')
    with Encrypted(binary) as daemon:
        base = 'https://%s:%d/dns-query' % (NAME, daemon.https_port)
        common = ['curl', '-sv', '--cacert', certificates().authority, '--resolve', '%s:%d:127.0.0.1' % (NAME, daemon.https_port)]
        out = told(*common, '--doh-url', base, '--doh-insecure', '--connect-timeout', '2', 'http://www.pocket:9/')
        assert re.search(r'Trying 192\.0\.2\.1:9', out), out
        message = os.path.join(daemon.folder, 'query')
        with open(message, 'wb') as file:
            file.write(query('www.pocket', ident=0))
        out = told(*common, '--http2', '-o', '/dev/null', '-H', 'content-type: application/dns-message', '--data-binary',
                   '@' + message, base)
        assert '< HTTP/2 200' in out and 'content-type: application/dns-message' in out, out
        age = int(re.search(r'cache-control: max-age=(\d+)', out).group(1))
        assert 3590 <= age <= 3600, age


def requests_that_are_none_are_told_so(binary):
    """Wrong path, method, media type and garbage get the status that says it; the connection stands."""
    needs('curl')
    with Encrypted(binary) as daemon:
        base = 'https://127.0.0.1:%d' % daemon.https_port
        body = ['-H', 'content-type: application/dns-message', '--data-binary', 'x']
        cases = [(['/other?dns=AAAB'], 404), (['/dns-query'], 400), (['/dns-query?dns=!!!'], 400),
                 (['/dns-query', '-X', 'PUT'], 405), (['/dns-query', '--data-binary', 'x'], 415),
                 (['/dns-query', *body], 400), (['/dns-query?dns=AAAA'], 400)]
        for (path, *rest), status in cases:
            out = told('curl', '-sk', '--http2', '-m', '5', '-o', '/dev/null', '-w', '%{http_code}', *rest, base + path)
            assert out == str(status), (path, rest, out)
        assert daemon.metric('http_errors') == len(cases)
        old = told('curl', '-sk', '--http1.1', '-m', '5', '-w', ' %{http_code}', base + '/dns-query?dns=AAAB')
        assert old.endswith(' 505') and 'HTTP/2' in old, old


def dnsperf_loses_nothing(binary):
    """dnsperf over TCP, TLS and HTTPS: every query is answered."""
    needs('dnsperf')
    names = os.path.join(FOLDER, 'names')
    with open(names, 'w', encoding='utf-8') as file:
        file.writelines('w%d.pocket A\n' % (i % 500) for i in range(10_000))
    with Encrypted(binary) as daemon:
        for mode, port in (('tcp', daemon.port), ('dot', daemon.tls_port), ('doh', daemon.https_port)):
            more = ['-O', 'doh-uri=https://localhost/dns-query'] if mode == 'doh' else []
            out = told('dnsperf', '-s', '127.0.0.1', '-p', str(port), '-m', mode, *more, '-d', names, '-c', '4', '-q', '100',
                       '-n', '1', timeout=60)
            completed = re.search(r'Queries completed:\s+(\d+)', out)
            assert completed and completed.group(1) == '10000', (mode, out)
            rate = float(re.search(r'Queries per second:\s+([\d.]+)', out).group(1))
            print('dnsperf -m %s: %.0f queries a second' % (mode, rate))


def a_certificate_that_changes_is_read_again(binary):
    """The files change: connections that stand go on, those that come see the other certificate. A broken one is not taken."""
    with Encrypted(binary) as daemon:
        with daemon.session() as before:
            first = before.getpeercert()['serialNumber']
            certificates().sign(NAME)
            daemon.wait_for_log('certificate read again')
            time.sleep(0.1)
            with daemon.session() as after:
                assert after.getpeercert()['serialNumber'] != first
                assert ask(after, query('www.pocket'))[0].rcode == NOERROR
            assert ask(before, query('www.pocket'))[0].rcode == NOERROR
        with open(daemon.certificate, 'w', encoding='utf-8') as file:
            file.write('none')
        daemon.wait_for_log('certificate not taken')
        with daemon.session() as after:
            assert ask(after, query('www.pocket'))[0].rcode == NOERROR


def sessions_are_resumed(binary):
    """A client that comes again resumes its session."""
    with Encrypted(binary) as daemon:
        context = ssl.create_default_context(cafile=certificates().authority)

        def connect(known):
            plain = socket.create_connection(('127.0.0.1', daemon.tls_port), timeout=5)
            return context.wrap_socket(plain, server_hostname=NAME, session=known)

        with connect(None) as first:
            assert ask(first, query('www.pocket'))[0].rcode == NOERROR
            known = first.session
        with connect(known) as second:
            assert ask(second, query('www.pocket'))[0].rcode == NOERROR
            assert second.session_reused
        assert daemon.metric('tls_resumptions') == 1


def handshakes_of_one_address_are_bounded(binary):
    """server.max-handshakes begin in a second, and not one more."""
    with Encrypted(binary, 'max-handshakes = 5') as daemon:
        time.sleep(1.1)
        good = 0
        for _ in range(12):
            try:
                daemon.session().close()
                good += 1
            except (ssl.SSLError, ConnectionError):
                pass
        assert 5 <= good <= 10, good
        assert daemon.metric('limit_hits_handshakes') == 12 - good


def half_open_handshakes_are_closed(binary):
    """Clients that begin a handshake and say no more, and idle ones, are closed after server.tcp-idle-timeout."""
    with Encrypted(binary, 'tcp-idle-timeout = 1') as daemon:
        silent = socket.create_connection(('127.0.0.1', daemon.tls_port), timeout=20)
        silent.sendall(b'\x16\x03\x01')
        assert silent.recv(1) == b''
        with daemon.session() as idle:
            assert idle.recv(1) == b''


def proxy_header(client, port, kind=0x11):
    """Returns a PROXY header of version 2 for a client over IPv4."""
    addresses = socket.inet_aton(client) + socket.inet_aton('127.0.0.1') + struct.pack('>HH', port, 53)
    return b'\r\n\r\n\0\r\nQUIT\n' + struct.pack('>BBH', 0x21, kind, len(addresses)) + addresses


def balancers_say_who_asks(binary):
    """PROXYv2 of a listed balancer is believed over UDP, TCP and TLS: the access list sees the client it names."""
    with Encrypted(binary, 'proxy-from = ["127.0.0.1/32"]', 'allow = ["192.0.2.0/24"]') as daemon:
        for client, rcode in (('192.0.2.7', 0), ('198.51.100.7', 5)):
            plain = socket.create_connection(('127.0.0.1', daemon.port), timeout=5)
            message = query('www.pocket')
            plain.sendall(proxy_header(client, 5353) + struct.pack('>H', len(message)) + message)
            response = Response(exactly(plain, struct.unpack('>H', exactly(plain, 2))[0]))
            assert response.rcode == rcode, (client, response.rcode)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
                datagram.settimeout(5)
                datagram.sendto(proxy_header(client, 5353, 0x12) + message, ('127.0.0.1', daemon.port))
                assert Response(datagram.recv(4096)).rcode == rcode, client
            context = ssl.create_default_context(cafile=certificates().authority)
            wrapped = socket.create_connection(('127.0.0.1', daemon.tls_port), timeout=5)
            wrapped.sendall(proxy_header(client, 5353))
            with context.wrap_socket(wrapped, server_hostname=NAME) as session:
                assert ask(session, message)[0].rcode == rcode, client
        without = socket.create_connection(('127.0.0.1', daemon.port), timeout=5)
        without.sendall(struct.pack('>H', len(message)) + message)
        assert exactly(without, 1) == b'', 'a balancer without a header was heard'
        assert daemon.metric('proxy_headers_refused') == 1


def clients_are_told_of_the_encrypted_front(binary):
    """SVCB of _dns.resolver.arpa names both listeners with ALPN, port and path (RFC 9462)."""
    with Encrypted(binary) as daemon:
        response = daemon.udp('_dns.resolver.arpa', 64)
        assert (response.rcode, response.answers) == (NOERROR, 2), vars(response)
        for piece in (b'\x03dot', b'\x02h2', b'/dns-query{?dns}', struct.pack('>HHH', 3, 2, daemon.tls_port),
                      struct.pack('>HHH', 3, 2, daemon.https_port), b'\x03dns\x04test\0'):
            assert piece in response.octets, piece
        other = daemon.udp('other.resolver.arpa', 64)
        assert other.answers == 0 and other.rcode in (0, 3), vars(other)


def chromium_resolves_through_us(binary):
    """Headless Chromium with its secure DNS set to us loads a page by a name that only we know."""
    needs('chromium')
    with Encrypted(binary) as daemon:
        template = 'https://%s:%d/dns-query' % (NAME, daemon.https_port)
        spki = certificates().pin(NAME)
        profile = os.path.join(daemon.folder, 'profile')
        os.makedirs(os.path.join(profile, 'Default'))
        with open(os.path.join(profile, 'Local State'), 'w', encoding='utf-8') as file:
            file.write('{"dns_over_https":{"mode":"secure","templates":"%s{?dns}"}}' % template)
        out = told('timeout', '40', 'chromium', '--headless', '--no-sandbox', '--disable-gpu', '--user-data-dir=' + profile,
                   '--ignore-certificate-errors-spki-list=' + spki, '--host-resolver-rules=MAP %s 127.0.0.1' % NAME,
                   '--timeout=8000', '--dump-dom', 'http://www.pocket:9/', timeout=60)
        assert daemon.metric('client_queries_https') > 0, out
        assert any(name == 'www.pocket' for name, _ in daemon.authority.questions), out


TESTS = [(test.__name__, test) for test in (
    kdig_over_everything, responses_are_padded, tls_answers_come_as_they_are_ready, curl_finds_hosts_through_us,
    requests_that_are_none_are_told_so, dnsperf_loses_nothing, a_certificate_that_changes_is_read_again,
    sessions_are_resumed, handshakes_of_one_address_are_bounded, half_open_handshakes_are_closed, balancers_say_who_asks,
    clients_are_told_of_the_encrypted_front, chromium_resolves_through_us)]

if __name__ == '__main__':
    run(TESTS)
