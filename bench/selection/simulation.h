#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bench/selection/policy.h"
#include "bench/selection/scenario.h"
#include "engine/world/time.h"

namespace selection {

/// What clients and servers saw of a run, after its warm-up. A failure counts as 5 s of latency.
struct Result {
  world::Duration p50{};
  world::Duration p95{};
  world::Duration p99{};
  world::Duration p999{};
  double failures = 0;                      ///< Share of the questions.
  double packets = 0;                       ///< For each question.
  std::optional<world::Duration> recovery;  ///< Until the targets are used again: the median of the zones.
};

/// A packet that a policy sent.
struct Sent {
  uint64_t query = 0;
  size_t server = 0;  ///< In the internet.
  world::Instant at;
  bool aside = false;
};

/// How a question ended: with an answer, or without.
struct Ended {
  uint64_t query = 0;
  world::Instant at;
  bool answered = false;
};

/// All that a run did, in order.
struct Trace {
  std::vector<Sent> packets;
  std::vector<Ended> questions;
};

/// Runs `policy` through `scenario` in virtual time.
Result Simulate(const Scenario& scenario, Policy& policy);
/// Runs it and returns each packet.
Trace TraceOf(const Scenario& scenario, Policy& policy);

}  // namespace selection
