#include "engine/zone/hints.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "engine/world/limits.h"
#include "tests/zone/zone_text.h"

using zone_test::ErrorOf;
using zone_test::N;

namespace {

/// Parses text as `f.hints`.
absl::StatusOr<zone::SharedRootHints> Hints(std::string_view text) {
  return zone::ParseRootHints(zone_test::Octets(text), "f.hints");
}

}  // namespace

TEST_CASE("The built-in hints are the 13 root servers, each with an IPv4 and an IPv6 address") {
  const zone::SharedRootHints hints = zone::BuiltInRootHints();
  REQUIRE(hints->size() == 13);
  for (const zone::RootHint& hint : *hints) {
    REQUIRE(hint.addresses.size() == 2);
    CHECK(hint.addresses[0].family() != hint.addresses[1].family());
  }
  CHECK((*hints)[1].name == N("b.root-servers.net."));
  CHECK((*hints)[1].addresses[0].ToText() == "170.247.170.2");
  CHECK((*hints)[1].addresses[1].ToText() == "2801:1b8:10::b");
}

TEST_CASE("A hints file is read as named.root is written, addresses before their servers included") {
  const auto hints = Hints(
      "; comment\n"
      "A.TEST. 3600000 A 192.0.2.1\n"
      ". 3600000 NS a.test.\n"
      ". 3600000 IN NS b.test.\n"
      "a.test. 3600000 AAAA 2001:db8::1\n");
  REQUIRE(hints.ok());
  REQUIRE((*hints)->size() == 2);
  CHECK((**hints)[0].addresses.size() == 2);
  CHECK((**hints)[1].addresses.empty());
}

TEST_CASE("A hints file without a server, or without any address, is refused") {
  CHECK(ErrorOf(Hints("")) == "f.hints:1: no NS of the root");
  CHECK(ErrorOf(Hints("a. 1 A 192.0.2.1\n")) == "f.hints:2: no NS of the root");
  CHECK(ErrorOf(Hints(". 1 NS a.\n")) == "f.hints:2: no server has an address");
}

TEST_CASE("A hints file holds the root's NS and their addresses alone") {
  CHECK(ErrorOf(Hints(". 1 NS a.\nb. 1 A 192.0.2.1\n")) == "f.hints:2: b. is no root server of this file");
  CHECK(ErrorOf(Hints("com. 1 NS a.\n")) == "f.hints:1: an NS of com., not of the root");
  CHECK(ErrorOf(Hints(". 1 SOA a. b. 1 1 1 1 1\n")) == "f.hints:1: type SOA: a hints file holds NS, A and AAAA alone");
  CHECK(ErrorOf(Hints(". 1 NS a.\nb. 1 A x\n")) == "f.hints:2: 'x' is no rdata of type A");
}

TEST_CASE("Hints are at most kMaxNameServers servers of kMaxAddressesPerServer addresses") {
  std::string text;
  for (size_t i = 0; i < world::limits::kMaxNameServers; ++i) text += fmt::format(". 1 NS n{}.\n", i);
  for (size_t i = 0; i < world::limits::kMaxAddressesPerServer; ++i) text += fmt::format("n0. 1 A 192.0.2.{}\n", i);
  CHECK(Hints(text).ok());
  CHECK(ErrorOf(Hints(text + ". 1 NS more.\n")) == "f.hints:29: more than 20 servers");
  CHECK(ErrorOf(Hints(text + "n0. 1 A 192.0.2.200\n")) == "f.hints:29: more than 8 addresses");
}
