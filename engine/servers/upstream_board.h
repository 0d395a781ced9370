#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/servers/upstream_record.h"
#include "engine/world/time.h"

namespace servers {

/// An upstream: its place in the plan of pools, the same in all engines of a process.
enum class UpstreamId : uint16_t {};

/// What a forwarder sees of an upstream.
struct Glance {
  Health health = Health::kUp;
  std::optional<world::Duration> timeout;  ///< From its RTT; nothing while it has never answered.
  std::vector<world::Address> addresses;
};

/// How often upstreams are probed.
struct ProbeRules {
  world::Duration interval = world::Seconds(30);
  world::Duration interval_down = world::Seconds(2);  ///< Also of those that are suspect.
};

/// What is remembered of upstreams: health, RTT, counts, and the addresses of those that are given by name. Shared by
/// the workers; every method may be called from any thread. Bounded by kMaxUpstreams.
class UpstreamBoard {
 public:
  UpstreamBoard() = default;
  UpstreamBoard(const UpstreamBoard&) = delete;
  UpstreamBoard& operator=(const UpstreamBoard&) = delete;

  /// Makes the records of upstreams, by their URLs, unless they are there.
  void Prepare(std::span<const std::string> names, const HealthRules& rules);

  /// Returns what is known of some upstreams, in their order. Requires: Prepare.
  std::vector<Glance> Look(std::span<const UpstreamId> upstreams, world::Instant now) const;

  /// A query goes out.
  void Sent(UpstreamId id, world::Instant now);
  /// A response came that serves its purpose, `rtt` after its query.
  void Answered(UpstreamId id, world::Duration rtt, world::Instant now);
  /// Its answer was taken; the others in the race lost it.
  void Won(UpstreamId id);
  void Lost(UpstreamId id);
  /// It answered with an error that may be the name's fault and not its own.
  void Erred(UpstreamId id, std::string_view what);
  /// It failed, or did not answer the query sent at `sent` in its time.
  void Failed(UpstreamId id, std::string_view why, world::Instant sent, world::Instant now);

  /// Returns those that are to be probed by now; each is due again after its interval.
  std::vector<UpstreamId> TakeDue(const ProbeRules& rules, world::Instant now);

  /// Returns when the next one is due; kNever without any.
  world::Instant NextDue() const;

  /// Takes what the look-up of its name brought, to be used until it is looked up again.
  void SetAddresses(UpstreamId id, std::vector<world::Address> addresses, world::Instant until);
  /// Returns whether the addresses of its name are too old. Told so once: the next time after `patience`.
  bool TakeStale(UpstreamId id, world::Duration patience, world::Instant now);

  /// Returns a copy of all records, for people.
  std::vector<UpstreamRecord> Records() const;
  /// Returns how many are down.
  size_t CountDown() const;

 private:
  /// Returns the record of an upstream. Requires: the lock is held.
  UpstreamRecord& At(UpstreamId id) { return records_[static_cast<size_t>(id)]; }

  mutable std::mutex mutex_;
  HealthRules rules_;
  std::vector<UpstreamRecord> records_;
};

}  // namespace servers
