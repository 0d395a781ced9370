// Master-file text as records: what RFC 1035 section 5 allows, and what is refused.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/world/limits.h"
#include "engine/zone/record_reader.h"
#include "tests/zone/zone_text.h"

namespace {

using zone_test::N;

/// Returns the records of the text, each as `line owner ttl type rdata`, or the error that ends them.
std::vector<std::string> Read(std::string_view text, std::string_view origin = ".") {
  zone::RecordReader reader(zone_test::Octets(text), "f", N(origin));
  std::vector<std::string> records;
  while (true) {
    const auto record = reader.Next();
    if (!record.ok()) {
      records.push_back(std::string(record.status().message()));
      return records;
    }
    if (!record->has_value()) return records;
    std::string line = std::to_string((*record)->line) + " " + (*record)->owner.ToText() + " " +
                       std::to_string((*record)->ttl) + " " + wire::ToText((*record)->type);
    for (const uint8_t octet : (*record)->rdata) line += " " + std::to_string(octet);
    records.push_back(line);
  }
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("TTL and class stand in either order, and each may be left out (RFC 1035 5.1)") {
  CHECK(Read("a. 60 IN A 192.0.2.1\n") == Lines{"1 a. 60 A 192 0 2 1"});
  CHECK(Read("a. IN 60 A 192.0.2.1\n") == Lines{"1 a. 60 A 192 0 2 1"});
  CHECK(Read("a. 60 A 192.0.2.1\n") == Lines{"1 a. 60 A 192 0 2 1"});
  CHECK(Read("$TTL 60\na. IN A 192.0.2.1\n") == Lines{"2 a. 60 A 192 0 2 1"});
  CHECK(Read("$TTL 60\na. a 192.0.2.1\n") == Lines{"2 a. 60 A 192 0 2 1"});
}

TEST_CASE("Without a TTL the last stated one counts (RFC 1035 5.1), and $TTL before that (RFC 2308 4)") {
  CHECK(Read("a. 60 A 192.0.2.1\nb. A 192.0.2.1\n")[1] == "2 b. 60 A 192 0 2 1");
  CHECK(Read("$TTL 30\na. 60 A 192.0.2.1\nb. A 192.0.2.1\n")[1] == "3 b. 30 A 192 0 2 1");
  CHECK(Read("a. A 192.0.2.1\n") == Lines{"f:1: no TTL, neither here nor before"});
}

TEST_CASE("A TTL may have units, and none is above 2^31-1 (RFC 2181 8)") {
  CHECK(Read("a. 1h30m A 192.0.2.1\n") == Lines{"1 a. 5400 A 192 0 2 1"});
  CHECK(Read("$TTL 1W\na. A 192.0.2.1\n") == Lines{"2 a. 604800 A 192 0 2 1"});
  CHECK(Read("a. 2147483647 A 192.0.2.1\n") == Lines{"1 a. 2147483647 A 192 0 2 1"});
  CHECK(Read("a. 2147483648 A 192.0.2.1\n") == Lines{"f:1: '2147483648' is no TTL"});
  CHECK(Read("a. 99999999999999999999999 A 192.0.2.1\n") == Lines{"f:1: '99999999999999999999999' is no TTL"});
  CHECK(Read("a. 10x A 192.0.2.1\n") == Lines{"f:1: '10x' is no TTL"});
}

TEST_CASE("A blank owner is the last one, and the first record has to have one") {
  CHECK(Read("a. 60 A 192.0.2.1\n  60 A 192.0.2.2\n\t A 192.0.2.3\n") ==
        Lines{"1 a. 60 A 192 0 2 1", "2 a. 60 A 192 0 2 2", "3 a. 60 A 192 0 2 3"});
  CHECK(Read("  60 A 192.0.2.1\n") == Lines{"f:1: the first record has no owner"});
}

TEST_CASE("Names without a final dot end in the origin, $ORIGIN's own included") {
  CHECK(Read("www 60 A 192.0.2.1\n", "example.") == Lines{"1 www.example. 60 A 192 0 2 1"});
  CHECK(Read("@ 60 A 192.0.2.1\n", "example.") == Lines{"1 example. 60 A 192 0 2 1"});
  CHECK(Read("$ORIGIN sub\nwww 60 A 192.0.2.1\n", "example.") == Lines{"2 www.sub.example. 60 A 192 0 2 1"});
  CHECK(Read("$ORIGIN org.\nwww 60 NS ns\n", "example.") == Lines{"2 www.org. 60 NS 2 110 115 3 111 114 103 0"});
  CHECK(Read("w 60 NS @\n", "org.") == Lines{"1 w.org. 60 NS 3 111 114 103 0"});
}

TEST_CASE("A dot that a backslash makes part of a label does not end a name (RFC 1035 5.1)") {
  CHECK(Read("a\\. 60 A 192.0.2.1\n", "org.") == Lines{"1 a\\..org. 60 A 192 0 2 1"});
  CHECK(Read("a\\\\. 60 A 192.0.2.1\n", "org.") == Lines{"1 a\\\\. 60 A 192 0 2 1"});
  CHECK(Read("a\\ b. 60 A 192.0.2.1\n") == Lines{"1 a\\032b. 60 A 192 0 2 1"});
}

TEST_CASE("Parentheses join lines, and the record's line is its first") {
  CHECK(Read("\n; note\na. 60 (\n  NS ; the server\n  b.\n)\nc. 60 NS b.\n") ==
        Lines{"3 a. 60 NS 1 98 0", "7 c. 60 NS 1 98 0"});
}

TEST_CASE("Semicolons and parentheses inside quotes or after a backslash are text") {
  CHECK(Read("a. 60 TXT \"x;(y\"\n") == Lines{"1 a. 60 TXT 4 120 59 40 121"});
  CHECK(Read("a. 60 TXT x\\;y ; note\n") == Lines{"1 a. 60 TXT 3 120 59 121"});
}

TEST_CASE("Carriage returns before line ends are blank") {
  CHECK(Read("a. 60 A 192.0.2.1\r\nb. 60 A 192.0.2.2\r\n") == Lines{"1 a. 60 A 192 0 2 1", "2 b. 60 A 192 0 2 2"});
}

TEST_CASE("Any type takes generic rdata, and a known one only such as it has (RFC 3597 5)") {
  CHECK(Read("a. 60 TYPE65280 \\# 3 ab CDef\n") == Lines{"1 a. 60 TYPE65280 171 205 239"});
  CHECK(Read("a. 60 TYPE65280 \\# 0\n") == Lines{"1 a. 60 TYPE65280"});
  CHECK(Read("a. 60 A \\# 4 c0000201\n") == Lines{"1 a. 60 A 192 0 2 1"});
  CHECK(Read("a. 60 A \\# 3 c00002\n") == Lines{"f:1: '\\# 3 c00002' is no rdata of type A"});
  CHECK(Read("a. 60 TYPE65280 \\# 2 abcdef\n") == Lines{"f:1: '\\# 2 abcdef' is no rdata of type TYPE65280"});
  CHECK(Read("a. 60 TYPE65280 \\# 4 abcdef\n") == Lines{"f:1: '\\# 4 abcdef' is no rdata of type TYPE65280"});
  CHECK(Read("a. 60 TYPE65280 \\# 2 abcde\n") == Lines{"f:1: '\\# 2 abcde' is no rdata of type TYPE65280"});
  CHECK(Read("a. 60 TYPE65280 x\n") == Lines{"f:1: 'x' is no rdata of type TYPE65280"});
}

TEST_CASE("Rdata has all its fields and no more") {
  CHECK(Read("a. 60 A\n") == Lines{"f:1: '' is no rdata of type A"});
  CHECK(Read("a. 60 A 192.0.2.1 x\n") == Lines{"f:1: '192.0.2.1 x' is no rdata of type A"});
  CHECK(Read("a. 60 A 192.0.2.256\n") == Lines{"f:1: '192.0.2.256' is no rdata of type A"});
  CHECK(Read("a. 60 MX 10\n") == Lines{"f:1: '10' is no rdata of type MX"});
  CHECK(Read("a. 60 SOA b. c. 1 2 3 4\n") == Lines{"f:1: 'b. c. 1 2 3 4' is no rdata of type SOA"});
}

TEST_CASE("A record that ends early or names no type says so with its line") {
  CHECK(Read("\na.\n") == Lines{"f:2: the record ends before its type"});
  CHECK(Read("a. 60 IN\n") == Lines{"f:1: the record ends before its type"});
  CHECK(Read("a. 60 IN FOO x\n") == Lines{"f:1: 'FOO' is no type"});
  CHECK(Read("a. 60 CH TXT x\n") == Lines{"f:1: class 'CH': only IN is served"});
  CHECK(Read("a..b. 60 A 192.0.2.1\n") == Lines{"f:1: 'a..b.' is no domain name"});
}

TEST_CASE("No directive makes another file be read") {
  CHECK(Read("$INCLUDE /etc/passwd\n") == Lines{"f:1: $INCLUDE is not followed: a zone is one file"});
  CHECK(Read("$include x\n") == Lines{"f:1: $INCLUDE is not followed: a zone is one file"});
  CHECK(Read("$GENERATE 1-9 a A 192.0.2.$\n") == Lines{"f:1: more than one word after '$GENERATE'"});
  CHECK(Read("$DATE x\n") == Lines{"f:1: unknown directive '$DATE'"});
  CHECK(Read("$TTL x\n") == Lines{"f:1: 'x' is no TTL"});
  CHECK(Read("$ORIGIN a..\n") == Lines{"f:1: 'a..' is no domain name"});
}

TEST_CASE("A text that is cut short is told by what is left open") {
  CHECK(Read("a. 60 A 192.0.2.1") == Lines{"f:1: the last line has no end: is the file cut short?"});
  CHECK(Read("a. 60 A 192.0.2.1\n; the e").back() == "f:2: the last line has no end: is the file cut short?");
  CHECK(Read("\na. 60 NS (\nb.\n") == Lines{"f:2: a parenthesis is never closed: is the file cut short?"});
  CHECK(Read("a. 60 NS b.)\n") == Lines{"f:1: a parenthesis is closed that was not opened"});
  CHECK(Read("a. 60 TXT \"b\nc\"\n") == Lines{"f:1: a quoted text goes on beyond its line"});
  CHECK(Read("a. 60 TXT \"b") == Lines{"f:1: the last line has no end: is the file cut short?"});
  CHECK(Read("a. 60 TXT b\\\n") == Lines{"f:1: a backslash ends the line"});
}

TEST_CASE("A zero octet is no text") {
  CHECK(Read(std::string_view("a. 60 TXT \0\n", 12)) == Lines{"f:1: a zero octet: not a text file"});
  CHECK(Read(std::string_view("a. 60 TXT \\\0\n", 13)) == Lines{"f:1: a zero octet: not a text file"});
}

TEST_CASE("An entry may have kMaxZoneEntryOctets and no more") {
  const std::string head = "a. 60 TYPE65280 \\# 1 ab";
  const std::string fits = head + std::string(world::limits::kMaxZoneEntryOctets - head.size(), ' ');
  CHECK(Read(fits + "\n") == Lines{"1 a. 60 TYPE65280 171"});
  CHECK(Read(fits + " \n") == Lines{"f:1: entry too long"});
}

TEST_CASE("An error shows the text short and printable") {
  const std::string error = Read("a. 60 A " + std::string(100, '\x1b') + "\n")[0];
  CHECK(error == "f:1: '" + std::string(60, '?') + "...' is no rdata of type A");
}
