"""How the daemon is operated: start and stop, settings and root zones read again, the two sockets."""
import contextlib
import json
import os
import signal
import socket
import stat
import subprocess
import time

from daemon import A, NOERROR, Authority, Daemon, query, run

ZONE = """. 86400 IN SOA a.root-servers.net. nstld.verisign-grs.com. {serial} 1800 900 604800 86400
. 518400 IN NS a.root-servers.net.
a.root-servers.net. 518400 IN A 127.0.0.1
pocket. 172800 IN NS ns.pocket.
ns.pocket. 172800 IN A {address}
{more}"""


def write(path, text):
    """Writes a file in one step."""
    with open(path + '.new', 'w', encoding='utf-8') as file:
        file.write(text)
    os.rename(path + '.new', path)


def zone(serial=10, address='127.0.0.1', more=''):
    """Returns a small root zone."""
    return ZONE.format(serial=serial, address=address, more=more)


class Rooted(Daemon):
    """A daemon with a root zone that delegates `pocket.` to an authority."""

    def __init__(self, binary, authority=None):
        super().__init__(binary, start=False)
        self.authority = authority or Authority()
        self.zone = os.path.join(self.folder, 'root.zone')
        write(self.zone, zone())
        self.sections['root'] += ['zonemd = "off"', 'zone-file = "%s"' % self.zone]
        self.sections['upstream'] += ['port = %d' % self.authority.port, 'allow = ["127.0.0.0/8"]']
        self.write_config()
        self.start()

    def serial(self):
        """Returns the serial in use."""
        return self.control(verb='root-status')['serial']

    def refuses(self, text, *words, **request):
        """Whether a zone file of this text is refused with all these words, and the old zone stays."""
        write(self.zone, text)
        before = self.serial()
        answer = self.control(verb='root-reload', **request)
        assert 'error' in answer, answer
        for word in words:
            assert word in answer['error'], (word, answer)
        status = self.control(verb='root-status')
        assert status['serial'] == before and status['last_error'] == answer['error'], status
        assert self.udp('www.pocket').answers == 1


def root_zone_is_read_again(binary):
    """root-reload takes a newer zone, says when nothing changed, and SIGHUP does the same."""
    with Rooted(binary) as daemon:
        assert daemon.udp('www.pocket').answers == 1
        assert daemon.control(verb='root-reload')['outcome'] == 'same'
        write(daemon.zone, zone(serial=11))
        answer = daemon.control(verb='root-reload')
        assert (answer['outcome'], answer['serial'], answer['old_serial']) == ('taken', 11, 10), answer
        write(daemon.zone, zone(serial=12))
        daemon.signal(signal.SIGHUP)
        daemon.wait_for_log('serial 12')
        assert daemon.serial() == 12
        other = os.path.join(daemon.folder, 'other.zone')
        write(other, zone(serial=13))
        assert daemon.control(verb='root-reload', file=other)['serial'] == 13
        assert daemon.control(verb='root-status')['reloads'] == 4


def broken_root_zones_are_refused(binary):
    """Each kind of broken file leaves the zone in use, and its error says where."""
    with Rooted(binary) as daemon:
        lines = zone(serial=20).splitlines(keepends=True)
        where = daemon.zone + ':'
        daemon.refuses(zone(serial=20, more='net. 10 IN A 192.0.2.300\n'), where + '6')
        daemon.refuses(''.join(lines[1:]), where, 'SOA')
        daemon.refuses(zone(serial=20).replace('. 86400 IN SOA', 'pocket. 86400 IN SOA', 1), where)
        daemon.refuses(zone(serial=20)[:-8], where)
        daemon.refuses('', daemon.zone)
        daemon.refuses(zone(serial=9), 'serial 9', 'older')
        daemon.refuses(zone(serial=10, address='127.0.0.9'), 'same serial')
        os.unlink(daemon.zone)
        assert 'No such file' in daemon.control(verb='root-reload')['error']
        os.mkdir(daemon.zone)
        assert 'error' in daemon.control(verb='root-reload')
        assert daemon.control(verb='root-status')['refused'] == 9
        assert daemon.control(verb='root-reload', file='/dev/zero')['error']


def an_older_zone_is_taken_by_force(binary):
    """--force takes an older serial, and the log says so."""
    with Rooted(binary) as daemon:
        write(daemon.zone, zone(serial=9))
        assert 'error' in daemon.control(verb='root-reload')
        answer = daemon.control(verb='root-reload', force=True)
        assert (answer['outcome'], answer['serial']) == ('taken', 9), answer
        daemon.wait_for_log('taken by force')
        assert daemon.udp('www.pocket').answers == 1


def reloads_share_a_load(binary):
    """Requests that come during a load share its answer, and no query is lost meanwhile."""
    with Rooted(binary) as daemon:
        more = ''.join('t%d. 172800 IN NS ns.t%d.\nns.t%d. 172800 IN A 192.0.2.1\n' % (i, i, i) for i in range(20000))
        write(daemon.zone, zone(serial=30, more=more))
        clients = []
        for _ in range(8):
            client = socket.socket(socket.AF_UNIX)
            client.connect(os.path.join(daemon.folder, 'control.sock'))
            client.sendall(b'{"verb":"root-reload"}\n')
            clients.append(client)
        for i in range(50):
            assert daemon.udp('n%d.pocket' % i).answers == 1
        answers = {client.recv(65536) for client in clients}
        assert len(answers) == 1 and b'"taken"' in answers.pop(), answers
        assert daemon.control(verb='root-status')['reloads'] == 2


def cached_answers_outlive_a_reload(binary):
    """Taking a root zone loses nothing that was cached of other zones."""
    with Rooted(binary) as daemon:
        assert daemon.udp('kept.pocket').answers == 1
        asked = daemon.authority.questions.count(('kept.pocket', A))
        write(daemon.zone, zone(serial=11))
        assert daemon.control(verb='root-reload')['outcome'] == 'taken'
        assert daemon.udp('kept.pocket').answers == 1
        assert daemon.authority.questions.count(('kept.pocket', A)) == asked
        assert daemon.control(verb='cache-flush', name='pocket.')['flushed'] > 0
        assert daemon.udp('kept.pocket').answers == 1
        assert daemon.authority.questions.count(('kept.pocket', A)) == asked + 1


def settings_are_read_again(binary):
    """reload adopts what may change at once, names what waits for a restart, and refuses mistakes whole."""
    with Daemon(binary, Authority()) as daemon:
        assert daemon.udp('www.pocket').rcode == NOERROR
        assert daemon.control(verb='reload') == {'changed': [], 'needs_restart': []}
        daemon.sections['server'] = ['allow = ["127.0.0.2/32"]', 'workers = 2']
        daemon.write_config()
        answer = daemon.control(verb='reload')
        assert answer == {'changed': ['server.allow'], 'needs_restart': ['server.workers']}, answer
        assert daemon.udp('www.pocket').rcode == 5
        daemon.sections['server'] = ['allow = ["127.0.0.0/33"]', 'wokers = 2']
        daemon.write_config()
        answer = daemon.control(verb='reload')
        assert answer['error'] == '2 mistakes' and len(answer['mistakes']) == 2, answer
        assert all(line.startswith(daemon.config + ':') for line in answer['mistakes']), answer
        assert daemon.udp('www.pocket', source='127.0.0.2').rcode == NOERROR


def operators_are_told_what_is_wrong(binary):
    """Requests that fail are answered with an error, and the connection goes on; looking may not change."""
    with Daemon(binary, Authority()) as daemon:
        answers = daemon.operate('control', b'nonsense', b'[]', {'verb': 'fly'}, {'no': 'verb'}, {'verb': 'stats', 'x': 1},
                                 {'verb': 'cache-flush', 'name': 'a..b'}, {'verb': 'nameservers', 'most': 'all'},
                                 {'verb': 'root-reload'}, {'verb': 'root-status'})
        assert all('error' in answer for answer in answers[:-1]), answers
        assert answers[-1]['source'] == 'built-in hints', answers[-1]
        for verb in ('cache-flush', 'root-reload', 'reload'):
            assert 'control socket' in daemon.operate('stats', {'verb': verb})[0]['error']
        assert stat.S_IMODE(os.stat(daemon.folder + '/control.sock').st_mode) == 0o600
        assert stat.S_IMODE(os.stat(daemon.folder + '/stats.sock').st_mode) == 0o660


def operators_are_bounded(binary):
    """16 operators are served and the 17th is told; a request of 64 KiB is read and a longer one is not."""
    with Daemon(binary, Authority()) as daemon:
        path = os.path.join(daemon.folder, 'stats.sock')
        clients = []
        for _ in range(17):
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(5)
            client.connect(path)
            clients.append(client)
        assert b'too many operators' in clients[16].recv(1000)
        clients[15].sendall(b'{"verb":"root-status"}\n')
        assert b'source' in clients[15].recv(1000)
        for client in clients:
            client.close()
        time.sleep(0.1)
        longest = b'{"verb":"root-status"}'.ljust(65536)
        assert 'source' in daemon.operate('stats', longest)[0]
        assert '64 KiB' in daemon.operate('stats', longest + b' ')[0]['error']
        many = daemon.operate('stats', *[{'verb': 'root-status'}] * 2000)
        assert len(many) == 2000 and all('source' in answer for answer in many)


def what_operators_see(binary):
    """stats, prometheus, nameservers, cache-stats and explain tell of a query that was resolved."""
    with Daemon(binary, Authority()) as daemon:
        assert daemon.udp('www.pocket').answers == 1
        assert daemon.udp('www.pocket').answers == 1
        stats = daemon.control(verb='stats')
        assert stats['workers'] == 1 and stats['metrics']['client_queries_udp'] == 2, stats
        assert stats['metrics']['cache_hits'] == 1, stats
        assert 'taproot_client_queries' in daemon.control(verb='prometheus')['text']
        assert daemon.control(verb='cache-stats')['octets'] > 0
        standings = daemon.control(verb='nameservers', zone='pocket.')['standings']
        assert [s['address'] for s in standings] == ['127.0.0.1'] and standings[0]['answered'] >= 1, standings
        walk = daemon.control(verb='explain', name='www.pocket')['walks'][0]
        assert walk['question']['name'] == 'www.pocket.' and walk['steps'], walk
        walk = daemon.control(verb='explain', name='fresh.pocket', fresh=True)['walks'][0]
        assert walk['rcode'] == 'NOERROR' and walk['steps'][-1]['address'] == '127.0.0.1', walk


def starts_only_when_all_is_well(binary):
    """Everything that stands in the way of a start is said at once, with the address, the port and why."""
    with Daemon(binary, Authority()) as first:
        second = Daemon(binary, start=False)
        second.port = first.port
        second.listen = ['127.0.0.1:%d' % first.port, '192.0.2.99:53']
        broken = os.path.join(second.folder, 'root.zone')
        write(broken, 'nonsense\n')
        second.sections['root'].append('zone-file = "%s"' % broken)
        second.write_config()
        with second:
            code, log = second.fails_to_start()
            assert code == 1, (code, log)
            for text in ('udp 127.0.0.1:%d: Address already in use' % first.port, 'tcp 127.0.0.1:%d' % first.port,
                         '192.0.2.99:53: no such address', broken + ':1'):
                assert text in log, (text, log)
        assert first.udp('www.pocket').answers == 1


def sockets_of_a_dead_daemon_are_replaced(binary):
    """After a crash the next daemon takes the unix sockets over; a living daemon keeps them."""
    daemon = Daemon(binary, Authority())
    with daemon:
        daemon.process.kill()
        daemon.process.wait()
        daemon.spawn()
        end = time.monotonic() + 20
        while True:  # It answers before its control socket stands, where the dead one's is until then.
            assert time.monotonic() < end, daemon.log()
            with contextlib.suppress(ConnectionRefusedError):
                if daemon.udp('www.pocket', timeout=0.2) and daemon.control(verb='root-status'):
                    break
        rival = Daemon(binary, start=False)
        rival.folder, own = daemon.folder, rival.folder
        rival.listen = ['127.0.0.1:%d' % rival.port]
        rival.config = os.path.join(own, 'taproot.toml')
        rival.log_path = os.path.join(own, 'log')
        rival.write_config()
        code, log = rival.fails_to_start()
        assert code == 1 and 'another daemon listens there' in log, log
        assert daemon.control(verb='root-status')


def stops_after_what_is_in_flight(binary):
    """SIGTERM lets queries in flight have their answers, takes no more, and ends with 0."""
    with Daemon(binary, Authority()) as daemon:
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.settimeout(5)
        client.connect(('127.0.0.1', daemon.port))
        client.send(query('slow.pocket'))
        tcp = daemon.tcp()
        tcp.send(query('slow2.pocket'))
        time.sleep(0.2)
        daemon.signal(signal.SIGTERM)
        assert client.recv(512)[7] == 1
        assert tcp.receive().answers == 1
        assert daemon.process.wait(timeout=20) == 0
        assert daemon.log().rstrip().endswith('stopped'), daemon.log()
        assert not os.path.exists(daemon.folder + '/control.sock')


def nameservers(daemon):
    """What `taproot nameservers --json` tells of the authority's zone."""
    out = subprocess.run([daemon.binary, 'nameservers', 'pocket.', '--json', '--config', daemon.config], check=True,
                         capture_output=True, timeout=20).stdout
    return json.loads(out)['standings']


def the_ranking_survives_a_restart(binary):
    """What was measured is known right after the next start; a file with an octet flipped is refused with a reason."""
    with Rooted(binary) as daemon:
        for i in range(5):
            assert daemon.udp('late%d.pocket' % i).answers == 1
        before = nameservers(daemon)
        assert before[0]['srtt_us'] > 100_000, before
        for flipped in (False, True):
            daemon.signal(signal.SIGTERM)
            assert daemon.process.wait(timeout=10) == 0
            path = os.path.join(daemon.folder, 'nameservers.state')
            assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
            if flipped:
                with open(path, 'r+b') as file:
                    file.seek(50)
                    octet = file.read(1)[0]
                    file.seek(50)
                    file.write(bytes([octet ^ 1]))
            daemon.start()
            after = nameservers(daemon)
            if flipped:
                assert not after, after
                assert path + ': its checksum is wrong' in daemon.log(), daemon.log()
                assert daemon.control(verb='stats')['metrics']['rankings_refused'] == 1
            else:
                assert [s['srtt_us'] for s in after] == [s['srtt_us'] for s in before], (before, after)
                assert after[0]['asked'] == before[0]['asked'], (before, after)
        assert daemon.udp('www.pocket').answers == 1


def stops_within_its_time(binary):
    """A stopping daemon waits a while for what clients were still to be told, and says how many it left without."""
    with Daemon(binary, Authority()) as daemon:
        assert daemon.udp('silent.pocket', timeout=0.2) is None
        begun = time.monotonic()
        daemon.signal(signal.SIGTERM)
        assert daemon.process.wait(timeout=20) == 0
        assert time.monotonic() - begun > 1
        assert 'stopped; clients that still waited for an answer: 1' in daemon.log(), daemon.log()


if __name__ == '__main__':
    run([(name.replace('_', ' '), test) for name, test in list(globals().items())
         if callable(test) and getattr(test, '__module__', '') == '__main__'
         and not isinstance(test, type) and test not in (write, zone, nameservers)])
