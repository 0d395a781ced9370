#pragma once

#include <optional>

#include "engine/wire/rrset.h"
#include "engine/world/random.h"
#include "engine/world/time.h"

namespace zone {

/// Decides when the sources of a zone are asked, and how long a zone that they no longer confirm is used (RFC 1035
/// section 3.3.13; draft-wkumari-dnsop-localroot-bcp section 3). Pure: the driver tells what happened, and asks.
///
/// After a confirmation they are asked at the SOA's refresh and not before it, after a failure at its retry, each up to
/// a tenth later, so that not all resolvers ask at once. A resolver without a zone tries after kMinRootPoll, then after
/// twice as long each time.
class Refresh {
 public:
  /// Borrows `random` for its life.
  explicit Refresh(world::Random& random) : random_(random) {}

  /// A source confirmed the zone of that SOA, by giving it or by having no newer one. `checked` is when: earlier than
  /// `now` for a copy of the last run. It is not used after `valid_until`, whoever confirms it.
  void Confirm(const wire::Soa& soa, world::WallTime checked, std::optional<world::WallTime> valid_until,
               world::Now now);

  /// No source was of use.
  void Fail(world::Now now);

  /// There is no zone in use any more, or another one whose use has no end.
  void Clear(world::Now now);

  /// When the sources are to be asked.
  world::Instant next_poll() const { return next_poll_; }

  /// When the zone in use is given up: at its SOA's expire after the last confirmation, or with its signatures.
  std::optional<world::WallTime> expires() const { return expires_; }
  bool IsExpired(world::WallTime now) const { return expires_ && now >= *expires_; }

  /// When a source last confirmed the zone in use.
  std::optional<world::WallTime> checked() const { return checked_; }

 private:
  /// Returns the time, and up to a tenth more of it; at least kMinRootPoll.
  world::Duration Spread(world::Duration time);

  world::Random& random_;
  std::optional<wire::Soa> soa_;  // Of the zone in use.
  std::optional<world::WallTime> checked_;
  std::optional<world::WallTime> expires_;
  world::Instant next_poll_{};
  world::Duration backoff_{};  // Without a zone: how long the last wait was.
};

}  // namespace zone
