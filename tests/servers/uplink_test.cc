#include "engine/servers/uplink.h"

#include <fmt/format.h>

#include <memory>
#include <vector>

#include "engine/servers/book.h"
#include "tests/servers/dice.h"
#include "tests/servers/timeline.h"

namespace servers {
namespace {

using world::Family;
using world::Protocol;

/// Has so many servers fail, each of a network of its own, asked from `sent_ms` on, told at `now_ms`.
void Fail(Uplink& uplink, std::string_view format, int64_t sent_ms, int64_t now_ms, int count = 5) {
  for (int i = 0; i < count; ++i) {
    const Silence silence{A(fmt::format(fmt::runtime(format), i)), AtMs(sent_ms + i), true};
    static_cast<void>(uplink.Failed(silence, AtMs(now_ms)));
  }
}

TEST_CASE("With one family down and the other answering, the family is cut off and the uplink is not dark") {
  Uplink uplink;
  uplink.Answered(A("20.0.0.1"), AtMs(0));
  uplink.Answered(A("2a00::1"), AtMs(0));
  Fail(uplink, "2a0{}::1", 1, 400);
  uplink.Answered(A("20.0.0.1"), AtMs(410));
  CHECK(uplink.StateOf(Family::kIpv6) == Link::kDown);
  CHECK(uplink.IsCutOff(Family::kIpv6));
  CHECK_FALSE(uplink.IsCutOff(Family::kIpv4));
  CHECK_FALSE(uplink.IsDark(AtMs(420)));
}

TEST_CASE("With nobody heard over either family the uplink is dark, and none is cut off for the other") {
  Uplink uplink;
  uplink.Answered(A("20.0.0.1"), AtMs(0));
  uplink.Answered(A("2a00::1"), AtMs(0));
  Fail(uplink, "20.0.{}.1", 1, 400);
  CHECK(uplink.IsDark(AtMs(400)));
  Fail(uplink, "2a0{}::1", 1, 500);
  CHECK(uplink.IsDark(AtMs(500)));
  CHECK_FALSE(uplink.IsCutOff(Family::kIpv4));
  CHECK_FALSE(uplink.IsCutOff(Family::kIpv6));
  uplink.Answered(A("20.0.3.1"), AtMs(600));
  CHECK_FALSE(uplink.IsDark(AtMs(600)));
  CHECK(uplink.IsCutOff(Family::kIpv6));
}

TEST_CASE("Five seconds after the last failure it is not known whether the uplink is dark") {
  Uplink uplink;
  uplink.Answered(A("20.0.0.1"), AtMs(0));
  Fail(uplink, "20.0.{}.1", 1, 400);
  CHECK(uplink.IsDark(AtMs(5'400)));
  CHECK_FALSE(uplink.IsDark(AtMs(5'401)));
  CHECK(uplink.StateOf(Family::kIpv4) == Link::kDown);
}

TEST_CASE("A question that fails within ten seconds after an outage may have failed of it") {
  Uplink uplink;
  uplink.Answered(A("20.0.0.1"), AtMs(0));
  CHECK_FALSE(uplink.IsAtFault(AtMs(1)));
  Fail(uplink, "20.0.{}.1", 1, 400);
  CHECK(uplink.IsAtFault(AtMs(400)));
  uplink.Answered(A("20.0.0.1"), AtMs(60'000));
  CHECK(uplink.IsAtFault(AtMs(70'000)));
  CHECK_FALSE(uplink.IsAtFault(AtMs(70'001)));
}

TEST_CASE("Servers of this network say nothing of the way out of it") {
  Uplink uplink;
  Fail(uplink, "10.0.{}.1", 1, 400, 9);
  Fail(uplink, "127.0.{}.1", 1, 400, 9);
  CHECK(uplink.StateOf(Family::kIpv4) == Link::kUp);
  uplink.Answered(A("20.0.0.1"), AtMs(500));
  Fail(uplink, "20.0.{}.1", 501, 900);
  uplink.Answered(A("192.168.1.1"), AtMs(950));
  CHECK(uplink.IsDark(AtMs(950)));
}

TEST_CASE("A family that is cut off is probed once a second") {
  Uplink uplink;
  CHECK(uplink.TakeProbe(Family::kIpv6, AtMs(0)));
  CHECK_FALSE(uplink.TakeProbe(Family::kIpv6, AtMs(999)));
  CHECK(uplink.TakeProbe(Family::kIpv4, AtMs(999)));
  CHECK(uplink.TakeProbe(Family::kIpv6, AtMs(1'000)));
}

/// Returns the address of server `i`, each of a network of its own.
world::Address Ipv4(int i) { return A(fmt::format("20.0.{}.1", i)); }
world::Address Ipv6(int i) { return A(fmt::format("2a0{}::1", i)); }

/// Has a server answer one question at `now` after 10 ms.
void Answer(Book& book, const world::Address& address, world::Instant now) {
  book.Sent(address, N("example."), now);
  book.Answered(address, N("example."), Protocol::kUdp, Ms(10), Report::kValid, now + Ms(10));
}

/// Has a server be silent when asked at `now`.
void Silent(Book& book, const world::Address& address, world::Instant now) {
  book.Sent(address, N("example."), now);
  book.TimedOut(address, N("example."), now, now + Ms(400));
}

TEST_CASE("After an outage every server stands where it stood before") {
  Book book;
  for (int i = 0; i < 8; ++i) Answer(book, Ipv4(i), AtMs(0));
  for (int64_t ms = 1'000; ms < 600'000; ms += 1'000) {
    for (int i = 0; i < 8; ++i) Silent(book, Ipv4(i), AtMs(ms + i));
  }
  Answer(book, Ipv4(0), AtMs(601'000));
  const auto standings = book.OfZone(N("example."), AtMs(601'100));
  REQUIRE(standings.size() == 8);
  for (const Standing& standing : standings) {
    CHECK(standing.state == "good");
    CHECK(standing.timeouts_in_row == 0);
    CHECK(standing.srtt == Ms(10));
  }
  CHECK(book.uplink().ReportOf(Family::kIpv4, AtMs(601'100)).outages == 1);
}

TEST_CASE("A host or network that cannot be reached is as silent as one that is; a closed port is the server's own") {
  for (const world::Mishap mishap : {world::Mishap::kUnreachable, world::Mishap::kPortUnreachable}) {
    Book book;
    for (int i = 0; i < 6; ++i) Answer(book, Ipv4(i), AtMs(0));
    for (int i = 0; i < 6; ++i) book.Unreachable(Ipv4(i), N("example."), mishap, AtMs(100));
    const bool is_ours = mishap == world::Mishap::kUnreachable;
    CHECK((book.uplink().StateOf(Family::kIpv4) == Link::kDown) == is_ours);
    CHECK(book.OfZone(N("example."), AtMs(100)).front().timeouts_in_row == (is_ours ? 0 : 1));
  }
}

/// Returns a book whose IPv6 servers are cut off since 1 s, and whose IPv4 servers answer more slowly than those did.
std::unique_ptr<Book> WithoutIpv6() {
  auto book = std::make_unique<Book>();
  for (int i = 0; i < 5; ++i) Answer(*book, Ipv6(i), AtMs(0));
  for (int i = 0; i < 5; ++i) Silent(*book, Ipv6(i), AtMs(1'000 + i));
  book->Sent(Ipv4(0), N("example."), AtMs(1'500));
  book->Answered(Ipv4(0), N("example."), Protocol::kUdp, Ms(80), Report::kValid, AtMs(1'580));
  return book;
}

TEST_CASE("A family that is cut off is not chosen, and probed beside the choice once a second") {
  const auto book = WithoutIpv6();
  Dice dice(1);
  const std::vector<Candidate> candidates = {{Ipv6(0)}, {Ipv4(0)}, {Ipv6(1)}};
  int probes = 0;
  for (int64_t ms = 2'000; ms < 12'000; ms += 100) {
    const auto choice = book->Choose(candidates, N("example."), AtMs(ms), dice);
    REQUIRE(choice);
    CHECK(choice->index == 1);
    if (!choice->aside) continue;
    CHECK(choice->aside->reason == "probing its family");
    ++probes;
    Silent(*book, candidates[choice->aside->index].address, AtMs(ms));
  }
  CHECK(probes == 10);
  const auto standings = book->OfZone(N("example."), AtMs(12'000));
  CHECK(standings.front().address == Ipv4(0));
  CHECK(standings.back().state == "cut off");
  CHECK(standings.back().reason == "no server answers over IPv6; probed every second");
}

TEST_CASE("One answer over a family that was cut off brings all of it back") {
  const auto book = WithoutIpv6();
  Answer(*book, Ipv6(4), AtMs(20'000));
  Dice dice(1);
  const std::vector<Candidate> candidates = {{Ipv6(0)}, {Ipv4(0)}};
  const auto choice = book->Choose(candidates, N("example."), AtMs(20'100), dice);
  REQUIRE(choice);
  CHECK(choice->index == 0);
  CHECK(choice->reason == "fastest");
}

TEST_CASE("A zone that is served over the cut off family alone is asked there all the same, a second at the most") {
  const auto book = WithoutIpv6();
  Dice dice(1);
  const std::vector<Candidate> candidates = {{Ipv6(0), 5}, {Ipv6(1), 5}};
  const auto choice = book->Choose(candidates, N("example."), AtMs(2'000), dice);
  REQUIRE(choice);
  CHECK(choice->timeout == Ms(1'000));
}

TEST_CASE("The share of a server is that of its zone's queries; what it won is counted") {
  Book book;
  for (int i = 0; i < 3; ++i) Answer(book, Ipv4(0), AtMs(i));
  Answer(book, Ipv4(1), AtMs(3));
  book.Won(Ipv4(1));
  for (const Standing& standing : book.OfZone(N("example."), AtMs(10))) {
    const bool is_first = standing.address == Ipv4(0);
    CHECK(standing.share_permille == (is_first ? 750 : 250));
    CHECK(standing.won == (is_first ? 0 : 1));
  }
  CHECK_FALSE(book.Busiest(1, AtMs(10)).front().share_permille);
}

}  // namespace
}  // namespace servers
