#pragma once

#include <absl/container/flat_hash_set.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/simulator/schedule.h"
#include "engine/simulator/seeded_random.h"
#include "engine/simulator/servers.h"
#include "engine/world/effect.h"
#include "engine/world/time.h"

namespace simulator {

/// A time in which no packet gets through: the uplink is down.
struct Outage {
  world::Instant from;
  world::Instant to;

  /// Returns whether `at` is within.
  bool Contains(world::Instant at) const { return from <= at && at < to; }
};

/// What the network does to packets beyond the loss and latency of the servers' own. Of a thousand exchanges each.
struct Mischief {
  int late_permille = 0;         ///< The reply takes up to `most_lateness` longer.
  int duplicate_permille = 0;    ///< The reply comes twice.
  int forged_permille = 0;       ///< An off-path forgery comes before the reply, see ForgeryKind.
  int unreachable_permille = 0;  ///< ICMP in place of the reply.
  int no_socket_permille = 0;    ///< The driver has no socket to send from.
  int cut_stream_permille = 0;   ///< A TCP connection ends before its response.
  world::Duration most_lateness = world::Seconds(3);
  std::vector<Outage> outages{};
};

/// How much the network did.
struct Traffic {
  uint64_t datagrams = 0;  ///< Queries sent over UDP.
  uint64_t streams = 0;    ///< Queries sent over TCP.
  uint64_t replies = 0;
  uint64_t late = 0;
  uint64_t duplicated = 0;
  uint64_t forged = 0;
  uint64_t mishaps = 0;
  uint64_t lost_to_outages = 0;
};

/// The virtual network between the workers and all servers: it carries queries out and puts what comes of them on the
/// schedule. All its chance comes from one seed.
class Network {
 public:
  /// `servers` must outlive this.
  Network(Servers& servers, Mischief mischief, uint64_t seed);

  /// Sends the query of `ask` and schedules what comes back.
  void Carry(world::WorkerId worker, const world::Ask& ask, world::Instant now, Schedule& schedule);

  /// Closes the socket of an exchange, if it is still there.
  void Close(world::WorkerId worker, world::ExchangeId id);

  /// Returns whether the socket of the exchange is open, so that what arrives for it is delivered.
  bool IsOpen(world::WorkerId worker, world::ExchangeId id) const { return open_.contains(Key{worker, id}); }

  /// Returns whether the uplink is down at some time in [from, to].
  bool IsDown(world::Instant from, world::Instant to) const;

  const Traffic& traffic() const { return traffic_; }

 private:
  using Key = std::pair<world::WorkerId, world::ExchangeId>;
  struct Passage;

  /// Sends a datagram, with all that may befall it.
  void CarryDatagram(const Passage& passage);
  /// Opens a connection, sends, and waits for the response or the end.
  void CarryStream(const Passage& passage);
  /// Schedules a forgery that arrives soon.
  void Forge(const Passage& passage);
  /// Schedules a mishap.
  void Strike(const Passage& passage, world::Mishap mishap, world::Duration delay);
  /// Schedules the arrival of octets from `from`, unless the uplink is down by then.
  void Arrive(const Passage& passage, const world::Endpoint& from, world::Octets message, world::Duration delay);
  /// Returns a delay in [0, most].
  world::Duration UpTo(world::Duration most);

  Servers& servers_;
  Mischief mischief_;
  SeededRandom random_;
  Traffic traffic_;
  absl::flat_hash_set<Key> open_;  // Never iterated: its order differs from run to run.
};

}  // namespace simulator
