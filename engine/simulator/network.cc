#include "engine/simulator/network.h"

#include <optional>
#include <utility>

#include "engine/simulator/forgery.h"

namespace simulator {
namespace {

/// How soon forgeries, ICMP messages and copies come.
constexpr world::Duration kSoon = world::Milliseconds(20);

}  // namespace

/// One query on its way, and where to put what comes of it.
struct Network::Passage {
  world::WorkerId worker;
  const world::Ask& ask;
  world::Instant now;
  Schedule& schedule;
};

Network::Network(Servers& servers, Mischief mischief, uint64_t seed)
    : servers_(servers), mischief_(std::move(mischief)), random_(seed) {}

void Network::Carry(world::WorkerId worker, const world::Ask& ask, world::Instant now, Schedule& schedule) {
  open_.insert(Key{worker, ask.id});
  schedule.Add(std::max(now, ask.deadline), SocketCloses{worker, ask.id});
  const Passage passage{worker, ask, now, schedule};
  if (random_.Permille(mischief_.no_socket_permille)) return Strike(passage, world::Mishap::kNoSocket, {});
  const bool is_stream = world::IsStream(ask.via);
  ++(is_stream ? traffic_.streams : traffic_.datagrams);
  if (IsDown(now, now)) {
    ++traffic_.lost_to_outages;
    // A router says so now and then; most often it is silent.
    if (random_.OneIn(4)) Strike(passage, world::Mishap::kUnreachable, UpTo(kSoon));
    return;
  }
  if (random_.Permille(mischief_.unreachable_permille)) {
    const world::Mishap mishap = random_.OneIn(2) ? world::Mishap::kPortUnreachable : world::Mishap::kUnreachable;
    return Strike(passage, mishap, UpTo(kSoon));
  }
  is_stream ? CarryStream(passage) : CarryDatagram(passage);
}

void Network::CarryDatagram(const Passage& passage) {
  if (random_.Permille(mischief_.forged_permille)) Forge(passage);
  const world::Ask& ask = passage.ask;
  for (Reply& reply : servers_.Ask(ask.to.address, ask.via, ask.query, passage.now, random_.Bits64())) {
    if (reply.mishap) return Strike(passage, *reply.mishap, reply.delay);
    world::Duration delay = reply.delay;
    if (random_.Permille(mischief_.late_permille)) {
      ++traffic_.late;
      delay += UpTo(mischief_.most_lateness);
    }
    if (random_.Permille(mischief_.duplicate_permille)) {
      ++traffic_.duplicated;
      Arrive(passage, ask.to, reply.octets, delay + UpTo(kSoon));
    }
    Arrive(passage, ask.to, std::move(reply.octets), delay);
  }
}

void Network::CarryStream(const Passage& passage) {
  const world::Ask& ask = passage.ask;
  std::vector<Reply> replies = servers_.Ask(ask.to.address, ask.via, ask.query, passage.now, random_.Bits64());
  const bool is_cut = random_.Permille(mischief_.cut_stream_permille);
  for (Reply& reply : replies) {
    // The handshake costs one round trip more than a datagram.
    const world::Duration delay = 2 * reply.delay;
    if (reply.mishap) return Strike(passage, *reply.mishap, reply.delay);
    if (is_cut) return Strike(passage, world::Mishap::kClosed, delay);
    Arrive(passage, ask.to, std::move(reply.octets), delay);
  }
}

void Network::Forge(const Passage& passage) {
  const ForgeryKind kind = static_cast<ForgeryKind>(random_.Below(kForgeryKinds));
  std::optional<world::Octets> forged = MakeForgery(kind, passage.ask.query, random_);
  if (!forged) return;
  ++traffic_.forged;
  Arrive(passage, ForgedSource(kind, passage.ask.to, random_), *std::move(forged), UpTo(kSoon));
}

void Network::Strike(const Passage& passage, world::Mishap mishap, world::Duration delay) {
  ++traffic_.mishaps;
  passage.schedule.Add(passage.now + delay, MishapStrikes{passage.worker, passage.ask.id, mishap});
}

void Network::Arrive(const Passage& passage, const world::Endpoint& from, world::Octets message,
                     world::Duration delay) {
  const world::Instant at = passage.now + delay;
  if (IsDown(at, at)) {
    ++traffic_.lost_to_outages;
    return;
  }
  ++traffic_.replies;
  passage.schedule.Add(at, PacketArrives{passage.worker, passage.ask.id, from, std::move(message)});
}

void Network::Close(world::WorkerId worker, world::ExchangeId id) { open_.erase(Key{worker, id}); }

bool Network::IsDown(world::Instant from, world::Instant to) const {
  for (const Outage& outage : mischief_.outages) {
    if (outage.from <= to && from < outage.to) return true;
  }
  return false;
}

world::Duration Network::UpTo(world::Duration most) {
  return world::Duration(static_cast<int64_t>(random_.Below(static_cast<uint64_t>(most.count()) + 1)));
}

}  // namespace simulator
