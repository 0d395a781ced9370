#include "engine/servers/memory.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/servers/dice.h"
#include "tests/servers/timeline.h"

namespace servers {
namespace {

const world::WallTime kStopped{world::Seconds(1'790'000'000)};

/// Returns the clocks of a process that began to count anew, so many seconds after the other one stopped.
world::Now Restarted(int64_t seconds) { return {AtMs(-500'000'000), kStopped + world::Seconds(seconds)}; }

/// Has `address` answer one question of `zone` at `now`.
void Exchange(Book& book, const world::Address& address, const wire::Name& zone, int64_t milliseconds, Report report,
              world::Instant now) {
  book.Sent(address, zone, now);
  book.Answered(address, zone, world::Protocol::kUdp, Ms(milliseconds), report, now + Ms(milliseconds));
}

/// Returns a book that has seen a fast, a slow, a lame and a silent server.
std::unique_ptr<Book> Experienced() {
  auto book = std::make_unique<Book>();
  const wire::Name zone = N("example.");
  Exchange(*book, A("192.0.2.1"), zone, 10, Report::kValid, AtMs(0));
  Exchange(*book, A("192.0.2.2"), zone, 80, Report::kValid, AtMs(0));
  Exchange(*book, A("2001:db8::3"), zone, 5, Report::kLame, AtMs(0));
  book->Sent(A("192.0.2.4"), zone, AtMs(0));
  book->TimedOut(A("192.0.2.4"), zone, AtMs(0), AtMs(400));
  book->Won(A("192.0.2.2"));
  return book;
}

/// Returns what such a book leaves behind when it is stopped.
world::Octets Left() { return Encode(Experienced()->Remember(), {AtMs(1'000), kStopped}); }

/// Returns why octets are refused, or nothing.
std::string Refusal(world::OctetView octets) {
  const auto memory = Decode(octets, Restarted(0));
  return memory.ok() ? "" : std::string(memory.status().message());
}

TEST_CASE("A ranking survives a restart: order, times, states and counts") {
  const auto before = Experienced();
  const auto memory = Decode(Left(), Restarted(1));
  REQUIRE(memory.ok());
  Book after;
  after.Restore(*memory);
  const auto was = before->OfZone(N("example."), AtMs(2'000));
  const auto is = after.OfZone(N("example."), Restarted(1).mono);
  REQUIRE(is.size() == 4);
  for (size_t i = 0; i < is.size(); ++i) {
    CHECK(is[i].address == was[i].address);
    CHECK(is[i].srtt == was[i].srtt);
    CHECK(is[i].variance == was[i].variance);
    CHECK(is[i].state == was[i].state);
    CHECK(is[i].asked == was[i].asked);
    CHECK(is[i].won == was[i].won);
    CHECK(is[i].errors == was[i].errors);
    CHECK(is[i].timeouts_in_row == was[i].timeouts_in_row);
    CHECK(is[i].last_error == was[i].last_error);
  }
}

TEST_CASE("How much an address loses is known after a restart") {
  Book before;
  const wire::Name zone = N("example.");
  for (int i = 0; i < 200; ++i) {  // Every second packet: one is missed, and the next is answered.
    before.Sent(A("192.0.2.1"), zone, AtMs(100 * i));
    before.TimedOut(A("192.0.2.1"), zone, AtMs(100 * i), AtMs(100 * i + 90));
    before.Answered(A("192.0.2.1"), zone, world::Protocol::kUdp, Ms(10), Report::kValid, AtMs(100 * i + 95));
  }
  const auto memory = Decode(Encode(before.Remember(), {AtMs(20'000), kStopped}), Restarted(1));
  REQUIRE(memory.ok());
  REQUIRE(memory->addresses.size() == 1);
  const double was = before.Remember().addresses.front().record.loss;
  CHECK(was > 0.4);
  CHECK(std::abs(memory->addresses.front().record.loss - was) < 0.001);
}

TEST_CASE("What was measured before the stop has grown older by the time in between") {
  for (const auto& [asleep, expected] : {std::pair{0, 1'000}, std::pair{60, 61'000}, std::pair{-5, 1'000}}) {
    const world::Now now = Restarted(asleep);
    const auto memory = Decode(Left(), now);
    REQUIRE(memory.ok());
    REQUIRE(memory->addresses.size() == 4);
    for (const Memory::OfAddress& entry : memory->addresses) CHECK(now.mono - entry.record.sent_at == Ms(expected));
  }
}

TEST_CASE("What is known already is not replaced by what was kept") {
  Book book;
  Exchange(book, A("192.0.2.1"), N("example."), 300, Report::kValid, Restarted(0).mono);
  book.Restore(*Decode(Left(), Restarted(0)));
  const auto standings = book.OfZone(N("example."), Restarted(0).mono);
  const auto known = std::ranges::find(standings, A("192.0.2.1"), &Standing::address);
  REQUIRE(known != standings.end());
  CHECK(known->srtt == Ms(300));
}

TEST_CASE("An empty book leaves an empty memory") {
  const auto memory = Decode(Encode(Book().Remember(), Restarted(0)), Restarted(0));
  REQUIRE(memory.ok());
  CHECK(memory->addresses.empty());
  CHECK(memory->zones.empty());
}

TEST_CASE("A memory with any octet changed, or cut anywhere, is refused as a whole, with a reason") {
  const world::Octets whole = Left();
  CHECK(Refusal(whole).empty());
  for (size_t i = 0; i < whole.size(); ++i) {
    world::Octets changed = whole;
    changed[i] ^= 0x10;
    CHECK_FALSE(Refusal(changed).empty());
    CHECK_FALSE(Refusal(world::OctetView(whole).first(i)).empty());
  }
}

TEST_CASE("The reason says whether it is another version, no memory at all, or damaged") {
  const world::Octets whole = Left();
  world::Octets version = whole;
  version[16] = '1';
  CHECK(Refusal(version) == "it is of another version");
  CHECK(Refusal({}) == "it is no memory of nameservers");
  CHECK(Refusal(world::OctetView(whole).first(20)) == "it is cut off");
  world::Octets damaged = whole;
  damaged.back() ^= 1;
  CHECK(Refusal(damaged) == "its checksum is wrong");
}

}  // namespace
}  // namespace servers
