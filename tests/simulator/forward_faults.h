#pragma once

#include <cstdint>
#include <string>

namespace simulator {

/// What came of one run of forwarded questions through faults.
struct ForwardRun {
  uint64_t seed = 0;
  std::string plan;  ///< The strategy, the upstreams and their faults, a line each.
  uint64_t asked = 0;
  uint64_t lost = 0;   ///< Without an answer that has data.
  uint64_t slow = 0;   ///< Answered after more than a second.
  uint64_t moved = 0;  ///< For which another upstream than the first was asked.
};

/// Plays one seed: two to four upstreams over any transport in one or two pools, any strategy, and a minute of faults -
/// silence, errors, delay, refused and broken connections - of one or several at once. At any time one upstream at
/// least is well, and for longer than a question lasts: so no question may be lost.
ForwardRun RunForwardSeed(uint64_t seed);

}  // namespace simulator
