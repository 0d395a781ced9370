#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/simulator/clients.h"
#include "engine/simulator/internet.h"
#include "engine/simulator/network.h"
#include "engine/simulator/simulation.h"
#include "engine/zone/zone.h"

namespace simulator {

/// What a seed is turned into: an internet, what befalls its packets, and what is asked of how many engines.
struct Plan {
  InternetOptions internet;
  SimulationOptions simulation;
  Habits habits;
  world::Duration root_change_gap = world::Seconds(30);  ///< From one root zone to the next.
};

/// Returns the plan of a seed: lossy and partly broken, another mixture for each. `roots` as in Run.
Plan PlanOf(uint64_t seed, uint64_t queries, std::span<const zone::Snapshot> roots);

/// Returns the plan in words, for the head of a report.
std::string ToText(const Plan& plan);

/// What came of a run.
struct RunResult {
  uint64_t trace = 0;  ///< Of all events and effects.
  uint64_t asked = 0;  ///< Client queries, those over TCP after truncation included.
  uint64_t right = 0;
  uint64_t truncated = 0;
  uint64_t excused = 0;
  uint64_t unlucky = 0;
  uint64_t wrong = 0;
  uint64_t unanswered = 0;
  std::vector<std::string> breaches;    ///< Of the engine's contract and of its limits.
  std::vector<std::string> failures;    ///< What went wrong, a paragraph each; not more than a person reads.
  std::optional<Watch> worth_watching;  ///< Around the first failure.
  std::vector<std::string> watched;
  Census census;
  Traffic traffic;
  world::Duration slowest{};
  world::Duration span{};  ///< Virtual time.

  /// Returns whether all was as it must be: failures where servers work are at most one in a thousand.
  bool IsGood() const { return wrong == 0 && unanswered == 0 && breaches.empty() && unlucky * 1'000 <= asked; }
};

/// Runs clients against engines over the pocket internet of `roots[0]`; the engines take up the other roots in turn.
/// Requires: at least one root; all say the same but for the serial.
RunResult Run(const Plan& plan, std::span<const zone::Snapshot> roots, const std::optional<Watch>& watch);

/// Returns the result in words.
std::string ToText(const RunResult& result);

}  // namespace simulator
