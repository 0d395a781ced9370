#include "engine/simulator/internet.h"

#include <absl/container/flat_hash_set.h>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>

#include "engine/simulator/internet_walker.h"

namespace simulator {
namespace {

constexpr world::Instant kNoon{world::Seconds(43'200)};

/// Returns a root zone of 60 TLDs whose servers have addresses of both families.
std::string RootText() {
  std::string text = ". 86400 IN SOA a.root-servers.net. nobody.invalid. 2026082201 1800 900 604800 86400\n";
  for (int i = 0; i < 4; ++i) {
    text += fmt::format(". 518400 IN NS {}.root-servers.net.\n", static_cast<char>('a' + i));
    text += fmt::format("{}.root-servers.net. 518400 IN A 198.41.0.{}\n", static_cast<char>('a' + i), i + 4);
    text +=
        fmt::format("{}.root-servers.net. 518400 IN AAAA 2001:503:ba3e::2:{}\n", static_cast<char>('a' + i), i + 30);
  }
  for (int tld = 0; tld < 60; ++tld) {
    const std::string name = tld == 0 ? "net" : fmt::format("t{}", tld);
    for (int i = 0; i < 3; ++i) {
      const std::string host = tld % 5 == 0 ? fmt::format("{}.gtld-servers.net", static_cast<char>('a' + i))
                                            : fmt::format("ns{}.dns.nic.{}", i, name);
      text += fmt::format("{}. 172800 IN NS {}.\n", name, host);
      if (tld % 5 == 0 && tld != 0) continue;
      text += fmt::format("{}. 172800 IN A 192.5.{}.{}\n", host, tld, 30 + i);
      text += fmt::format("{}. 172800 IN AAAA 2001:503:{}::{}\n", host, tld, 30 + i);
    }
  }
  return text;
}

/// Returns the root zone of its text.
zone::Snapshot Root(const std::string& text) {
  auto parsed = zone::Zone::Parse({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, "test", {});
  REQUIRE_MESSAGE(parsed.ok(), std::string(parsed.status().message()));
  return *std::move(parsed);
}

/// Returns the name of its text.
wire::Name N(std::string_view text) {
  auto name = wire::Name::FromText(text);
  REQUIRE(name.has_value());
  return *name;
}

/// Returns the answer as sorted lines of text.
std::vector<std::string> Lines(const std::vector<wire::RrSet>& answer) {
  std::vector<std::string> lines;
  for (const wire::RrSet& set : answer) {
    for (world::OctetView rdata : set.rdatas) {
      lines.push_back(fmt::format("{} {} {} {:02x}", set.owner.Lowered().ToText(), set.ttl, wire::ToText(set.type),
                                  fmt::join(rdata, "")));
    }
  }
  std::ranges::sort(lines);
  return lines;
}

/// How the walker's outcomes stood to the truth.
struct Tally {
  int answered = 0;
  int unreachable = 0;
  int uncertain = 0;
};

/// Lets the walker resolve `count` names and holds each against the truth.
Tally HoldAgainstTruth(const Internet& internet, Walker& walker, uint64_t count, world::Instant now) {
  Tally tally;
  for (uint64_t i = 0; i < count; ++i) {
    const wire::Question question = internet.NameToAsk(i);
    const Truth truth = internet.TruthOf(question, now);
    const auto found = walker.Resolve(question, now);
    CAPTURE(i);
    CAPTURE(question.name.ToText());
    CAPTURE(wire::ToText(question.type));
    if (truth.unreachable) {
      ++tally.unreachable;
      if (!truth.uncertain) CHECK_FALSE(found.has_value());
      continue;
    }
    if (truth.uncertain) ++tally.uncertain;
    if (truth.uncertain && !found) continue;
    REQUIRE(found.has_value());
    ++tally.answered;
    CHECK(wire::ToText(found->rcode) == wire::ToText(truth.rcode));
    CHECK(Lines(found->answer) == Lines(truth.answer));
  }
  return tally;
}

TEST_CASE("What an honest walker finds is what the model holds to be true") {
  InternetOptions options;
  options.broken_servers_permille = 200;
  const Internet internet(Root(RootText()), options);
  Walker walker(internet);
  const Tally tally = HoldAgainstTruth(internet, walker, 6'000, kNoon);
  CHECK(tally.answered > 5'000);
  CHECK(tally.unreachable > 30);
  CHECK(tally.uncertain < 300);
  CHECK(walker.largest() <= 1232);
  for (size_t i = 0; i < kTempers; ++i) {
    CHECK_MESSAGE(walker.census().tempers[i] > 0, ToText(static_cast<Temper>(i)));
  }
  for (size_t i = 0; i < kShapes; ++i) CHECK_MESSAGE(walker.census().shapes[i] > 0, ToText(static_cast<Shape>(i)));
}

TEST_CASE("Truth knows where most servers are broken, each in its own way") {
  InternetOptions options;
  options.broken_servers_permille = 1'000;
  options.seed = 2;
  const Internet internet(Root(RootText()), options);
  Walker walker(internet);
  const Tally tally = HoldAgainstTruth(internet, walker, 6'000, kNoon);
  CHECK(tally.unreachable > 150);
  CHECK(tally.uncertain > 10);
}

TEST_CASE("Truth knows what a family that is switched off makes unreachable") {
  InternetOptions options;
  options.ipv4 = false;
  const Internet internet(Root(RootText()), options);
  Walker walker(internet);
  const Tally tally = HoldAgainstTruth(internet, walker, 1'500, kNoon);
  CHECK(tally.unreachable > 100);
  CHECK(tally.answered > 700);
}

TEST_CASE("With tempers off every name can be resolved") {
  InternetOptions options;
  options.tempers = false;
  const Internet internet(Root(RootText()), options);
  Walker walker(internet);
  const Tally tally = HoldAgainstTruth(internet, walker, 1'500, kNoon);
  CHECK(tally.unreachable == 0);
  CHECK(tally.uncertain == 0);
}

TEST_CASE("The loopback lab's root zone parses, and its servers are in 127/8 and never the first 2^16") {
  InternetOptions options;
  options.loopback = true;
  const Internet internet(Root(LoopbackRootZone(options)), options);
  Walker walker(internet);
  const Tally tally = HoldAgainstTruth(internet, walker, 1'500, kNoon);
  CHECK(tally.answered > 1'300);
  for (const world::Address& address : internet.RootServers()) CHECK(address.IsLoopback());
}

TEST_CASE("A host of the root's glue has the addresses of the glue when it is asked for by name") {
  const Internet internet(Root(RootText()), {});
  const Truth truth = internet.TruthOf({N("a.gtld-servers.net."), wire::RrType::kA}, kNoon);
  REQUIRE(truth.answer.size() == 1);
  CHECK(world::Address::FromOctets(*truth.answer[0].rdatas.begin())->ToText() == "192.5.0.30");
  const Truth deeper = internet.TruthOf({N("ns1.dns.nic.t7."), wire::RrType::kAaaa}, kNoon);
  REQUIRE(deeper.answer.size() == 1);
  CHECK(world::Address::FromOctets(*deeper.answer[0].rdatas.begin())->ToText() == "2001:503:7::31");
}

TEST_CASE("Another seed is another internet, and the same seed the same") {
  InternetOptions options;
  const zone::Snapshot root = Root(RootText());
  const Internet one(root, options);
  const Internet same(root, options);
  options.seed = 2;
  const Internet other(root, options);
  int differing = 0;
  for (uint64_t i = 0; i < 200; ++i) {
    CHECK(one.NameToAsk(i) == same.NameToAsk(i));
    differing += one.NameToAsk(i) == other.NameToAsk(i) ? 0 : 1;
  }
  CHECK(differing > 150);
}

TEST_CASE("The same draw gives the same replies, and loss takes its share") {
  InternetOptions options;
  options.loss_permille = 100;
  const Internet internet(Root(RootText()), options);
  const world::Address server = internet.RootServers().front();
  const world::Octets query =
      wire::MakeQuery(7, {N("t1."), wire::RrType::kNs}, wire::Recursion::kNotDesired, wire::Edns{});
  Census census;
  int lost = 0;
  for (uint64_t draw = 0; draw < 1'000; ++draw) {
    const auto once = internet.Ask(server, world::Protocol::kUdp, query, kNoon, draw, census);
    const auto again = internet.Ask(server, world::Protocol::kUdp, query, kNoon, draw, census);
    REQUIRE(once.size() == again.size());
    lost += once.empty() ? 1 : 0;
    if (!once.empty()) CHECK((once[0].octets == again[0].octets && once[0].delay == again[0].delay));
  }
  CHECK(lost > 150);
  CHECK(lost < 230);
}

TEST_CASE("An EDNS version that the server does not know is answered BADVERS (RFC 6891 section 6.1.3)") {
  const Internet internet(Root(RootText()), {});
  wire::Edns edns;
  edns.version = 1;
  const world::Octets query = wire::MakeQuery(7, {N("t1."), wire::RrType::kNs}, wire::Recursion::kNotDesired, edns);
  Census census;
  const auto replies = internet.Ask(internet.RootServers()[0], world::Protocol::kUdp, query, kNoon, 0, census);
  REQUIRE(replies.size() == 1);
  const auto response = wire::Parse(replies[0].octets);
  REQUIRE(response.has_value());
  CHECK(wire::ToText(response->header.rcode) == wire::ToText(wire::Rcode::kBadVers));
}

TEST_CASE("No server is at an address that the options forbid") {
  InternetOptions options;
  const zone::Snapshot root = Root(RootText());
  const Internet before(root, options);
  const wire::Question question{N("ns1.hoster0.t1."), wire::RrType::kA};
  const Truth truth = before.TruthOf(question, kNoon);
  if (truth.answer.empty()) return;
  options.never.push_back(*world::Address::FromOctets(*truth.answer[0].rdatas.begin()));
  const Internet after(root, options);
  CHECK_FALSE(after.TruthOf(question, kNoon).answer[0].rdatas.Contains(options.never[0].octets()));
}

}  // namespace
}  // namespace simulator
