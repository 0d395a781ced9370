"""Taproot as a resolver under the public scenario player `rplrun`: writes its settings, says how it is started.

The player's contract (names, FEATURES, the object `c`) is told in its own adapters; this file is given by path:
    rplrun --adapter tests/scenarios/taproot.py FILE.rpl        with TAPROOT=build/tools/taproot
"""
import json
import os
import re

NAME = 'taproot'
BINARY = os.environ.get('TAPROOT', 'taproot')
FEATURES = {'stub-zone', 'forward-zone', 'access-control', 'aggressive-nsec', 'cache-min-ttl', 'cache-max-ttl',
            'cache-max-negative-ttl'}

# A trust anchor: owner, then perhaps TTL and class, and DS or DNSKEY with its rdata.
ANCHOR = re.compile(r'^"?([^\s"]+)\s+(?:\d+\s+)?(?:IN\s+)?(?:\d+\s+)?(DS|DNSKEY)\s+([^";]+)', re.M | re.I)

EVERYWHERE = ['0.0.0.0/0', '::/0']
# The same without loopback, for scenarios in which a loopback address must not be asked.
BUT_LOOPBACK = ['0.0.0.0/2', '64.0.0.0/3', '96.0.0.0/4', '112.0.0.0/5', '120.0.0.0/6', '124.0.0.0/7', '126.0.0.0/8',
                '128.0.0.0/1', '2000::/3', 'fc00::/7', 'fe80::/10']


def endpoint(address, port=53):
    """Returns `address:port` as the settings spell it."""
    return ('[%s]:%d' if ':' in address else '%s:%d') % (address, port)


def last(options, name, default):
    """Returns an option of the scenario, which may stand several times, as a number."""
    values = options.get(name)
    return int(values[-1]) if values else default


def dnssec(c):
    """Returns the settings of validation: off for a scenario without trust anchors, which are written to a file."""
    anchors = ANCHOR.findall('\n'.join(c.cfg.trust_anchors))
    if not anchors:
        return {'validation': False}
    path = os.path.join(c.dir, 'anchors')
    with open(path, 'w', encoding='utf-8') as file:
        for owner, kind, rdata in anchors:
            file.write('%s 3600 IN %s %s\n' % (owner.rstrip('.') + '.', kind, rdata))
    # Many scenarios are signed by RSASHA1, which RFC 9905 has operators turn off.
    return {'trust-anchors-file': path, 'sha1': True,
            'negative-anchors': ['%s until 2999-12-31T00:00:00Z' % zone for zone in c.cfg.insecure]}


def settings(c):
    """Returns the settings of one scenario, section by section."""
    g = c.cfg
    minimisation = {None: 'relaxed', True: 'relaxed', False: 'off'}[g.qmin]
    return {
        'server': {'listen': [endpoint(c.listen, c.port)], 'workers': 1, 'state-dir': c.dir, 'allow': EVERYWHERE},
        # A scenario without root servers asks nothing of them: the built-in hints do.
        'root': {'sources': [], **({'hints-file': c.hints_file} if g.root_hints else {})},
        # Scenarios put their servers at private, documentation and loopback addresses.
        'upstream': {'ipv4': g.do_ip4, 'ipv6': g.do_ip6, 'allow': EVERYWHERE if g.query_localhost else BUT_LOOPBACK},
        'walk': {'qname-minimisation': minimisation},
        'dnssec': dnssec(c),
        'cache': {'min-ttl': last(g.options, 'cache-min-ttl', 0), 'max-ttl': last(g.options, 'cache-max-ttl', 86400),
                  'max-negative-ttl': last(g.options, 'cache-max-negative-ttl', 3600)},
        'stats': {'socket': os.path.join(c.dir, 'stats.sock')},
        'control': {'socket': os.path.join(c.dir, 'control.sock')},
        'log': {'level': 'debug' if c.verbose else 'warn'},
    }


def setup(c):
    """Writes the settings into the scenario's folder; returns the command line and additions to the environment."""
    lines = []
    for section, values in settings(c).items():
        lines.append('[%s]' % section)
        lines += ['%s = %s' % (key, json.dumps(value)) for key, value in values.items()]
    for zone, addresses, _options in c.cfg.stubs:
        lines += ['[[stub]]', 'zone = %s' % json.dumps(zone),
                  'servers = %s' % json.dumps([endpoint(address) for address in addresses])]
    first = any(options.get('forward-first') == 'yes' for _zone, _addresses, options in c.cfg.forwards)
    lines += ['[forward]', 'fallback = %s' % json.dumps('walk' if first else 'error')]
    for zone, addresses, _options in c.cfg.forwards:
        lines += ['[[forward.pool]]', 'name = %s' % json.dumps(zone),
                  'servers = %s' % json.dumps(['udp://' + endpoint(address) for address in addresses]),
                  '[[forward.route]]', 'domains = [%s]' % json.dumps(zone), 'pool = %s' % json.dumps(zone)]
    path = os.path.join(c.dir, 'taproot.toml')
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')
    # TTLs age by the monotonic clock, so a scenario that lets time pass moves it too.
    return [BINARY, 'serve', '--config', path], {'RPL_SHIFT_MONOTONIC': '1'}
