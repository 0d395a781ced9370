"""How clients are served over real sockets: UDP and TCP, IPv4 and IPv6, limits, refusals, garbage."""
import os
import socket
import struct
import time

from daemon import (A, AAAA, NOERROR, NXDOMAIN, REFUSED, TXT, Authority, Daemon, Skip, ask_udp, free_port, has_ipv6, query,
                    run)


def answers_over_udp_and_tcp(binary):
    """A name of a stub zone is answered over both transports."""
    with Daemon(binary, Authority()) as daemon:
        response = daemon.udp('www.pocket')
        assert response and response.is_response and response.recursion_available, response
        assert (response.rcode, response.answers) == (NOERROR, 1), vars(response)
        tcp = daemon.tcp()
        tcp.send(query('www.pocket', ident=7))
        response = tcp.receive()
        assert (response.ident, response.rcode, response.answers) == (7, NOERROR, 1), vars(response)


def answers_over_ipv6(binary):
    """The same over IPv6."""
    if not has_ipv6():
        raise Skip('no IPv6')
    daemon = Daemon(binary, Authority(), start=False)
    daemon.listen = ['[::1]:%d' % daemon.port]
    daemon.write_config()
    with daemon:
        daemon.start()
        assert daemon.udp('www.pocket', address='::1').answers == 1
        tcp = daemon.tcp('::1')
        tcp.send(query('www.pocket'))
        assert tcp.receive().answers == 1


def answers_leave_from_the_address_asked(binary):
    """On a wildcard address the answer comes from where the query went; a connected client sees no other."""
    daemon = Daemon(binary, Authority(), start=False)
    daemon.listen = ['0.0.0.0:%d' % daemon.port] + (['[::]:%d' % daemon.port] if has_ipv6() else [])
    daemon.write_config()
    with daemon:
        daemon.start()
        for address in ['127.0.0.1', '127.0.0.77'] + (['::1'] if has_ipv6() else []):
            response = daemon.udp('www.pocket', address=address)
            assert response and response.answers == 1, address


def tcp_answers_come_as_they_are_ready(binary):
    """Pipelined queries are answered out of order (RFC 7766 6.2.1.1)."""
    with Daemon(binary, Authority()) as daemon:
        tcp = daemon.tcp()
        tcp.send(query('slow.pocket', ident=1), query('fast.pocket', ident=2))
        first, second = tcp.receive(), tcp.receive()
        assert (first.ident, second.ident) == (2, 1), (first.ident, second.ident)
        assert first.answers == second.answers == 1


def tcp_takes_octets_one_by_one(binary):
    """A query in pieces is a query; a half-closed connection still gets its answers (RFC 7766 8)."""
    with Daemon(binary, Authority()) as daemon:
        tcp = daemon.tcp()
        message = query('slow.pocket')
        for octet in struct.pack('>H', len(message)) + message:
            tcp.socket.sendall(bytes([octet]))
            time.sleep(0.001)
        tcp.socket.shutdown(socket.SHUT_WR)
        assert tcp.receive().answers == 1
        assert tcp.receive() is None


def idle_connections_are_closed(binary):
    """A connection without a query is closed after server.tcp-idle-timeout, trickled octets or not."""
    with Daemon(binary, Authority(), {'server': ['tcp-idle-timeout = 1']}) as daemon:
        idle, trickling, used = daemon.tcp(), daemon.tcp(), daemon.tcp()
        trickling.socket.sendall(b'\0')
        time.sleep(0.7)
        trickling.socket.sendall(b'\x20')
        used.send(query('www.pocket'))
        assert used.receive().answers == 1
        assert idle.closed_within(0.8), 'the idle connection stays'
        assert trickling.closed_within(0.3), 'trickling octets keep a connection'
        used.send(query('www.pocket'))
        assert used.receive().answers == 1, 'a used connection was closed'


def as_many_tcp_clients_as_the_limit(binary):
    """At server.max-tcp-clients the quietest connection makes room; where all are busy the new one goes."""
    with Daemon(binary, Authority(), {'server': ['max-tcp-clients = 3']}) as daemon:
        clients = [daemon.tcp() for _ in range(3)]
        for client in clients:
            client.send(query('www.pocket'))
            assert client.receive().answers == 1
        fourth = daemon.tcp()
        fourth.send(query('www.pocket'))
        assert fourth.receive().answers == 1
        assert clients[0].closed_within(1), 'no connection made room'
        busy = [clients[1], clients[2], fourth]
        for client in busy:
            client.send(query('slow%d.pocket' % id(client)))
        time.sleep(0.1)
        assert daemon.tcp().closed_within(1), 'a client beyond the limit was taken'
        for client in busy:
            assert client.receive().answers == 1
        limits = daemon.control(verb='stats')['metrics']
        assert limits['limit_hits_tcp_clients'] == 2, limits['limit_hits_tcp_clients']


def more_queries_than_a_connection_may_have_waiting(binary):
    """The 129th query of a connection waits its turn; every one is answered."""
    with Daemon(binary, Authority()) as daemon:
        tcp = daemon.tcp()
        tcp.send(*[query('slow%d.pocket' % i, ident=i) for i in range(300)])
        assert {tcp.receive().ident for _ in range(300)} == set(range(300))
        assert daemon.control(verb='stats')['metrics']['limit_hits_queries_per_connection'] > 0


def strangers_are_refused(binary):
    """A client outside server.allow is answered REFUSED."""
    with Daemon(binary, Authority(), {'server': ['allow = ["127.0.0.2/32"]']}) as daemon:
        assert daemon.udp('www.pocket', source='127.0.0.1').rcode == REFUSED
        response = daemon.udp('www.pocket', source='127.0.0.2')
        assert (response.rcode, response.answers) == (NOERROR, 1)
        tcp = daemon.tcp()
        tcp.send(query('www.pocket'))
        assert tcp.receive().rcode == REFUSED


def long_answers_are_truncated(binary):
    """What does not fit the client's datagram comes with TC, and whole over TCP (RFC 2181 9)."""
    with Daemon(binary, Authority()) as daemon:
        for edns, most in ((None, 512), (700, 700), (4096, 1232)):
            response = daemon.udp('big.pocket', TXT, edns=edns)
            assert response.truncated and len(response.octets) <= most, (edns, len(response.octets))
        tcp = daemon.tcp()
        tcp.send(query('big.pocket', TXT))
        response = tcp.receive()
        assert not response.truncated and response.answers == 20, vars(response)


def garbage_is_ignored(binary):
    """Octets that are no query get no answer or FORMERR, and the next query its own."""
    with Daemon(binary, Authority()) as daemon:
        good = query('www.pocket')
        pieces = [b'', b'x', good[:11], os.urandom(40), os.urandom(4000), good[:2] + b'\x81\x80' + good[4:], b'\xff' * 5000,
                  good[:12] + b'\xc0\x0c' + good[-4:], good + b'trailing', good[:4] + b'\0\2' + good[6:]]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            for piece in pieces * 20:
                client.sendto(piece, ('127.0.0.1', daemon.port))
        assert daemon.udp('www.pocket').answers == 1
        response = ask_udp('127.0.0.1', daemon.port, good[:2] + b'\x81\x80' + good[4:], timeout=0.5)
        assert response is None, 'a response was answered'
        tcp = daemon.tcp()
        tcp.socket.sendall(b'\xff\xff' + b'x' * 100)
        assert tcp.closed_within(1), 'an endless query was awaited'
        tcp = daemon.tcp()
        tcp.send(b'', b'x', good)
        assert tcp.receive().answers == 1


def all_workers_answer(binary):
    """With four workers every client is answered, wherever the kernel puts it, and one question goes out once."""
    authority = Authority()
    with Daemon(binary, authority, {'server': ['workers = 4']}) as daemon:
        sockets = []
        for _ in range(200):
            client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            client.settimeout(5)
            client.connect(('127.0.0.1', daemon.port))
            sockets.append(client)
        for client in sockets:
            client.send(query('lateshared.pocket'))
        for client in sockets:
            assert struct.unpack('>H', client.recv(512)[6:8])[0] == 1
            client.close()
        asked = [q for q in authority.questions if q == ('lateshared.pocket', A)]
        assert len(asked) == 1, asked
        names = ['n%d.pocket' % i for i in range(100)] + ['absent%d.pocket' % i for i in range(20)]
        for name in names:
            response = daemon.udp(name)
            assert response.rcode == (NXDOMAIN if name.startswith('absent') else NOERROR), name
        assert daemon.control(verb='stats')['metrics']['hand_overs'] > 0
        assert daemon.udp('www.pocket', AAAA).answers == 0


if __name__ == '__main__':
    run([(name.replace('_', ' '), test) for name, test in list(globals().items())
         if callable(test) and getattr(test, '__module__', '') == '__main__'])
