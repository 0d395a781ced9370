"""The root zone proves itself before it is used, is fetched and kept fresh, and is given up in time."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

from daemon import Authority, Daemon, Skip, run
import pocket
from root_sources import FileServer, Signer, TransferServer


def obstacle():
    """Returns why no zones can be signed here, or nothing."""
    for program in ('ldns-keygen', 'ldns-signzone', 'ldns-verify-zone'):
        if not shutil.which(program):
            return program + ' is not installed'
    return None


def shared(name):
    """Returns the path of a real root zone, or skips."""
    path = pocket.shared(name)
    if not path:
        raise Skip('no %s in ../shared/data (set TAPROOT_SHARED)' % name)
    return path


def other_glue(text):
    """Returns the zone with one octet of glue changed, which no signature covers."""
    glue = 'ns.pocket.\t172800\tIN\tA\t127.0.0.'
    assert glue + '1' in text, text
    return text.replace(glue + '1', glue + '2')


class Fetching(Daemon):
    """A daemon that fetches its root zone from sources."""

    def __init__(self, binary, make_sources, **more):
        super().__init__(binary, Authority(), start=False)
        if obstacle():
            raise Skip(obstacle())
        self.signer = Signer(self.folder)
        self.sources = make_sources(self.signer)
        self.sections['root'] += ['sources = %s' % json.dumps([s if isinstance(s, str) else s.source() for s in self.sources])]
        self.sections['root'] += more.get('root', [])
        self.sections['dnssec'].append('trust-anchors-file = "%s"' % self.signer.anchor)
        self.write_config()
        self.start()

    def status(self):
        """Returns what `root-status` tells."""
        return self.control(verb='root-status')

    def wait_for(self, what, condition, time_s=20):
        """Waits until the status is as wanted, and returns it."""
        end = time.monotonic() + time_s
        while True:
            status = self.status()
            if condition(status):
                return status
            assert time.monotonic() < end, (what, status, self.log())
            time.sleep(0.1)

    def copy(self):
        """Returns the path of the copy that is kept."""
        return os.path.join(self.folder, 'root-copy.zone')

    def kept(self):
        """Returns the text of the copy."""
        with open(self.copy(), encoding='utf-8') as file:
            return file.read()

    def restart_without_sources(self, change=lambda text: text):
        """Ends the daemon and its sources, may change the copy, and starts again."""
        self.process.terminate()
        self.process.wait(timeout=10)
        for source in self.sources:
            source.close()
        text = change(self.kept())
        with open(self.copy(), 'w', encoding='utf-8') as file:
            file.write(text)
        self.start()


def verify(binary, folder, zone, anchor, *words):
    """Returns (exit code, output) of `taproot root verify`."""
    config = os.path.join(folder, 'verify.toml')
    if not os.path.exists(config):
        with open(config, 'w', encoding='utf-8') as file:
            file.write('')
    words = [binary, 'root', 'verify', zone, '--config', config, *(['--trust-anchors', anchor] if anchor else []), *words]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def a_person_verifies_a_zone(binary):
    """`root verify` tells digest and signatures apart: good, glue changed, signature changed, expired, unknown key."""
    if obstacle():
        raise Skip(obstacle())
    with Daemon(binary, start=False) as daemon:
        signer, other = Signer(daemon.folder), Signer(daemon.folder)
        path = os.path.join(daemon.folder, 'z')

        def told(text, anchor=signer.anchor, *words):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
            return verify(binary, daemon.folder, path, anchor, *words)

        good = signer.sign(10)
        code, text = told(good)
        assert code == 0 and 'ZONEMD:     digest matches' in text and 'signatures: valid, all' in text, text
        code, text = told(other_glue(good))
        assert code == 1 and 'ZONEMD:     digest does not match' in text and 'signatures: valid, all' in text, text
        code, text = told(good, other.anchor)
        assert code == 1 and 'ZONEMD:     digest matches' in text and "none of the zone's keys is a trust anchor" in text, text
        code, text = told(good, signer.anchor, '--at', '2040-01-01')
        assert code == 1 and 'ZONEMD:     digest matches' in text and 'expired' in text, text
        code, text = told(signer.sign(11, zonemd=False))
        assert code == 1 and 'no ZONEMD' in text and 'signatures: valid, all' in text, text


def the_real_zone_of_2020_verifies_at_its_time(binary):
    """The signed root zone of 2020-10-19: all signatures valid by the real key, as ldns says too; no ZONEMD."""
    zone = shared('root-2020101902-signed.zone')
    with Daemon(binary, start=False) as daemon:
        with open(os.path.join(daemon.folder, 'verify.toml'), 'w', encoding='utf-8') as file:
            file.write('[root]\nzonemd = "if-present"\n')
        code, text = verify(binary, daemon.folder, zone, None, '--at', '2020-10-20')
        assert code == 0 and 'all 2884 sets' in text and 'key 20326' in text and 'no ZONEMD' in text, text
        code, text = verify(binary, daemon.folder, zone, None)
        assert code == 1 and 'expired' in text, text
        if shutil.which('ldns-verify-zone'):
            done = subprocess.run(['ldns-verify-zone', '-t', '20201020000000', zone], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr


def copies_of_the_archive_fail_with_their_reason(binary):
    """The root zones of 2026 in the archive have no signatures left, so their digest differs: the reason says so."""
    for name in ('root-2026082102.zone', 'root-2026082201.zone'):
        zone = shared(name)
        with Daemon(binary, start=False) as daemon:
            code, text = verify(binary, daemon.folder, zone, None, '--at', '2026-08-25')
            assert code == 1 and 'ZONEMD:     digest does not match' in text and 'Not authentic' in text, text


def an_unsigned_zone_file_is_left_aside(binary):
    """By default a zone file that does not prove itself is not used: the root servers are asked, and the status says why."""
    with Daemon(binary, Authority(), start=False) as daemon:
        zone = os.path.join(daemon.folder, 'z')
        with open(zone, 'w', encoding='utf-8') as file:
            file.write('. 60 IN SOA a. b. 1 1800 900 604800 5\n. 60 IN NS a.\na. 60 IN A 127.0.0.1\n')
        daemon.sections['root'].append('zone-file = "%s"' % zone)
        daemon.write_config()
        daemon.start()
        status = daemon.control(verb='root-status')
        assert status['source'] == 'built-in hints' and status['serial'] is None, status
        assert 'ZONEMD: no ZONEMD; and the zone is not signed' in status['last_error'], status
        assert daemon.udp('www.pocket').answers == 1


def a_zone_is_fetched_by_transfer_and_kept(binary):
    """At the start the zone is fetched, proven and kept; a newer one is taken; a restart without any source uses the copy."""
    with Fetching(binary, lambda signer: [TransferServer(signer.sign(10))]) as daemon:
        server = daemon.sources[0]
        status = daemon.wait_for('the first zone', lambda s: s['serial'] == 10 and os.path.exists(daemon.copy()))
        assert status['source'] == 'fetched' and status['file'] == server.source(), status
        assert status['verified_by'].startswith('ZONEMD and signatures, key '), status
        assert status['digest'] == 'digest matches' and status['signatures'].startswith('valid, all'), status
        assert status['next_poll_ms'] >= status['checked_ms'] + 1800_000, status
        assert status['expires_ms'] == status['checked_ms'] + 604800_000, status
        assert server.asked == ['SOA', 'AXFR'], server.asked
        assert daemon.control(verb='root-fetch')['outcome'] == 'same'
        assert server.asked == ['SOA', 'AXFR', 'SOA'], server.asked
        server.text = daemon.signer.sign(11)
        answer = daemon.control(verb='root-fetch')
        assert (answer['outcome'], answer['old_serial'], answer['serial']) == ('taken', 10, 11), answer
        server.text = daemon.signer.sign(9)
        assert 'its serial 9 is older than 11 in use' in daemon.control(verb='root-fetch')['error']
        metrics = daemon.control(verb='stats')['metrics']
        assert metrics['root_serial'] == 11 and metrics['root_polls_taken'] == 2, metrics
        assert metrics['root_verified_digest'] == 1 and metrics['root_verified_signatures'] == 1, metrics
        assert metrics['root_source_errors'] == 1 and metrics['root_polls_failed'] == 1, metrics
        daemon.wait_for('the copy', lambda _: ' 11 1800 900 ' in daemon.kept())
        daemon.restart_without_sources()
        status = daemon.status()
        assert status['serial'] == 11 and status['source'] == 'verified copy' and status['file'] == server.source(), status


def changes_are_fetched_alone(binary):
    """A proven zone is renewed by its changes (IXFR); changes that do not fit, or make no authentic zone, by the whole of it."""
    with Fetching(binary, lambda signer: [TransferServer(signer.sign(10))]) as daemon:
        server = daemon.sources[0]
        daemon.wait_for('the first zone', lambda s: s['serial'] == 10)
        for serial, manner, asked in ((11, 'well', ['SOA', 'IXFR']), (12, 'whole', ['SOA', 'IXFR']),
                                      (13, 'absent', ['SOA', 'IXFR', 'AXFR']), (14, 'forged', ['SOA', 'IXFR', 'AXFR']),
                                      (15, 'no-ixfr', ['SOA', 'IXFR', 'AXFR']), (16, 'well', ['SOA', 'IXFR'])):
            server.renew(daemon.signer.sign(serial))
            server.manner = manner
            answer = daemon.control(verb='root-fetch')
            assert (answer.get('outcome'), answer.get('serial')) == ('taken', serial), (manner, answer)
            assert server.asked == asked, (manner, server.asked)
            assert daemon.status()['verified_by'].startswith('ZONEMD and signatures, key '), daemon.status()
        server.renew(daemon.signer.sign(17))
        server.manner = 'same'
        assert daemon.control(verb='root-fetch')['outcome'] == 'same' and server.asked == ['SOA', 'IXFR'], server.asked
        daemon.wait_for('the copy', lambda _: ' 16 1800 900 ' in daemon.kept())
        daemon.restart_without_sources()
        assert daemon.status()['serial'] == 16, daemon.status()


def a_copy_that_was_changed_is_not_used(binary):
    """The copy on disk is proven anew at the start: one changed octet of glue, and the root servers are asked."""
    with Fetching(binary, lambda signer: [TransferServer(signer.sign(10))]) as daemon:
        daemon.wait_for('the copy', lambda s: s['serial'] == 10 and os.path.exists(daemon.copy()))
        daemon.restart_without_sources(other_glue)
        status = daemon.status()
        assert status['serial'] is None and status['source'] == 'built-in hints', status
        assert 'digest does not match' in status['last_error'], status


def hostile_sources_are_passed_over(binary):
    """Sources that change glue, sign with another key, go on for ever or end early are passed over for one that is good."""
    def sources(signer):
        other = Signer(signer.folder)
        good = signer.sign(10)
        return [TransferServer(other_glue(good)),
                TransferServer(other.sign(20)), TransferServer(good, 'endless'), TransferServer(good, 'short'),
                'file:/nonexistent/root.zone', TransferServer(good)]
    with Fetching(binary, sources) as daemon:
        status = daemon.wait_for('the good source', lambda s: s['serial'] == 10, 60)
        told = [source['error'] for source in status['sources']]
        assert 'digest does not match' in told[0], told
        assert "none of the zone's keys is a trust anchor" in told[1], told
        assert 'larger than 67108864 octets' in told[2], told
        assert 'closed the connection before the end' in told[3], told
        assert 'No such file' in told[4] and told[5] is None, told
        assert status['file'] == daemon.sources[5].source(), status
        assert daemon.udp('www.pocket').answers == 1


def a_zone_that_nobody_confirms_is_given_up(binary):
    """At the SOA's expire after the last confirmation the root servers are asked, and the zone is back once a source is."""
    with Fetching(binary, lambda signer: [TransferServer(signer.sign(10, refresh=5, retry=5, expire=8))]) as daemon:
        server = daemon.sources[0]
        daemon.wait_for('the zone', lambda s: s['serial'] == 10)
        began = time.monotonic()
        server.manner = 'silent'
        status = daemon.wait_for('the end of the zone', lambda s: s['serial'] is None, 30)
        assert time.monotonic() - began >= 7, 'given up too early'
        assert status['source'] == 'built-in hints' and status['fallbacks'] == 1, status
        assert 'is given up' in daemon.log()
        assert daemon.udp('www.pocket').answers == 1
        assert daemon.control(verb='stats')['metrics']['root_fallbacks'] == 1


def a_source_is_polled_at_its_refresh(binary):
    """A newer zone is found by the poll at the SOA's refresh, without anyone's help."""
    with Fetching(binary, lambda signer: [TransferServer(signer.sign(10, refresh=5, retry=5, expire=60))]) as daemon:
        daemon.wait_for('the zone', lambda s: s['serial'] == 10)
        daemon.sources[0].text = daemon.signer.sign(11)
        daemon.wait_for('the newer zone', lambda s: s['serial'] == 11, 15)


def a_zone_is_fetched_over_https(binary):
    """Over HTTPS only what is newer travels; a certificate of nobody known, or of another name, is not believed."""
    def sources(signer):
        return [FileServer(signer.sign(10), signer.folder)]
    with Fetching(binary, sources, root=['authorities-file = "PLACE"']) as daemon:
        server = daemon.sources[0]
        with tempfile.TemporaryDirectory() as folder:
            stranger = FileServer('', folder)
            stranger.close()
            daemon.sections['root'][-1] = 'authorities-file = "%s"' % stranger.certificate
            daemon.write_config()
            assert 'error' not in daemon.control(verb='reload')
            error = daemon.control(verb='root-fetch')['error']
        assert 'certificate' in error and server.seen == [], (error, server.seen)
        assert daemon.status()['serial'] is None, error
        daemon.sections['root'][-1] = 'authorities-file = "%s"' % server.certificate
        daemon.write_config()
        assert 'error' not in daemon.control(verb='reload')
        assert daemon.control(verb='root-fetch')['serial'] == 10, daemon.log()
        assert daemon.control(verb='root-fetch')['outcome'] == 'same'
        assert server.seen == [200, 304], server.seen
        server.text = daemon.signer.sign(11)
        assert daemon.control(verb='root-fetch')['serial'] == 11
        daemon.sections['root'][-2] = 'sources = ["%s"]' % server.source().replace('zone.example', 'other.example')
        daemon.write_config()
        daemon.control(verb='reload')
        server.text = daemon.signer.sign(12)
        assert 'error' in daemon.control(verb='root-fetch')
        assert daemon.status()['serial'] == 11


TESTS = [
    ('a person verifies a zone', a_person_verifies_a_zone),
    ('the real zone of 2020 verifies at its time', the_real_zone_of_2020_verifies_at_its_time),
    ('copies of the archive fail with their reason', copies_of_the_archive_fail_with_their_reason),
    ('an unsigned zone file is left aside', an_unsigned_zone_file_is_left_aside),
    ('a zone is fetched by transfer and kept', a_zone_is_fetched_by_transfer_and_kept),
    ('changes are fetched alone', changes_are_fetched_alone),
    ('a copy that was changed is not used', a_copy_that_was_changed_is_not_used),
    ('hostile sources are passed over', hostile_sources_are_passed_over),
    ('a zone that nobody confirms is given up', a_zone_that_nobody_confirms_is_given_up),
    ('a source is polled at its refresh', a_source_is_polled_at_its_refresh),
    ('a zone is fetched over https', a_zone_is_fetched_over_https),
]

if __name__ == '__main__':
    sys.exit(run(TESTS))
