#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/simulator/internet_parts.h"
#include "engine/simulator/seeded_random.h"
#include "engine/wire/message.h"
#include "engine/world/time.h"

namespace simulator {

/// A stretch of virtual time.
struct Span {
  world::Instant from;
  world::Instant to;

  /// Returns whether the instant is in it.
  bool Has(world::Instant at) const { return from <= at && at < to; }
};

/// A question, and when it is asked.
struct Visit {
  world::Instant at;
  wire::Question question;
};

/// Returns the instants of a span at which the keys of a zone change in any way, to the second.
std::vector<world::Instant> KeyChanges(const ZonePlan& zone, const TrustPlan& plan, const Trust& trust, Span span);

/// How much is asked.
struct Travel {
  size_t sites = 8;     ///< Visited whenever a key changes on the way to them, just before and for a while after.
  size_t strays = 500;  ///< Questions about anything, at any time.
};

/// Returns what is asked in a span, in the order of time.
std::vector<Visit> PlanVisits(const Parts& parts, const Travel& travel, Span span, SeededRandom& random);

}  // namespace simulator
