#include "engine/simulator/network.h"

#include <doctest/doctest.h>

#include <optional>

namespace simulator {
namespace {

constexpr world::Instant kNow{world::Seconds(1)};
constexpr world::WorkerId kWorker{0};
constexpr world::ExchangeId kId{7};

/// Servers that all send the query back after 10 ms.
class Echo final : public Servers {
 public:
  std::vector<Reply> Ask(const world::Address& /*server*/, world::Protocol /*via*/, world::OctetView query,
                         world::Instant /*now*/, uint64_t /*draw*/) override {
    return {{world::Milliseconds(10), world::Octets(query.begin(), query.end())}};
  }
};

/// A query to one server; its octets mean nothing.
world::Ask AskVia(world::Protocol via) {
  world::Ask ask;
  ask.id = kId;
  ask.to = *world::Endpoint::FromText("192.0.2.1", 53);
  ask.via = via;
  ask.query = {1, 2, 3};
  ask.deadline = kNow + world::Seconds(10);
  return ask;
}

/// Returns when the next packet arrives, if it is the next event.
std::optional<world::Instant> NextPacket(Schedule& schedule) {
  const world::Instant at = schedule.NextAt();
  if (at == world::kNever) return std::nullopt;
  const Event event = schedule.TakeNext();
  if (!std::holds_alternative<PacketArrives>(event)) return std::nullopt;
  return at;
}

/// Returns the mishap that is the next event.
std::optional<world::Mishap> NextMishap(Schedule& schedule) {
  const Event event = schedule.TakeNext();
  const auto* strike = std::get_if<MishapStrikes>(&event);
  if (strike == nullptr) return std::nullopt;
  return strike->mishap;
}

TEST_CASE("a datagram's reply takes one round trip, a stream's two") {
  Echo servers;
  Network network(servers, {}, 1);
  Schedule schedule;
  network.Carry(kWorker, AskVia(world::Protocol::kUdp), kNow, schedule);
  CHECK(NextPacket(schedule) == kNow + world::Milliseconds(10));
  Schedule other;
  network.Carry(kWorker, AskVia(world::Protocol::kTcp), kNow, other);
  CHECK(NextPacket(other) == kNow + world::Milliseconds(20));
}

TEST_CASE("the socket of an exchange closes at its deadline, or when it is cancelled") {
  Echo servers;
  Network network(servers, {}, 1);
  Schedule schedule;
  network.Carry(kWorker, AskVia(world::Protocol::kUdp), kNow, schedule);
  CHECK(network.IsOpen(kWorker, kId));
  CHECK(!network.IsOpen(world::WorkerId{1}, kId));
  schedule.TakeNext();
  CHECK(schedule.NextAt() == kNow + world::Seconds(10));
  CHECK(std::holds_alternative<SocketCloses>(schedule.TakeNext()));
  network.Close(kWorker, kId);
  CHECK(!network.IsOpen(kWorker, kId));
}

TEST_CASE("every mischief happens when it is certain") {
  Echo servers;
  Schedule schedule;
  Network(servers, {.no_socket_permille = 1'000}, 1).Carry(kWorker, AskVia(world::Protocol::kUdp), kNow, schedule);
  CHECK(NextMishap(schedule) == world::Mishap::kNoSocket);
  Schedule cut;
  Network(servers, {.cut_stream_permille = 1'000}, 1).Carry(kWorker, AskVia(world::Protocol::kTcp), kNow, cut);
  CHECK(NextMishap(cut) == world::Mishap::kClosed);
  Schedule twice;
  Network network(servers, {.duplicate_permille = 1'000}, 1);
  network.Carry(kWorker, AskVia(world::Protocol::kUdp), kNow, twice);
  CHECK(NextPacket(twice));
  CHECK(NextPacket(twice));
  CHECK(network.traffic().duplicated == 1);
}

TEST_CASE("nothing passes while the uplink is down, nor what was under way when it went down") {
  Echo servers;
  Network network(servers, {.outages = {{kNow + world::Milliseconds(5), kNow + world::Seconds(1)}}}, 1);
  Schedule schedule;
  network.Carry(kWorker, AskVia(world::Protocol::kUdp), kNow, schedule);
  CHECK(!NextPacket(schedule));
  CHECK(network.traffic().lost_to_outages == 1);
  CHECK(network.IsDown(kNow, kNow + world::Milliseconds(5)));
  CHECK(!network.IsDown(kNow, kNow + world::Milliseconds(4)));
  CHECK(!network.IsDown(kNow + world::Seconds(1), kNow + world::Seconds(2)));
}

}  // namespace
}  // namespace simulator
