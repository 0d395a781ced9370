#pragma once

#include "engine/servers/figures.h"
#include "engine/world/time.h"

namespace servers {

/// The bounds of a retransmission timeout. The floor leaves room for a server that thinks for a while, and
/// for the only server of a zone: five tries, doubling, last longer than a client waits for what is fresh (1.8 s). Past
/// the ceiling another server is the better bet, and a late answer still counts.
inline constexpr world::Duration kLeastTimeout = world::Milliseconds(60);
inline constexpr world::Duration kMostTimeout = world::Milliseconds(2'000);

/// The timeout of a server that has never answered (Unbound: 376 ms, Knot: 400 ms).
inline constexpr world::Duration kUnknownTimeout = world::Milliseconds(400);

/// The round-trip time of an address, smoothed as TCP does it (RFC 6298 section 2). Every exchange has a port and an ID
/// of its own, so that every answer is an exact sample and Karn's rule is not needed.
struct RttEstimate {
  world::Duration smoothed{};
  world::Duration variance{};
  bool measured = false;

  /// Takes a sample in, the one before being `age` old: what is old counts less than RFC 6298 would let it, so that one
  /// or two questions find out that an idle server has become fast.
  void Add(world::Duration sample, world::Duration age, world::Duration half_life = kFigures.half_life);

  /// Returns how long to wait for an answer, doubled so many times (RFC 6298 section 5.5).
  world::Duration Timeout(int doublings) const;
};

}  // namespace servers
