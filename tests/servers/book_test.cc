#include "engine/servers/book.h"

#include <fmt/format.h>

#include <thread>

#include "tests/servers/dice.h"
#include "tests/servers/timeline.h"

namespace servers {
namespace {

using world::Protocol;

/// Returns the address 10.x.y.z of `number`.
world::Address Numbered(uint32_t number) {
  const uint8_t octets[] = {10, static_cast<uint8_t>(number >> 16), static_cast<uint8_t>(number >> 8),
                            static_cast<uint8_t>(number)};
  return *world::Address::FromOctets(octets);
}

/// Asks `address` at `now` and hears back `milliseconds` later.
void Exchange(Book& book, const world::Address& address, const wire::Name& zone, int64_t milliseconds, Report report,
              world::Instant now) {
  book.Sent(address, zone, now);
  book.Answered(address, zone, Protocol::kUdp, Ms(milliseconds), report, now + Ms(milliseconds));
}

TEST_CASE("the round-trip time belongs to the address, errors to the address in its zone") {
  Book book;
  const wire::Name com = N("com.");
  const wire::Name org = N("org.");
  const std::vector<Candidate> both = {{A("192.0.2.1")}, {A("192.0.2.2")}};
  Exchange(book, both[0].address, com, 10, Report::kLame, AtMs(0));
  Exchange(book, both[1].address, com, 100, Report::kValid, AtMs(0));
  Dice dice(3);
  int chosen_in_com = 0;
  int chosen_in_org = 0;
  for (int i = 0; i < 100; ++i) {
    chosen_in_com += book.Choose(both, com, AtMs(500), dice)->index == 0 ? 1 : 0;
    chosen_in_org += book.Choose(both, org, AtMs(500), dice)->index == 0 ? 1 : 0;
  }
  CHECK(chosen_in_com < 10);
  CHECK(chosen_in_org > 90);
}

TEST_CASE("choosing and asking change no measurement") {
  Book book;
  const std::vector<Candidate> one = {{A("192.0.2.1")}};
  Dice dice(3);
  for (int i = 0; i < 10; ++i) {
    book.Sent(one[0].address, N("com."), AtMs(i));
    CHECK(book.Choose(one, N("com."), AtMs(i), dice)->timeout == Ms(400));
  }
  CHECK(book.OfZone(N("com."), AtMs(10)).front().state == "untried");
}

TEST_CASE("the standings of a zone are in the order of the chooser, with reasons") {
  Book book;
  const wire::Name zone = N("example.");
  Exchange(book, A("192.0.2.1"), zone, 10, Report::kLame, AtMs(0));
  Exchange(book, A("192.0.2.2"), zone, 100, Report::kValid, AtMs(0));
  Exchange(book, A("192.0.2.3"), zone, 20, Report::kValid, AtMs(0));
  Exchange(book, A("192.0.2.4"), zone, 22, Report::kNoEdns, AtMs(0));
  book.Sent(A("192.0.2.5"), zone, AtMs(0));
  book.TimedOut(A("192.0.2.5"), zone, AtMs(0), AtMs(400));
  const std::vector<Standing> standings = book.OfZone(N("EXAMPLE."), AtMs(500));
  REQUIRE(standings.size() == 5);
  CHECK(standings[0].address == A("192.0.2.3"));
  CHECK(standings[0].reason == "fastest");
  CHECK(standings[0].srtt == Ms(20));
  CHECK(standings[1].state == "no EDNS");
  CHECK(standings[1].reason == "as good as the fastest; drawn at random");
  CHECK(standings[2].reason == "80 ms slower than the fastest; asked now and then");
  CHECK(standings[3].state == "lame");
  CHECK(standings[3].errors == 1);
  CHECK(standings[3].last_error == "lame");
  CHECK(standings[4].state == "backing off");
  CHECK(standings[4].reason == "no answer 1 time in a row; probed in 400 ms");
  CHECK_FALSE(standings[4].srtt);
}

TEST_CASE("the standings of an address have a line for each of its zones") {
  Book book;
  Exchange(book, A("192.0.2.1"), N("org."), 10, Report::kValid, AtMs(0));
  Exchange(book, A("192.0.2.1"), N("com."), 10, Report::kRefused, AtMs(0));
  Exchange(book, A("192.0.2.2"), N("com."), 10, Report::kValid, AtMs(0));
  const std::vector<Standing> standings = book.OfAddress(A("192.0.2.1"), AtMs(50));
  REQUIRE(standings.size() == 2);
  CHECK(standings[0].zone == N("com."));
  CHECK(standings[0].state == "REFUSED");
  CHECK(standings[1].zone == N("org."));
  CHECK(standings[1].asked == 2);
  CHECK(standings[1].errors == 0);
}

TEST_CASE("the busiest addresses come first, and no more than were asked for") {
  Book book;
  for (uint32_t number = 0; number < 50; ++number) {
    for (uint32_t i = 0; i <= number; ++i) book.Sent(Numbered(number), N("com."), AtMs(0));
  }
  const std::vector<Standing> standings = book.Busiest(3, AtMs(0));
  REQUIRE(standings.size() == 3);
  CHECK(standings[0].address == Numbered(49));
  CHECK(standings[0].asked == 50);
  CHECK(standings[2].address == Numbered(47));
  CHECK_FALSE(standings[0].zone);
  CHECK(book.Busiest(0, AtMs(0)).empty());
}

TEST_CASE("the tables stay bounded by kMaxMeasuredAddresses and kMaxServerZones") {
  Book book;
  const auto count = static_cast<uint32_t>(world::limits::kMaxMeasuredAddresses * 5 / 4);
  for (uint32_t number = 0; number < count; ++number) {
    Exchange(book, Numbered(number), N(fmt::format("z{}.", number / 2)), 10, Report::kValid, AtMs(number));
  }
  const size_t addresses = book.Busiest(count, AtMs(0)).size();
  CHECK(addresses <= world::limits::kMaxMeasuredAddresses);
  CHECK(addresses > world::limits::kMaxMeasuredAddresses * 9 / 10);
  size_t pairs = 0;
  for (uint32_t zone = 0; zone <= count / 2; ++zone) {
    pairs += book.OfZone(N(fmt::format("z{}.", zone)), AtMs(0)).size();
  }
  CHECK(pairs <= world::limits::kMaxServerZones);
  CHECK(pairs > world::limits::kMaxServerZones * 9 / 10);
}

TEST_CASE("a zone keeps 160 servers and no more") {
  Book book;
  for (uint32_t number = 0; number < 161; ++number) book.Sent(Numbered(number), N("com."), AtMs(0));
  CHECK(book.OfZone(N("com."), AtMs(0)).size() == 160);
  book.Sent(Numbered(0), N("com."), AtMs(0));
  CHECK(book.OfZone(N("com."), AtMs(0)).size() == 160);
}

/// Does a little of everything.
void Work(Book& book, uint32_t seed) {
  Dice dice(seed);
  for (uint32_t n = seed; n < seed + 2'000; ++n) {
    const wire::Name zone = *wire::Name::FromText(fmt::format("z{}.", n % 5));
    const std::vector<Candidate> candidates = {{Numbered(n % 7)}, {Numbered(n % 11)}, {Numbered(n % 13)}};
    const world::Instant now = AtMs(n * 10);
    const auto choice = book.Choose(candidates, zone, now, dice);
    const world::Address& chosen = candidates[choice->index].address;
    book.Sent(chosen, zone, now);
    if (n % 9 == 0) book.TimedOut(chosen, zone, now - Ms(500), now);
    if (n % 31 == 0) book.Unreachable(chosen, zone, world::Mishap::kUnreachable, now);
    book.Answered(chosen, zone, Protocol::kUdp, Ms(n % 40), n % 17 == 0 ? Report::kLame : Report::kValid, now);
    if (n % 100 == 0) {
      static_cast<void>(book.OfZone(zone, now));
      static_cast<void>(book.OfAddress(chosen, now));
      static_cast<void>(book.Busiest(5, now));
    }
  }
}

TEST_CASE("two workers use one book at once (run under ThreadSanitizer)") {
  Book book;
  std::thread other([&] { Work(book, 0); });
  Work(book, 1'000);
  other.join();
  uint64_t asked = 0;
  for (const Standing& standing : book.Busiest(100, AtMs(0))) asked += standing.asked;
  CHECK(asked == 4'000);
}

}  // namespace
}  // namespace servers
