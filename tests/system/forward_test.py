"""Questions that are forwarded to real resolvers, over every transport; and what becomes of connections."""
import os
import socket
import struct
import subprocess
import tempfile
import threading
import time

from daemon import NOERROR, SERVFAIL, Authority, Daemon, Skip, query, run
from peers import installed
from upstreams import Certificates, Upstream

FOLDER = tempfile.mkdtemp(prefix='taproot-forward-')
ANSWERS = {'unbound': '192.0.2.11', 'kresd': '192.0.2.12', 'dnsdist': '192.0.2.13'}
CERTIFICATES = []


def certificates():
    """Returns the authority of all tests, which the daemon trusts by way of OpenSSL's own variable."""
    if not CERTIFICATES:
        os.chmod(FOLDER, 0o755)
        CERTIFICATES.append(Certificates(FOLDER))
        os.environ['SSL_CERT_FILE'] = CERTIFICATES[0].authority
    return CERTIFICATES[0]


def forwarding(binary, servers, *more):
    """Returns a daemon that forwards everything; `servers` is TOML."""
    return Daemon(binary, None, {'forward': ['servers = [%s]' % ', '.join(servers), 'probe-name = "pocket."', *more]})


def quoted(url):
    """Returns a URL as TOML."""
    return '"%s"' % url


def kdig(daemon, *words):
    """Returns what kdig prints in short."""
    if not installed('kdig'):
        raise Skip('no kdig')
    command = ['kdig', '@127.0.0.1', '-p', str(daemon.port), '+short', '+timeout=5', *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()


def metric(daemon, name):
    """Returns a counter."""
    return daemon.control(verb='stats')['metrics'][name]


def through(kind):
    """Returns the test that asks a resolver over all transports."""

    def test(binary):
        with Upstream(kind, FOLDER, certificates(), ANSWERS[kind]) as upstream:
            for scheme in ('udp', 'tcp', 'tls', 'https'):
                with forwarding(binary, [quoted(upstream.url(scheme))]) as daemon:
                    told = kdig(daemon, 'www.%s.pocket' % scheme)
                    assert told == [upstream.answer], (scheme, told, daemon.log())
            get = '{ url = "%s", method = "get" }' % upstream.url('https')
            with forwarding(binary, [get]) as daemon:
                assert kdig(daemon, 'www.get.pocket') == [upstream.answer], daemon.log()

    test.__doc__ = 'Questions go to %s over UDP, TCP, TLS and HTTPS (POST and GET).' % kind
    return test


def connections_are_kept_and_sessions_resumed(binary):
    """Questions one after the other share a connection; after an idle time the next one resumes its session."""
    with Upstream('unbound', FOLDER, certificates(), ANSWERS['unbound']) as upstream:
        for scheme in ('tls', 'https'):
            with forwarding(binary, [quoted(upstream.url(scheme))]) as daemon:
                for i in range(60):
                    assert daemon.udp('w%d.pocket' % i).answers == 1
                made, reused = metric(daemon, 'upstream_connections'), metric(daemon, 'upstream_connections_reused')
                assert made <= 3 and reused >= 55, (scheme, made, reused)
                upstream.kill()
                upstream.start()
                time.sleep(0.1)
                assert daemon.udp('again.pocket').answers == 1, scheme
                assert metric(daemon, 'upstream_resumptions') >= 1, scheme


def only_the_right_certificate_is_trusted(binary):
    """Another name, an unknown authority, a wrong pin: no answer, and it is said why. A right pin needs no authority."""
    known = certificates()
    with Upstream('unbound', FOLDER, known, ANSWERS['unbound']) as upstream:
        tls = 'tls://127.0.0.1:%d' % upstream.ports['tls']
        right, wrong = known.pin('unbound.test'), 'A' * 43 + '='
        cases = [('"%s#unbound.test"' % tls, True), ('"%s"' % tls, True), ('"%s#other.test"' % tls, False),
                 ('{ url = "%s#other.test", verify = "off" }' % tls, True),
                 ('{ url = "%s#other.test", pins = ["%s"] }' % (tls, right), True),
                 ('{ url = "%s#unbound.test", pins = ["%s"] }' % (tls, wrong), False)]
        for server, good in cases:
            with forwarding(binary, [server]) as daemon:
                response = daemon.udp('www.pocket', edns=1232)
                assert response.rcode == (NOERROR if good else SERVFAIL), (server, response.rcode, daemon.log())
                assert good or b'not trusted' in response.octets, server
                assert good or metric(daemon, 'upstream_not_trusted') > 0, server
        os.environ['SSL_CERT_FILE'] = '/dev/null'
        try:
            with forwarding(binary, ['"%s#unbound.test"' % tls]) as daemon:
                assert daemon.udp('www.pocket').rcode == SERVFAIL
        finally:
            os.environ['SSL_CERT_FILE'] = known.authority


class StreamServer:
    """Speaks DNS over TCP on a port: answers `most` queries of a connection, then does `after` with it."""

    def __init__(self, most, after):
        self.most, self.after, self.connections, self.answered = most, after, 0, 0
        self.listener = socket.socket()
        self.listener.bind(('127.0.0.1', 0))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        """Takes connections."""
        while True:
            connection, _ = self.listener.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        """Answers on one connection."""
        stream = connection.makefile('rb')
        done = 0
        while True:
            length = stream.read(2)
            if len(length) < 2:
                return connection.close()
            octets = stream.read(struct.unpack('>H', length)[0])
            if done == self.most:
                return self.after(connection)
            done += 1
            self.answered += 1
            name, rr_type, question = Authority.question(octets)
            answers = [struct.pack('>HHHIH', 0xc00c, 1, 1, 60, 4) + bytes([192, 0, 2, 1])] if rr_type == 1 else []
            message = octets[:2] + struct.pack('>5H', 0x8180, 1, len(answers), 0, 0) + question + b''.join(answers)
            connection.sendall(struct.pack('>H', len(message)) + message)


def reset(connection):
    """Ends a connection with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


def hang(connection):
    """Keeps a connection and says nothing more."""
    time.sleep(60)
    connection.close()


def questions_on_a_connection_that_dies_go_again(binary):
    """The server closes or resets a connection with a question on it: the question is asked again on another."""
    for after in (socket.socket.close, reset):
        server = StreamServer(5, after)
        with forwarding(binary, ['"tcp://127.0.0.1:%d"' % server.port]) as daemon:
            for i in range(40):
                response = daemon.udp('w%d.pocket' % i)
                assert response and response.rcode == NOERROR and response.answers == 1, (i, after)
            assert metric(daemon, 'upstream_questions_moved') >= 5, metric(daemon, 'upstream_questions_moved')


def a_stalled_connection_is_not_used_again(binary):
    """A connection that says nothing more costs its question a second try, and later ones nothing."""
    server = StreamServer(5, hang)
    with forwarding(binary, ['"tcp://127.0.0.1:%d"' % server.port]) as daemon:
        for i in range(20):
            assert daemon.udp('w%d.pocket' % i).answers == 1, i
        assert 1 <= metric(daemon, 'upstream_timeouts') <= 4, metric(daemon, 'upstream_timeouts')


class PatientAuthority(Authority):
    """Answers as many queries of a TCP connection as come."""

    connections = 0

    def serve_tcp(self):
        """Takes connections."""
        while True:
            connection, _ = self.tcp.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        """Answers on one connection."""
        stream = connection.makefile('rb')
        while len(length := stream.read(2)) == 2:
            _, response = self.answer(stream.read(struct.unpack('>H', length)[0]), True)
            connection.sendall(struct.pack('>H', len(response)) + response)
        connection.close()


def nameservers_are_asked_over_kept_connections(binary):
    """Truncated answers of an authority are fetched over TCP connections that are used again (RFC 7766 6.2)."""
    authority = PatientAuthority()
    with Daemon(binary, authority) as daemon:
        for i in range(30):
            assert daemon.udp('big%d.pocket' % i, 16, edns=4096).rcode == NOERROR
        assert metric(daemon, 'upstream_connections_reused') >= 25, metric(daemon, 'upstream_connections_reused')
        assert authority.connections <= 3, authority.connections


def many_questions_at_once(binary):
    """Many at once over TLS: all are answered, over no more than kMaxConnectionsPerServer connections."""
    with Upstream('unbound', FOLDER, certificates(), ANSWERS['unbound']) as upstream:
        with forwarding(binary, [quoted(upstream.url('tls'))]) as daemon:
            tcp = daemon.tcp()
            for first in range(0, 1000, 100):
                tcp.send(*[query('w%d.pocket' % i, ident=i) for i in range(first, first + 100)])
                assert {tcp.receive().ident for _ in range(100)} == set(range(first, first + 100))
            assert metric(daemon, 'upstream_connections') <= 10, metric(daemon, 'upstream_connections')


def upstreams_are_shown(binary):
    """`taproot upstreams` tells of each upstream's health, RTT and share."""
    with Upstream('unbound', FOLDER, certificates(), ANSWERS['unbound']) as upstream:
        with forwarding(binary, [quoted(upstream.url('tls')), '"udp://127.0.0.1:1"'], 'strategy = "parallel"') as daemon:
            for i in range(10):
                assert daemon.udp('w%d.pocket' % i).answers == 1
            shown = subprocess.run([binary, 'upstreams', '--config', daemon.config], capture_output=True, text=True,
                                   check=False)
            assert shown.returncode == 0, shown
            lines = [line for line in shown.stdout.splitlines() if '://' in line]
            assert len(lines) == 2 and 'up' in lines[0] and 'connection refused' in lines[1], shown.stdout


TESTS = [('through_' + kind, through(kind)) for kind in ('unbound', 'kresd', 'dnsdist')]
TESTS += [(test.__name__, test) for test in (
    connections_are_kept_and_sessions_resumed, only_the_right_certificate_is_trusted,
    questions_on_a_connection_that_dies_go_again, a_stalled_connection_is_not_used_again,
    nameservers_are_asked_over_kept_connections, many_questions_at_once, upstreams_are_shown)]

if __name__ == '__main__':
    run(TESTS)
