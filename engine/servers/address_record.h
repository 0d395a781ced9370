#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "engine/servers/book.h"
#include "engine/servers/figures.h"
#include "engine/servers/rtt.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace servers {

/// The instant of what has never been.
inline constexpr world::Instant kNeverBefore = world::Instant::min();

/// How long an address rests at most: a server that came back is not to wait longer than a person would.
inline constexpr world::Duration kLongestRest = world::Seconds(30);

/// How long a server that failed on EDNS is asked without.
inline constexpr world::Duration kPlainTime = world::Seconds(3'600);

/// What is remembered of an address, whatever the zone: how fast it is, and whether it answers at all. Plain data and
/// pure rules; the book has the locks.
struct AddressRecord {
  RttEstimate rtt;  ///< Over UDP.
  world::Instant sent_at = kNeverBefore;
  world::Instant answered_at = kNeverBefore;
  world::Instant rests_until = kNeverBefore;  ///< Not to be asked before, unless nobody better is left.
  world::Instant plain_until = kNeverBefore;  ///< Asked without EDNS before.
  int32_t timeouts_in_row = 0;                ///< While it rests, timeouts count no more: they are of one generation.
  double loss = 0;                            ///< The share of its packets that gets lost while it lives, smoothed.
  uint32_t explorations = 0;
  uint64_t asked = 0;
  uint64_t answered = 0;
  uint64_t timeouts = 0;
  uint64_t won = 0;  ///< Questions answered for which another was asked before, and was still listened to.

  /// A query goes out. If the address has rested, this one is the probe, and others wait for its outcome.
  void Sent(world::Instant now);

  /// A response that matched came in, `sample` after its query.
  void Answered(world::Protocol via, world::Duration sample, Report report, world::Instant now,
                const Figures& figures = kFigures);

  /// A query that was sent at `sent` has waited as long as it was given.
  void TimedOut(world::Instant sent, world::Instant now, const Figures& figures = kFigures);

  /// The network says that nobody is there.
  void Unreachable(world::Instant now, const Figures& figures = kFigures);

  /// Its silence was not its own fault.
  void Forgive();

  /// Returns how many packets in a row it may miss by mere loss, but for one time in a hundred.
  int Patience() const;
  /// Returns how many it missed in a row beyond that: it may be dead.
  int Silences() const { return std::max(0, timeouts_in_row - Patience()); }
  bool IsSilent() const { return Silences() > 0; }
  /// Returns whether it is silent and not to be probed yet.
  bool RestsAt(world::Instant now) const { return now < rests_until; }
  bool WithEdnsAt(world::Instant now) const { return now >= plain_until; }

 private:
  /// Counts packets that got lost, though it lives.
  void Lost(int packets, const Figures& figures);
  /// Counts a failure to answer, once for all queries that were out at the time.
  void Rest(world::Instant now, const Figures& figures);
};

}  // namespace servers
