#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/servers/book.h"
#include "engine/world/address.h"
#include "engine/world/time.h"

namespace servers {

/// How long a server stands behind the good ones of its zone after an error. A lame server is mended by a person in
/// hours, an overloaded one recovers in seconds: a minute costs the first a handful of questions an hour, and the
/// second a minute.
inline constexpr world::Duration kErringTime = world::Seconds(60);

/// What is remembered of an address as a server of one zone: REFUSED, SERVFAIL and lameness are properties of the two
/// together.
struct ServerInZone {
  world::Address address;
  uint64_t asked = 0;
  uint64_t errors = 0;
  world::Instant erred_at = world::Instant::min();  ///< Since its last good answer; or never.
  std::optional<Report> last_error = std::nullopt;

  /// A response that matched came in. A good one ends all suspicion: it is the zone that is served, or is not.
  void Answered(Report report, world::Instant now);

  /// Returns whether it stands behind the good ones.
  bool ErringAt(world::Instant now) const { return now < erred_at + kErringTime; }
};

/// The servers of a zone, in no order.
struct ZoneRecord {
  std::vector<ServerInZone> servers;

  /// Returns the record of `address`, or null.
  const ServerInZone* Find(const world::Address& address) const;
  ServerInZone* Find(const world::Address& address);
};

}  // namespace servers
