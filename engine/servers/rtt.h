#pragma once

#include "engine/world/time.h"

namespace servers {

/// The bounds of a retransmission timeout. The floor leaves room for a server that thinks for a while; past the ceiling
/// another server is the better bet, and a late answer still counts.
inline constexpr world::Duration kLeastTimeout = world::Milliseconds(80);
inline constexpr world::Duration kMostTimeout = world::Milliseconds(2'000);

/// The timeout of a server that has never answered (Unbound: 376 ms, Knot: 400 ms).
inline constexpr world::Duration kUnknownTimeout = world::Milliseconds(400);

/// The round-trip time of an address, smoothed as TCP does it (RFC 6298 section 2). Every exchange has a port and an ID
/// of its own, so that every answer is an exact sample and Karn's rule is not needed.
struct RttEstimate {
  world::Duration smoothed{};
  world::Duration variance{};
  bool measured = false;

  /// Takes a sample in.
  void Add(world::Duration sample);

  /// Returns how long to wait for an answer, this server having been tried `times_tried` times in the question before:
  /// doubled for each (RFC 6298 section 5.5).
  world::Duration Timeout(int times_tried) const;
};

}  // namespace servers
