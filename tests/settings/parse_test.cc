#include "engine/settings/parse.h"

#include <doctest/doctest.h>

#include "engine/settings/pages.h"

using settings::Mistake;
using settings::Mistakes;
using settings::Settings;

namespace {

/// Returns the settings of a text that has no mistake.
Settings Good(std::string_view text) {
  const auto parsed = settings::Parse(text);
  if (const auto* mistakes = std::get_if<Mistakes>(&parsed)) FAIL(settings::ToText(mistakes->front(), "f.toml"));
  return std::get<Settings>(parsed);
}

/// Returns the mistakes of a text, one a line, or `good`.
std::string Told(std::string_view text) {
  const auto parsed = settings::Parse(text);
  if (std::holds_alternative<Settings>(parsed)) return "good";
  std::string lines;
  for (const Mistake& mistake : std::get<Mistakes>(parsed)) lines += settings::ToText(mistake, "f.toml") + "\n";
  return lines;
}

}  // namespace

TEST_CASE("An empty file gives the defaults") { CHECK(Good("") == Settings()); }

TEST_CASE("Every type of setting is read") {
  const Settings settings = Good(
      "[server]\n"
      "listen = ['0.0.0.0', '[::]:5300']\n"
      "workers = 4\n"
      "allow = ['192.0.2.0/24', '2001:db8::1']\n"
      "tcp-idle-timeout = 30\n"
      "[walk]\n"
      "qname-minimisation = 'strict'\n"
      "query-time = '1500ms'\n"
      "max-packets = 20\n"
      "[cache]\n"
      "size = '1 GiB'\n"
      "[log]\n"
      "level = 'debug'\n"
      "[root]\n"
      "zone-file = '/tmp/root.zone'\n"
      "[[stub]]\n"
      "zone = 'Corp.example'\n"
      "servers = ['10.0.0.1', '10.0.0.2:5353']\n"
      "[[stub]]\n"
      "zone = '.'\n"
      "servers = ['10.0.0.3']\n");
  CHECK(settings.server.listen[0].ToText() == "0.0.0.0:53");
  CHECK(settings.server.listen[1].ToText() == "[::]:5300");
  CHECK(settings.server.workers == 4);
  CHECK(settings.server.allow[1].ToText() == "2001:db8::1/128");
  CHECK(settings.server.tcp_idle_timeout == world::Seconds(30));
  CHECK(settings.walk.qname_minimisation == settings::QnameMinimisation::kStrict);
  CHECK(settings.walk.query_time == world::Milliseconds(1500));
  CHECK(settings.walk.max_packets == 20);
  CHECK(settings.cache.size_octets == 1'073'741'824);
  CHECK(settings.log.level == settings::LogLevel::kDebug);
  CHECK(settings.root.zone_file == "/tmp/root.zone");
  REQUIRE(settings.stubs.size() == 2);
  CHECK(settings.stubs[0].zone.ToText() == "Corp.example.");
  CHECK(settings.stubs[0].servers[1].ToText() == "10.0.0.2:5353");
  CHECK(settings.stubs[1].zone.IsRoot());
}

TEST_CASE("All mistakes of a file are told at once, in the order of their places") {
  CHECK(Told("[walk]\n"
             "max-packets = 19\n"
             "[server]\n"
             "lisen = []\n"
             "workers = '4'\n") ==
        "f.toml:2:15: walk.max-packets: found 19, expected a number from 20 to 1000\n"
        "f.toml:4:1: server: found unknown key \"lisen\", expected one of listen, workers, allow, "
        "tcp-idle-timeout, max-tcp-clients, udp-payload-octets, listen-tls, listen-https, https-path, certificate, "
        "key, resolver-name, proxy-from, max-handshakes, state-dir; did you mean `listen`?\n"
        "f.toml:5:11: server.workers: found \"4\", expected a number from 0 to 256\n");
}

TEST_CASE("A key in the wrong section is told where it belongs") {
  CHECK(Told("[server]\nzone-file = 'x'\n").ends_with("state-dir; it belongs to [root]\n"));
  CHECK(Told("workers = 3\n") ==
        "f.toml:1:1: found the key \"workers\" outside of any section; it belongs to [server]\n");
  CHECK(Told("nonsense = 3\n") ==
        "f.toml:1:1: found the key \"nonsense\" outside of any section, expected a [section] before it\n");
}

TEST_CASE("An unknown section is told with the nearest known one") {
  CHECK(Told("[sever]\nworkers = 1\n") ==
        "f.toml:1:2: found unknown section \"sever\", expected one of server, root, upstream, walk, cache, dnssec, "
        "stats, "
        "control, log, forward, forward.pool, forward.route, stub; did you mean `server`?\n");
}

TEST_CASE("A section of the wrong shape is told") {
  CHECK(Told("server = 3\n") == "f.toml:1:10: server: found 3, expected a section: [server]\n");
  CHECK(Told("[stub]\nzone = 'a'\n") == "f.toml:1:1: stub: found a section, expected [[stub]] with two brackets\n");
  CHECK(Told("stub = [3]\n") == "f.toml:1:9: stub: found 3, expected a section: [[stub]]\n");
}

TEST_CASE("Each type tells what it expects") {
  CHECK(Told("[upstream]\nipv4 = 1\n") == "f.toml:2:8: upstream.ipv4: found 1, expected true or false\n");
  CHECK(Told("[root]\nzone-file = false\n") == "f.toml:2:13: root.zone-file: found false, expected a text in quotes\n");
  CHECK(Told("[root]\nzone-file = \"a\\u0000b\"\n") ==
        "f.toml:2:13: root.zone-file: found \"a\\u0000b\", expected a path, in which no zero octet can be\n");
  CHECK(Told("[log]\nlevel = 'wran'\n") ==
        "f.toml:2:9: log.level: found \"wran\", expected \"error\" or \"warn\" or \"info\" or \"debug\"; did you mean "
        "\"warn\"?\n");
  CHECK(Told("[walk]\nquery-time = '10 parsecs'\n") ==
        "f.toml:2:14: walk.query-time: found \"10 parsecs\", expected a time from 1s to 1m, such as 10 (seconds), "
        "\"250ms\", \"10s\" or \"5m\"\n");
  CHECK(Told("[cache]\nsize = '64 MB'\n") ==
        "f.toml:2:8: cache.size: found \"64 MB\", expected a size from 1 MiB to 1024 GiB, such as \"64 MiB\"\n");
  CHECK(Told("[server]\nallow = '10.0.0.0/8'\n") ==
        "f.toml:2:9: server.allow: found \"10.0.0.0/8\", expected a list of a block of addresses such as "
        "\"192.0.2.0/24\" or \"2001:db8::/32\", no bits set after its length\n");
}

TEST_CASE("A bad item of a list is told at its own place") {
  CHECK(
      Told("[server]\nlisten = ['127.0.0.1', 'localhost',\n  7]\n") ==
      "f.toml:2:24: server.listen: found \"localhost\", expected an address such as \"192.0.2.1\", \"192.0.2.1:53\" or "
      "\"[2001:db8::1]:53\"\n"
      "f.toml:3:3: server.listen: found 7, expected an address such as \"192.0.2.1\", \"192.0.2.1:53\" or "
      "\"[2001:db8::1]:53\"\n");
  CHECK(Told("[server]\nallow = ['192.0.2.1/24']\n").starts_with("f.toml:2:10: server.allow: found \"192.0.2.1/24\""));
}

TEST_CASE("A bad name is told") {
  CHECK(Told("[[stub]]\nzone = 'a..b'\nservers = ['10.0.0.1']\n") ==
        "f.toml:2:8: stub.zone: found \"a..b\", expected a domain name such as \"corp.example\"\n");
}

TEST_CASE("A range holds at its ends, and not one beyond") {
  CHECK(Told("[walk]\nmax-packets = 20\n") == "good");
  CHECK(Told("[walk]\nmax-packets = 1000\n") == "good");
  CHECK(Told("[walk]\nmax-packets = 1001\n") != "good");
  CHECK(Told("[walk]\nquery-time = '60s'\n") == "good");
  CHECK(Told("[walk]\nquery-time = '60001ms'\n") != "good");
  CHECK(Told("[walk]\nquery-time = 9223372036854775807\n") != "good");
  CHECK(Told("[walk]\nquery-time = -1\n") != "good");
  CHECK(Told("[server]\nworkers = -1\n") != "good");
  CHECK(Told("[server]\nworkers = 4.0\n") != "good");
}

TEST_CASE("What is given twice is told: keys, sections, items and zones") {
  CHECK(Told("[server]\nworkers = 1\nworkers = 2\n") ==
        "f.toml:3:11: found integer 'workers' a second time, expected each section and key once\n");
  CHECK(Told("[server]\nworkers = 1\n[log]\n[server]\nworkers = 2\n") ==
        "f.toml:4:1: found table 'server' a second time, expected each section and key once\n");
  CHECK(Told("[server]\nlisten = ['127.0.0.1', '127.0.0.1:53']\n") ==
        "f.toml:2:24: server.listen: found \"127.0.0.1:53\", expected each item once\n");
  CHECK(Told("[[stub]]\nzone = 'a'\nservers = ['10.0.0.1']\n[[stub]]\nzone = 'A.'\nservers = ['10.0.0.2']\n") ==
        "f.toml:5:8: stub.zone: found \"A.\", expected each zone once\n");
}

TEST_CASE("A stub must have its zone and at least one server") {
  CHECK(Told("[[stub]]\nservers = []\n") ==
        "f.toml:1:1: stub.zone: not given, expected in each [[stub]]\n"
        "f.toml:2:11: stub.servers: found an empty list, expected a list of an address such as \"192.0.2.1\", "
        "\"192.0.2.1:53\" or \"[2001:db8::1]:53\"\n");
}

TEST_CASE("Mistakes in the syntax do not hide the others") {
  CHECK(Told("[server]\n"
             "workers = = 3\n"
             "udp-payload-octets = 1\n"
             "[walk\n"
             "max-packets = 1\n"
             "[log]\n"
             "level = on\n"
             "format = 'xml'\n") ==
        "f.toml:2:11: found no value of TOML, expected one such as \"text\", 42, true or [\"a\", \"b\"]\n"
        "f.toml:3:22: server.udp-payload-octets: found 1, expected a number from 512 to 4096\n"
        "f.toml:4:6: expected ']', saw '\\n'\n"
        "f.toml:7:9: found no value of TOML, expected one such as \"text\", 42, true or [\"a\", \"b\"]\n"
        "f.toml:8:10: log.format: found \"xml\", expected \"text\" or \"json\"\n");
}

TEST_CASE("A mistake in the syntax within a value of several lines is told once") {
  CHECK(Told("[server]\nlisten = [ oops\n  '127.0.0.1',\n]\n") ==
        "f.toml:2:12: found no value of TOML, expected one such as \"text\", 42, true or [\"a\", \"b\"]\n");
}

TEST_CASE("Settings that contradict each other are told") {
  CHECK(Told("[cache]\nmin-ttl = 60\nmax-ttl = 30\n") ==
        "f.toml:2:11: cache.min-ttl: found 1m, expected at most cache.max-ttl, 30s\n");
  CHECK(Told("[server]\nlisten = []\n") ==
        "f.toml:2:10: server.listen: found an empty list, expected at least one address\n");
  CHECK(Told("[stats]\nsocket = '/run/a'\n[control]\nsocket = '/run/a'\n") ==
        "f.toml:4:10: control.socket: found \"/run/a\", expected another path than stats.socket\n");
}

TEST_CASE("A path fits a unix socket at 107 octets, and not at 108") {
  CHECK(Told("[stats]\nsocket = '/" + std::string(106, 'a') + "'\n") == "good");
  CHECK(Told("[stats]\nsocket = '/" + std::string(107, 'a') + "'\n") ==
        "f.toml:2:10: stats.socket: found a path of 108 octets, expected at most 107\n");
}

TEST_CASE("A file is read at its greatest size, and not beyond") {
  static_assert(world::limits::kMaxSettingsOctets == 4'194'304);
  const std::string most(world::limits::kMaxSettingsOctets, '\n');
  CHECK(Told(most) == "good");
  CHECK(Told(most + "\n") == "f.toml: found 4194305 octets, expected at most 4 MiB\n");
}

TEST_CASE("At most 100 mistakes are told one by one") {
  std::string text = "[server]\n";
  for (int i = 0; i < 101; ++i) text += "key" + std::to_string(i) + " = 1\n";
  const auto mistakes = std::get<Mistakes>(settings::Parse(text));
  REQUIRE(mistakes.size() == 101);
  CHECK(mistakes[100].text == "1 more mistakes");
}

TEST_CASE("A long or hostile text of the file is shown cut and escaped") {
  CHECK(Told("[log]\nlevel = \"\\u001b[31m" + std::string(1000, 'x') + "\"\n") ==
        "f.toml:2:9: log.level: found \"\\u001b[31m" + std::string(55, 'x') +
            "\"..., expected \"error\" or \"warn\" or \"info\" or \"debug\"\n");
}
