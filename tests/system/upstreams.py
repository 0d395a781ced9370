"""Real resolvers as upstreams: each answers everything below `pocket.` with an address of its own, over every transport."""
import contextlib
import os
import signal
import socket
import subprocess
import time

from daemon import Skip, free_port
from peers import installed, write


def openssl(*arguments):
    """Runs OpenSSL."""
    subprocess.run(['openssl', *arguments], check=True, capture_output=True)


class Certificates:
    """An authority of the tests' own, and what it signs. `authority` is the file that clients trust."""

    def __init__(self, folder):
        if not installed('openssl'):
            raise Skip('no openssl')
        self.folder = folder
        self.authority = os.path.join(folder, 'ca.pem')
        openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj',
                '/CN=Taproot tests', '-keyout', os.path.join(folder, 'ca.key'), '-out', self.authority)

    def sign(self, name, addresses=('127.0.0.1',)):
        """Makes a key and a certificate of a name; returns the paths (certificate, key). The same name: replaced."""
        path = os.path.join(self.folder, name)
        wanted = ','.join(['DNS:' + name, *('IP:' + address for address in addresses)])
        extensions = write(self.folder, name + '.ext', 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' % wanted)
        openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=' + name, '-keyout',
                path + '.key.next', '-out', path + '.csr')
        openssl('x509', '-req', '-in', path + '.csr', '-CA', self.authority, '-CAkey', os.path.join(self.folder, 'ca.key'),
                '-CAcreateserial', '-days', '30', '-extfile', extensions, '-out', path + '.crt.next')
        for kind in ('.key', '.crt'):
            os.replace(path + kind + '.next', path + kind)
            os.chmod(path + kind, 0o644)
        return path + '.crt', path + '.key'

    def pin(self, name):
        """Returns the SHA-256 of the public key of a name, in base64."""
        key = os.path.join(self.folder, name + '.key')
        der = subprocess.run(['openssl', 'pkey', '-in', key, '-pubout', '-outform', 'der'], check=True,
                             capture_output=True).stdout
        digest = subprocess.run(['openssl', 'dgst', '-sha256', '-binary'], input=der, check=True, capture_output=True).stdout
        return subprocess.run(['openssl', 'base64'], input=digest, check=True, capture_output=True).stdout.decode().strip()


def unbound(own):
    """Returns the command of Unbound. What it hands out for resuming a session is of use after a restart as well."""
    with open(os.path.join(own.folder, 'tickets.key'), 'wb') as file:
        file.write(bytes(range(80)))
    return ['unbound', '-c', write(own.folder, own.name + '.conf', f"""
server:
  interface: 127.0.0.1@{own.ports['udp']}
  interface: 127.0.0.1@{own.ports['tls']}
  interface: 127.0.0.1@{own.ports['https']}
  tls-port: {own.ports['tls']}
  https-port: {own.ports['https']}
  tls-service-key: "{own.key}"
  tls-service-pem: "{own.certificate}"
  tls-session-ticket-keys: "{own.folder}/tickets.key"
  num-threads: 1
  incoming-num-tcp: 200
  module-config: "iterator"
  do-daemonize: no
  chroot: ""
  username: ""
  pidfile: ""
  directory: "{own.folder}"
  use-syslog: no
  logfile: "{own.folder}/{own.name}.log"
  do-ip6: no
  local-zone: "." static
  local-zone: "pocket." redirect
  local-data: "pocket. 60 IN A {own.answer}"
remote-control:
  control-enable: no
""")]


def kresd(own):
    """Returns the command of Knot Resolver."""
    return ['kresd', '-n', '-c', write(own.folder, own.name + '.conf', f"""
net.tls('{own.certificate}', '{own.key}')
net.listen('127.0.0.1', {own.ports['udp']}, {{ kind = 'dns' }})
net.listen('127.0.0.1', {own.ports['tls']}, {{ kind = 'tls' }})
net.listen('127.0.0.1', {own.ports['https']}, {{ kind = 'doh2' }})
trust_anchors.remove('.')
modules.unload('ta_update')
modules.unload('ta_signal_query')
modules.unload('priming')
modules.load('policy')
policy.add(policy.suffix(policy.ANSWER({{ [kres.type.A] = {{ rdata = kres.str2ip('{own.answer}'), ttl = 60 }} }}, true),
                         policy.todnames({{ 'pocket' }})))
cache.size = 10 * MB
log_level('crit')
"""), os.path.join(own.folder, own.name)]


def dnsdist(own):
    """Returns the command of dnsdist."""
    return ['dnsdist', '--supervised', '--disable-syslog', '-C', write(own.folder, own.name + '.conf', f"""
setLocal('127.0.0.1:{own.ports['udp']}')
addTLSLocal('127.0.0.1:{own.ports['tls']}', '{own.certificate}', '{own.key}')
addDOHLocal('127.0.0.1:{own.ports['https']}', '{own.certificate}', '{own.key}', '/dns-query')
addAction(QTypeRule(DNSQType.A), SpoofAction('{own.answer}', {{ ttl = 60 }}))
addAction(AllRule(), RCodeAction(DNSRCode.NOERROR))
""")]


COMMANDS = {'unbound': unbound, 'kresd': kresd, 'dnsdist': dnsdist}


class Upstream:
    """A running resolver. `answer` is the address that it gives for all names below `pocket.`."""

    def __init__(self, kind, folder, certificates, answer, name=None):
        if not installed(kind):
            raise Skip('no ' + kind)
        self.kind, self.answer, self.name = kind, answer, name or kind
        self.folder = os.path.join(folder, self.name)
        os.makedirs(os.path.join(self.folder, self.name), exist_ok=True)
        self.certificate, self.key = certificates.sign(self.name + '.test')
        self.ports = {'udp': free_port(), 'tls': free_port(), 'https': free_port()}
        self.process = None
        self.start()

    def url(self, scheme):
        """Returns the URL of a transport, by address and with the name of the certificate."""
        if scheme in ('udp', 'tcp'):
            return '%s://127.0.0.1:%d' % (scheme, self.ports['udp'])
        path = '/dns-query' if scheme == 'https' else ''
        return '%s://127.0.0.1:%d%s#%s.test' % (scheme, self.ports[scheme], path, self.name)

    def start(self):
        """Starts it, and waits until it can be reached."""
        environment = {**os.environ, 'PATH': os.environ.get('PATH', '') + ':/usr/sbin:/sbin'}
        self.process = subprocess.Popen(COMMANDS[self.kind](self), cwd=self.folder, env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 20
        for port in self.ports.values():
            while True:
                assert self.process.poll() is None, self.kind + ' ended'
                assert time.monotonic() < end, self.kind + ' does not listen'
                with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=1):
                    break
                time.sleep(0.05)

    def kill(self):
        """Ends it at once: connections are reset, ports closed."""
        self.process.kill()
        self.process.wait()

    def stall(self):
        """Has it hear everything and say nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        """Ends a stall."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        """Ends it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.kill()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
