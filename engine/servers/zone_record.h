#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/servers/book.h"
#include "engine/world/address.h"
#include "engine/world/time.h"

namespace servers {

/// How long until an error counts half. A lame server is mended by a person in hours, an overloaded one recovers in
/// seconds: a minute costs the first a handful of questions an hour, and the second a minute.
inline constexpr world::Duration kErrorHalfLife = world::Seconds(60);

/// From this score on a server stands behind the good ones of its zone.
inline constexpr double kErringScore = 0.5;

/// What is remembered of an address as a server of one zone: REFUSED, SERVFAIL and lameness are properties of the two
/// together.
struct ServerInZone {
  world::Address address;
  uint64_t asked = 0;
  uint64_t errors = 0;
  double score = 0;  ///< Of errors, at `scored_at`; decays.
  world::Instant scored_at{};
  std::optional<Report> last_error = std::nullopt;

  /// A response that matched came in. A good one ends all suspicion: it is the zone that is served, or is not.
  void Answered(Report report, world::Instant now);

  /// Returns the score, decayed.
  double ScoreAt(world::Instant now) const;
  /// Returns whether it stands behind the good ones.
  bool ErringAt(world::Instant now) const { return ScoreAt(now) >= kErringScore; }
};

/// The servers of a zone, in no order.
struct ZoneRecord {
  std::vector<ServerInZone> servers;

  /// Returns the record of `address`, or null.
  const ServerInZone* Find(const world::Address& address) const;
  ServerInZone* Find(const world::Address& address);
};

}  // namespace servers
