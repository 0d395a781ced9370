#include "engine/servers/rtt.h"

#include <algorithm>

namespace servers {
namespace {

/// The least that is added to the smoothed time: the clock granularity G of RFC 6298, generously.
constexpr world::Duration kLeastMargin = world::Milliseconds(20);

/// Times past which a timeout no longer doubles: 80 ms * 2^5 is past the ceiling.
constexpr int kMostDoublings = 5;

}  // namespace

void RttEstimate::Add(world::Duration sample) {
  // A driver's clock may be read late; no time is no sample, and a day is a mistake.
  sample = std::clamp(sample, world::Duration(1), world::Seconds(60));
  if (!measured) {
    *this = {.smoothed = sample, .variance = sample / 2, .measured = true};  // RFC 6298 section 2.2
    return;
  }
  const world::Duration error = std::chrono::abs(smoothed - sample);
  variance += (error - variance) / 4;   // RFC 6298 section 2.3: beta is 1/4, alpha 1/8, and the variance goes
  smoothed += (sample - smoothed) / 8;  // first, since it looks at the time before.
}

world::Duration RttEstimate::Timeout(int times_tried) const {
  const world::Duration once = measured ? smoothed + std::max(4 * variance, kLeastMargin) : kUnknownTimeout;
  const world::Duration bounded = std::clamp(once, kLeastTimeout, kMostTimeout);
  return std::min(bounded * (1 << std::clamp(times_tried, 0, kMostDoublings)), kMostTimeout);
}

}  // namespace servers
