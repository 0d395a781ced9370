"""Debian's other resolvers as they walk from their built-in root hints, validation off: one command line each."""
import contextlib
import os
import shutil
import signal
import subprocess
import time


def write(folder, name, text):
    """Writes a file of a resolver; returns its path."""
    path = os.path.join(folder, name)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    return path


def unbound(folder, host, port):
    """Returns the command of Unbound."""
    return ['unbound', '-c', write(folder, 'unbound.conf', f"""
server:
  interface: {host}@{port}
  module-config: "iterator"
  do-daemonize: no
  chroot: ""
  username: ""
  pidfile: ""
  directory: "{folder}"
  use-syslog: no
  logfile: "{folder}/unbound.log"
  do-ip6: yes
  qname-minimisation: yes
  minimal-responses: yes
  outgoing-range: 2048
  num-queries-per-thread: 1024
remote-control:
  control-enable: no
""")]


def kresd(folder, host, port):
    """Returns the command of Knot Resolver."""
    return ['kresd', '-n', '-c', write(folder, 'kresd.conf', f"""
net.listen('{host}', {port}, {{ kind = 'dns' }})
trust_anchors.remove('.')
modules.unload('ta_update')
modules.unload('ta_signal_query')
cache.size = 100 * MB
log_level('crit')
"""), folder]


def pdns_recursor(folder, host, port):
    """Returns the command of PowerDNS Recursor."""
    write(folder, 'recursor.conf', f"""
local-address={host}
local-port={port}
query-local-address=0.0.0.0, ::
socket-dir={folder}
daemon=no
quiet=yes
loglevel=3
disable-syslog=yes
dnssec=off
dont-query=
security-poll-suffix=
""")
    return ['pdns_recursor', '--config-dir=' + folder]


def named(folder, host, port):
    """Returns the command of BIND."""
    return ['named', '-f', '-c', write(folder, 'named.conf', f"""
options {{
  directory "{folder}"; pid-file none; session-keyfile none;
  listen-on port {port} {{ {host}; }}; listen-on-v6 {{ none; }};
  recursion yes; allow-recursion {{ any; }}; dnssec-validation no; minimal-responses yes; max-cache-size 128m; max-recursion-queries 1000;
}};
controls {{ }};
logging {{ category default {{ null; }}; }};
""")]


COMMANDS = {'unbound': unbound, 'kresd': kresd, 'pdns_recursor': pdns_recursor, 'named': named}


def installed(name):
    """Returns whether the resolver is here; daemons may live where PATH does not look."""
    return shutil.which(name, path=os.environ.get('PATH', '') + ':/usr/sbin:/sbin') is not None


@contextlib.contextmanager
def walking(name, folder, host, port):
    """Runs a resolver, and ends it."""
    own = os.path.join(folder, name)
    os.makedirs(own, exist_ok=True)
    os.chmod(folder, 0o755)
    environment = {**os.environ, 'PATH': os.environ.get('PATH', '') + ':/usr/sbin:/sbin'}
    process = subprocess.Popen(COMMANDS[name](own, host, port), cwd=own, env=environment)
    try:
        time.sleep(2)
        assert process.poll() is None, name + ' ended'
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
