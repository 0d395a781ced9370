#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/servers/book.h"
#include "engine/world/address.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace selection {

/// What a server does with a question.
enum class Temper : uint8_t { kHealthy, kDead, kLame, kServFail };

/// How a server is from an instant on.
struct Phase {
  world::Instant from;
  Temper temper = Temper::kHealthy;
  world::Duration rtt{};
};

/// A nameserver.
struct Server {
  world::Address address;
  std::vector<Phase> phases;  ///< In order; the first begins at the start of the run.
};

/// A time in which no packet gets through.
struct Outage {
  world::Instant from;
  world::Instant to;
};

/// What comes back for a packet, and when.
struct Reply {
  world::Duration delay{};
  servers::Report report = servers::Report::kValid;
};

/// A packet: whose fate is drawn from these alone, so that every policy meets the same luck.
struct Packet {
  uint64_t query = 0;
  size_t server = 0;
  size_t attempt = 0;
  world::Protocol via = world::Protocol::kUdp;  ///< Over TCP a handshake comes first.
};

/// A small internet whose behaviour is a function of its seed, the packet and the time.
struct Internet {
  uint64_t seed = 0;
  double loss = 0.001;  ///< Of a packet or its answer.
  std::vector<Server> servers;
  std::vector<std::vector<size_t>> zones;  ///< The servers of each.
  std::vector<Outage> outages;

  /// Returns the phase in which a server is.
  const Phase& PhaseOf(size_t server, world::Instant now) const;
  /// Returns what comes back for a packet that is sent at `now`, or nothing.
  std::optional<Reply> Ask(const Packet& packet, world::Instant now) const;
};

/// Returns an address in a network of its own: 10.x.y.1 or 2001:db8:x:y::1.
world::Address AddressOf(size_t server, world::Family family);

/// Returns a number in [0, 1) that depends on the three alone.
double Draw(uint64_t seed, uint64_t what, uint64_t salt);

/// What an internet is made of.
struct Recipe {
  uint64_t seed = 1;
  size_t zones = 100;
  size_t least_servers = 2;
  size_t most_servers = 6;
  double least_rtt_ms = 5;
  double most_rtt_ms = 300;
};

/// The instant at which every run starts.
inline constexpr world::Instant kStart{world::Seconds(1'000'000)};

/// Returns an internet of healthy servers, each with a round-trip time drawn evenly on a logarithmic scale; every other
/// one speaks IPv6.
Internet MakeInternet(const Recipe& recipe);

/// Returns which server of the zone is the fastest (or slowest) at the start.
size_t FastestOf(const Internet& internet, size_t zone);
size_t SlowestOf(const Internet& internet, size_t zone);

}  // namespace selection
