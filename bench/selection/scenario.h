#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/selection/internet.h"
#include "engine/world/time.h"

namespace selection {

/// From an instant on a server of a zone is the one to use.
struct Target {
  size_t zone = 0;
  size_t server = 0;  ///< In the internet.
};

/// What is asked of which internet, and what is looked at.
struct Scenario {
  std::string name;
  std::string story;
  Internet internet;
  double questions_per_second = 60;
  double share_unanswerable = 0;  ///< Of questions whose names no server answers, asked by a hostile client; their own
                                  ///< latency is not measured.
  world::Duration length = world::Seconds(600);
  world::Duration warm_up = world::Seconds(60);  ///< Not measured.
  world::Instant change{};                       ///< When the targets become the ones to use.
  std::vector<Target> targets;                   ///< Empty: no recovery to measure.
};

/// A question as a client asks it.
struct Asked {
  world::Instant at;
  size_t zone = 0;
  bool unanswerable = false;  ///< No server answers it.
};

/// Returns the questions of a scenario, in order: few zones are asked for often, and many seldom.
std::vector<Asked> MakeQuestions(const Scenario& scenario);

/// Returns the scenarios of the bench, made from `seed`.
std::vector<Scenario> MakeScenarios(uint64_t seed);

/// Returns the layouts in which a policy is held against its daemon: zones whose servers are all alike, so that what is
/// seen of a server can be summed over the zones.
std::vector<Scenario> MakeLayouts(uint64_t seed);

}  // namespace selection
