#include "engine/resolver/stragglers.h"

#include <doctest/doctest.h>

#include "engine/wire/query.h"
#include "engine/world/limits.h"

namespace resolver {
namespace {

using iteration::Straggler;
using metrics::Metric;

const world::Endpoint kServer{*world::Address::FromText("192.0.2.1"), 53};
constexpr world::Instant kSent = world::Instant(world::Seconds(100));
constexpr world::Duration kTimeout = world::Milliseconds(400);

/// Stragglers, and what they are written to.
struct Fixture {
  iteration::Ledger At(world::Duration later) { return {book, counters, kSent + later}; }

  /// Sends one to kServer; returns its number.
  world::ExchangeId Send() {
    const world::ExchangeId id{++sent};
    const Straggler straggler{kServer, zone, question, 7, true, kSent, kSent + kTimeout};
    stragglers.Send(id, straggler, query, At({}), out);
    return id;
  }

  /// Delivers the answer to `query` with changes by `change` from `from`; returns whether it was taken note of.
  template <typename Change>
  bool Answer(world::ExchangeId id, world::Duration later, Change change, const world::Endpoint& from = kServer) {
    world::Octets response = query;
    response[2] |= 0x84;  // QR and AA.
    change(response);
    return stragglers.Deliver(id, world::Arrival{from, response}, At(later), out);
  }

  servers::Standing Standing(world::Duration later) const { return book.OfZone(zone, kSent + later).front(); }

  wire::Name zone = *wire::Name::FromText("example.");
  wire::Question question{*wire::Name::FromText("www.example."), wire::RrType::kA};
  world::Octets query = wire::MakeQuery(7, question, wire::Recursion::kNotDesired, std::nullopt);
  servers::Book book;
  metrics::Counters counters;
  Stragglers stragglers;
  world::Effects out;
  uint64_t sent = 0;
};

constexpr auto kUnchanged = [](world::Octets&) {};

TEST_CASE("A straggler is sent, and its answer is a measurement of the server") {
  Fixture fixture;
  fixture.book.Sent(kServer.address, fixture.zone, kSent);
  const world::ExchangeId id = fixture.Send();
  REQUIRE(fixture.out.list().size() == 1);
  const auto& ask = std::get<world::Ask>(fixture.out.list().front());
  CHECK(ask.to == kServer);
  CHECK(ask.query == fixture.query);
  CHECK(fixture.Answer(id, world::Milliseconds(30), kUnchanged));
  CHECK(fixture.Standing(world::Milliseconds(30)).srtt == world::Milliseconds(30));
  CHECK(fixture.stragglers.NextDeadline() == world::kNever);
  CHECK_FALSE(fixture.Answer(id, world::Milliseconds(31), kUnchanged));
}

TEST_CASE("What is not the answer to a straggler changes no measurement, and the wait goes on (RFC 5452 9.1)") {
  Fixture fixture;
  fixture.book.Sent(kServer.address, fixture.zone, kSent);
  const world::ExchangeId id = fixture.Send();
  const world::Duration later = world::Milliseconds(30);
  CHECK(fixture.Answer(id, later, [](world::Octets& response) { response[1] ^= 1; }));
  CHECK(fixture.Answer(id, later, [](world::Octets& response) { response[13] ^= 2; }));
  CHECK(fixture.Answer(id, later, [](world::Octets& response) { response.resize(11); }));
  CHECK(fixture.Answer(id, later, kUnchanged, {*world::Address::FromText("192.0.2.2"), 53}));
  CHECK_FALSE(fixture.Standing(later).srtt);
  CHECK(fixture.counters.Get(Metric::kUpstreamMismatched) == 4);
  CHECK(fixture.Answer(id, later, kUnchanged));
  CHECK(fixture.Standing(later).srtt == later);
}

TEST_CASE("A straggler counts as silent once it is overdue, and its answer still counts until it is given up") {
  Fixture fixture;
  fixture.book.Sent(kServer.address, fixture.zone, kSent);
  const world::ExchangeId id = fixture.Send();
  CHECK(fixture.stragglers.NextDeadline() == kSent + kTimeout);
  fixture.stragglers.Expire(fixture.At(kTimeout - world::Duration(1)), fixture.out);
  CHECK(fixture.Standing(kTimeout).timeouts_in_row == 0);
  fixture.stragglers.Expire(fixture.At(kTimeout), fixture.out);
  CHECK(fixture.Standing(kTimeout).timeouts_in_row == 1);
  CHECK(fixture.Answer(id, world::Seconds(1), kUnchanged));
  CHECK(fixture.Standing(world::Seconds(1)).timeouts_in_row == 0);
}

TEST_CASE("A straggler that nobody answers is given up after kMaxQueryTime, and its socket with it") {
  Fixture fixture;
  const world::ExchangeId id = fixture.Send();
  fixture.stragglers.Expire(fixture.At(kTimeout), fixture.out);
  CHECK(fixture.stragglers.NextDeadline() == kSent + world::limits::kMaxQueryTime);
  fixture.out.Clear();
  fixture.stragglers.Expire(fixture.At(world::limits::kMaxQueryTime), fixture.out);
  REQUIRE(fixture.out.list().size() == 1);
  CHECK(std::get<world::Cancel>(fixture.out.list().front()).id == id);
  CHECK(fixture.stragglers.NextDeadline() == world::kNever);
}

TEST_CASE("An unreachable server is known by a straggler too; our own want of a socket says nothing of it") {
  Fixture fixture;
  fixture.book.Sent(kServer.address, fixture.zone, kSent);
  const world::ExchangeId poor = fixture.Send();
  CHECK(fixture.stragglers.Deliver(poor, world::Mishap::kNoSocket, fixture.At({}), fixture.out));
  CHECK(fixture.Standing({}).timeouts_in_row == 0);
  const world::ExchangeId refused = fixture.Send();
  CHECK(fixture.stragglers.Deliver(refused, world::Mishap::kPortUnreachable, fixture.At({}), fixture.out));
  CHECK(fixture.Standing({}).timeouts_in_row == 1);
}

TEST_CASE("kMaxStragglers are out at a time, and not one more") {
  Fixture fixture;
  for (size_t i = 0; i < world::limits::kMaxStragglers; ++i) fixture.Send();
  CHECK(fixture.out.list().size() == world::limits::kMaxStragglers);
  CHECK(fixture.counters.Get(Metric::kLimitStragglers) == 0);
  fixture.Send();
  CHECK(fixture.out.list().size() == world::limits::kMaxStragglers);
  CHECK(fixture.counters.Get(Metric::kLimitStragglers) == 1);
}

}  // namespace
}  // namespace resolver
