"""Includes go down only, by full paths, and a library is seen from its rooms alone (docs/ARCHITECTURE.md)."""
import re

from tree import Plant

FLOORS = [
    {'world', 'metrics'},
    {'wire'},
    {'dnssec', 'zone', 'settings'},
    {'cache', 'servers', 'policy', 'transport'},
    {'iteration', 'validation', 'forwarding'},
    {'resolver'},
    {'daemon', 'simulator'},
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

# The rooms of engine/ from which a library may be seen; tools and tests are free.
LIBRARIES = {
    r'ldns/': {'wire', 'zone', 'dnssec'},
    r'openssl/': {'dnssec', 'transport', 'daemon'},
    r'uv\.h': {'daemon'},
    r'nghttp2/|ngtcp2/|nghttp3/': {'transport'},
    r'toml\+\+/|toml\.hpp': {'settings'},
    r'nlohmann/': {'daemon'},
    r'sys/socket\.h|sys/un\.h|sys/epoll\.h|poll\.h|unistd\.h|fcntl\.h|netinet/|signal\.h|sys/stat\.h|sys/mman\.h': {'daemon'},
    r'fstream|filesystem|iostream': {'daemon'},
    r'thread|stop_token|future|semaphore|latch|barrier': {'daemon'},
    r'mutex|shared_mutex|atomic|condition_variable': {'cache', 'servers', 'daemon'},
    r'ctime|time\.h|sys/time\.h': {'daemon'},
}

# The parts of Abseil that are worn openly; Debian builds the rest as types of its own (string_view, Span, optional).
ABSEIL = re.compile(r'absl/(container|hash|status)/')

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
PROJECT = ('engine/', 'tests/', 'tools/', 'bench/')


def own(source, path):
    """Returns what is wrong with an include of the project's own, or nothing."""
    if not path.startswith(PROJECT):
        return 'write the full path, "engine/..."'
    if source.top != 'engine':
        return ''
    if not path.startswith('engine/'):
        return 'the engine includes nothing of %s' % path.split('/')[0]
    parts = path.split('/')
    if len(parts) == 2:
        return 'engine/%s is for programs that embed the resolver' % parts[1] if source.room else ''
    room = parts[1]
    if room not in FLOOR:
        return 'room %s stands on no floor' % room
    if not source.room or room == source.room:
        return ''
    if FLOOR[room] >= FLOOR[source.room]:
        return '%s (floor %d) may not see %s (floor %d): includes go down only' % (
            source.room, FLOOR[source.room], room, FLOOR[room])
    return ''


def library(source, path):
    """Returns what is wrong with an include of a library, or nothing."""
    if source.top != 'engine':
        return ''
    if path.startswith('absl/') and not ABSEIL.match(path):
        return '<%s>: of Abseil only containers, hash and Status; else the standard library and fmt' % path
    for pattern, rooms in LIBRARIES.items():
        if re.match('(?:' + pattern + ')(?:$|(?<=/))', path) and source.room not in rooms:
            return '<%s> belongs to %s' % (path, ', '.join(sorted(rooms)))
    return ''


def faults(tree):
    """Returns one line for each include against the plan."""
    found = []
    for source in tree.cpp:
        if source.top == 'engine' and source.room and source.room not in FLOOR:
            found.append('%s: room %s stands on no floor' % (source.path, source.room))
            continue
        for match in INCLUDE.finditer(source.code):
            wrong = (own if match[1] == '"' else library)(source, match[2])
            if wrong:
                found.append('%s: %s' % (source.code_at(match.start()), wrong))
    return found


PLANTS = [
    Plant('includes go down only', {'engine/wire/a.h': '#pragma once\n#include "engine/cache/store.h"\n'}),
    Plant('includes go down only', {'engine/cache/a.h': '#pragma once\n#include "engine/servers/book.h"\n'}),
    Plant('includes go down only', {'engine/metrics/a.h': '#pragma once\n#include "engine/world/time.h"\n'}),
    Plant('write the full path', {'engine/wire/a.cc': '#include "name.h"\n'}),
    Plant('nothing of tests', {'engine/wire/a.cc': '#include "tests/support/model.h"\n'}),
    Plant('stands on no floor', {'engine/attic/a.cc': 'int x;\n'}),
    Plant('embed', {'engine/daemon/a.cc': '#include "engine/resolver.h"\n'}),
    Plant('<ldns/ldns.h> belongs to', {'engine/cache/a.cc': '#include <ldns/ldns.h>\n'}),
    Plant('<uv.h> belongs to', {'engine/resolver/a.cc': '#include <uv.h>\n'}),
    Plant('<openssl/evp.h> belongs to', {'engine/zone/a.cc': '#include <openssl/evp.h>\n'}),
    Plant('<toml++/toml.h> belongs to', {'engine/daemon/a.cc': '#include <toml++/toml.h>\n'}),
    Plant('<mutex> belongs to', {'engine/resolver/a.cc': '#include <mutex>\n'}),
    Plant('of Abseil only', {'engine/wire/a.cc': '#include <absl/strings/str_cat.h>\n'}),
    Plant('', {'engine/cache/a.cc': '#include <mutex>\n#include "engine/wire/name.h"\n// #include <uv.h>\n',
               'engine/daemon/b.cc': '#include <uv.h>\n#include <thread>\n#include "engine/resolver/engine.h"\n',
               'engine/resolver.h': '#pragma once\n#include "engine/resolver/engine.h"\n',
               'engine/wire/c.cc': '#include <future_of_names>\n#include <absl/hash/hash.h>\n'}),
]
