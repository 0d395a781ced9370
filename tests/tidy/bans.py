"""What the house does without, each with what takes its place."""
import re
from dataclasses import dataclass
from typing import Callable

from tree import Plant


def anywhere(_source):
    return True


def in_engine(source):
    return source.top == 'engine'


def in_headers(source):
    return source.path.endswith('.h')


def engine_but(*rooms):
    return lambda source: source.top == 'engine' and source.room not in rooms


def in_engine_but_for_keys(source):
    """The key that OpenSSL verifies with is no state, and nobody below whoever verifies could own it."""
    return in_engine(source) and source.path != 'engine/dnssec/keys.cc'


def engine_and_unit_tests(source):
    """The engine but its driver, and the tests that may not know what time it is."""
    if source.top == 'tests':
        return not source.path.startswith(('tests/daemon/', 'tests/system/', 'tests/support/'))
    return source.top == 'engine' and source.room != 'daemon'


def floors_1_to_5(source):
    return source.top == 'engine' and source.room not in ('', 'world', 'metrics', 'daemon', 'simulator')


@dataclass
class Ban:
    """A pattern, where it is banned, what to write instead, a line that must be found and one that must not."""
    pattern: str
    where: Callable
    instead: str
    planted: str
    innocent: str = ''
    file: str = 'engine/cache/planted.cc'


BANS = [
    Ban(r'\bco_(await|yield|return)\b|<coroutine>', anywhere,
        'no coroutines (g++ 12 miscompiles them): an explicit state machine, Step(stage, event)',
        'co_return 1;', 'int co_owner = 1;', 'tools/planted.cc'),
    Ban(r'\bstd::(jthread|thread|mutex|shared_mutex|recursive_mutex|atomic(_\w+)?|condition_variable(_any)?|lock_guard|unique_lock|'
        r'scoped_lock|shared_lock|once_flag|async|future|promise)\b', engine_but('cache', 'servers', 'daemon'),
        'threads and locks live in cache/, servers/ and daemon/: keep the state in the engine, or hand over by an Effect',
        'std::atomic<int> count;', 'std::atomically x;', 'engine/resolver/planted.cc'),
    Ban(r'\bstd::(jthread|thread)\b', engine_but('daemon'),
        'threads are started by daemon/', 'std::thread worker;'),
    Ban(r'\bthread_local\b', in_engine_but_for_keys, 'a member of the Engine, which has one thread', 'thread_local int depth;'),
    Ban(r'::now\s*\(|\b(clock_gettime|gettimeofday|timespec_get)\s*\(|\bstd::chrono::(system|steady|high_resolution)_clock\b|'
        r'(?<![\w.>:])time\s*\(\s*(nullptr|NULL|0)\s*\)', engine_and_unit_tests,
        'time is an argument: world::Now', 'auto t = std::chrono::steady_clock::now();', 'auto t = now.mono;'),
    Ban(r'\b(sleep|usleep|nanosleep|sleep_for|sleep_until)\s*\(', engine_and_unit_tests,
        'a deadline and NextDeadline(); a test moves its Instant on', 'std::this_thread::sleep_for(x);',
        file='tests/cache/planted.cc'),
    Ban(r'\b(rand|srand|random|drand48)\s*\(\s*\)|\bsrand\s*\(|\bstd::(mt19937\w*|minstd_rand\w*|random_device|'
        r'default_random_engine|uniform_\w+_distribution)\b|\babsl::BitGen\b', in_engine,
        'chance is an argument: world::Random&', 'int x = rand();', 'random.Below(3);'),
    Ban(r'\bthrow\b', anywhere, 'a variant or enum for what DNS may answer, absl::Status for the operator, CHECK for a bug',
        'throw 1;', 'int throwaway;', 'tools/planted.cc'),
    Ban(r'\bcatch\s*\(', engine_but('settings'), 'exceptions end at the toml++ boundary, in settings/', 'catch (...) {}'),
    Ban(r'\babsl::(string_view|Span|MakeSpan|MakeConstSpan|optional|nullopt|variant|make_unique)\b', anywhere,
        'the standard type: std::string_view, std::span, std::optional, std::variant', 'absl::string_view text;',
        'absl::Status status;', 'tools/planted.cc'),
    Ban(r'\bStr(Cat|Append|Format|Join)\s*\(', anywhere, 'fmt::format', 'absl::StrCat(a, b);', file='tools/planted.cc'),
    Ban(r'\babsl::(Mutex|MutexLock|CondVar|Notification)\b', anywhere,
        'std::mutex (ThreadSanitizer does not know Abseil\'s)', 'absl::Mutex mutex;', file='tools/planted.cc'),
    Ban(r'\bshared_ptr\s*<(?!\s*const\b)', floors_1_to_5,
        'std::unique_ptr or a member; shared_ptr<const T> for an immutable snapshot', 'std::shared_ptr<Zone> zone;',
        'std::shared_ptr<const Zone> zone;'),
    Ban(r'(?<!operator )\bnew(\s+[\w:]|\s*\()|(?<!= )(?<!operator )\bdelete(\s+[\w*(]|\s*\[)', anywhere,
        'std::make_unique or a container', 'auto* p = new Zone();', 'Zone(const Zone&) = delete;\nint newest = deleted[1];', 'tools/planted.cc'),
    Ban(r'\b(malloc|calloc|realloc)\s*\(', in_engine, 'a container', 'malloc(3);'),
    Ban(r'[(,]\s*(const\s+)?bool\s+\w+\s*(=\s*\w+\s*)?[,)]', in_engine,
        'a named enum class of two values, or two functions', 'void Load(bool force);',
        'bool Load(int force);\nstruct S { bool forced; };\nusing P = std::pair<int, bool>;'),
    Ban(r'(?<!static_)\bassert\s*\(', in_engine, 'CHECK of engine/world/check.h, which also stands in a release build',
        'assert(x);', 'static_assert(x);'),
    Ban(r'\bstd::(cout|cerr|clog)\b|(?<![\w])f?printf\s*\(|\bfputs\s*\(|\bfmt::print\s*\(', engine_but('daemon'),
        'no log sink in the engine: a counter, an outcome, or an event for the driver', 'fprintf(stderr, x);',
        'snprintf(buffer);'),
    Ban(r'\bgetenv\s*\(', in_engine, 'a setting', 'getenv("HOME");'),
    Ban(r'^[ \t]*using\s+namespace\b', in_headers, 'name what you use', 'using namespace std;', file='engine/cache/planted.h'),
    Ban(r'\bgoto\b', anywhere, 'return early, or a function of its own', 'goto out;'),
    Ban(r'\b(class|struct|namespace)\s+\w*([Mm]anager|[Hh]elper|[Uu]tils?|[Cc]ommon|[Mm]isc)\b', anywhere,
        'the word of the RFCs for what it is', 'class CacheManager {};', 'class Commonwealth {};'),
    Ban(r'\breinterpret_cast\s*<(?!\s*const (char|uint8_t)\s*\*)|\bconst_cast\s*<', engine_but('wire', 'dnssec', 'zone', 'transport', 'daemon', 'simulator'),
        'a conversion at the border, in the room that owns the library', 'const_cast<int*>(p);', 'reinterpret_cast<const char*>(octets);'),
]

# Macros of the engine that take arguments: more than three and the code is another language.
ALLOWED_MACROS = 3

# What may break a ban, and why.
EXCEPT = {
    ('engine/world/check.cc', 'no log sink'): 'the last words of a bug of ours',
    ('engine/cache/entry.cc', 'std::make_unique'): 'an entry and its octets are one allocation',
    ('engine/cache/entry.cc', 'a conversion'): 'the octets stand behind the entry',
    ('engine/cache/entry.h', 'a conversion'): 'the octets stand behind the entry',
}

# Checked in every text file, comments included. Spelled so that this file does not hold them.
TEXT_BANS = [
    (r'\b(TO' r'DO|FIX' r'ME|XX' r'X)\b', 'an issue, and nothing in the code', 'TO' 'DO'),
    (r'(?<![\w./$~}])/wo' r'rk/', 'a path relative to the tree', '/wo' 'rk/main'),
    (r'[ \t]+$', 'no blanks at the end of a line', 'int x;  '),
]


def pragma(source):
    """Every header begins with #pragma once."""
    if source.path.endswith('.h') and '#pragma once' not in source.text:
        return ['%s:1: #pragma once is missing' % source.path]
    return []


def words(source):
    """File names say what a thing is."""
    name = source.path.split('/')[-1]
    if re.search(r'(^|_)(utils?|helpers?|manager|common|misc|data)(_|\.)', name):
        return ['%s: a file is named by the noun it holds, not util, helper, manager, common, misc or data' % source.path]
    return []


def open_macros(source):
    """Returns the macros with arguments that outlive their file: rows of a table end with #undef."""
    closed = set(re.findall(r'^[ \t]*#[ \t]*undef[ \t]+(\w+)', source.code, re.M))
    return ['%s: %s' % (source.code_at(match.start()), match[1])
            for match in re.finditer(r'^[ \t]*#[ \t]*define[ \t]+(\w+)\(', source.code, re.M) if match[1] not in closed]


def faults(tree):
    """Returns one line for each banned thing."""
    found = []
    macros = []
    for source in tree.sources:
        for pattern, instead, _ in TEXT_BANS:
            if source.path.endswith('.md') and '$' in pattern:
                continue
            for match in re.finditer(pattern, source.text, re.M):
                found.append('%s: %r: instead: %s' % (source.at(match.start()), match[0], instead))
    for source in tree.cpp:
        found += pragma(source) + words(source)
        for ban in BANS:
            if not ban.where(source) or any(path == source.path and ban.instead.startswith(key) for path, key in EXCEPT):
                continue
            for match in re.finditer(ban.pattern, source.code, re.M):
                found.append('%s: %s: instead: %s' % (source.code_at(match.start()), match[0].strip(), ban.instead))
        if source.top == 'engine':
            macros += open_macros(source)
    if len(macros) > ALLOWED_MACROS:
        found += ['%s: at most %d macros with arguments: a function' % (macro, ALLOWED_MACROS) for macro in macros]
    return found


def _plants():
    plants = []
    for ban in BANS:
        head = '#pragma once\n' if ban.file.endswith('.h') else ''
        plants.append(Plant('instead: ' + ban.instead, {ban.file: head + ban.planted + '\n'}))
        if ban.innocent:
            plants.append(Plant('', {ban.file: head + ban.innocent + '\n// ' + ban.planted.replace('\n', ' ') + '\n'}))
    for _, instead, planted in TEXT_BANS:
        plants.append(Plant('instead: ' + instead, {'engine/cache/a.cc': '// ' + planted + '\n'}))
    plants.append(Plant('#pragma once is missing', {'engine/cache/a.h': 'int x;\n'}))
    plants.append(Plant('named by the noun', {'engine/cache/string_utils.h': '#pragma once\n'}))
    plants.append(Plant('at most', {'engine/cache/a.cc': ''.join('#define M%d(x) x\n' % i for i in range(4))}))
    plants.append(Plant('', {'engine/cache/a.cc': ''.join('#define M%d(x) x\n#undef M%d\n' % (i, i) for i in range(9))}))
    plants.append(Plant('', {'engine/cache/a.cc': 'auto s = "throw new TO" "DO rand()"; int n = 20\'000; // throw\n'}))
    return plants


PLANTS = _plants()
