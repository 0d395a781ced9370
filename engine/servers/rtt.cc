#include "engine/servers/rtt.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace servers {
namespace {

/// The least that is added to the smoothed time: the clock granularity G of RFC 6298, generously.
constexpr world::Duration kLeastMargin = world::Milliseconds(20);

/// How long until an estimate is worth half, and how much a sample weighs at most.
constexpr world::Duration kHalfLife = world::Seconds(60);
constexpr double kMostGain = 0.8;
constexpr double kLeastGain = 1.0 / 8;  // Alpha of RFC 6298 section 2.3.

/// Times past which a timeout no longer doubles: 80 ms * 2^5 is past the ceiling.
constexpr int kMostDoublings = 5;

/// Returns what a sample weighs against an estimate that is `age` old.
double GainAfter(world::Duration age) {
  const double lives = static_cast<double>(age.count()) / static_cast<double>(kHalfLife.count());
  return std::clamp(1 - std::exp2(-lives), kLeastGain, kMostGain);
}

}  // namespace

void RttEstimate::Add(world::Duration sample, world::Duration age) {
  // A driver's clock may be read late; no time is no sample, and a day is a mistake.
  sample = std::clamp(sample, world::Duration(1), world::Seconds(60));
  if (!measured) {
    *this = {.smoothed = sample, .variance = sample / 2, .measured = true};  // RFC 6298 section 2.2
    return;
  }
  // RFC 6298 section 2.3; the variance goes first, since it looks at the time before.
  const world::Duration change = sample - smoothed;
  variance += (std::chrono::abs(change) - variance) / 4;
  smoothed += world::Duration(static_cast<int64_t>(GainAfter(age) * static_cast<double>(change.count())));
}

world::Duration RttEstimate::Timeout(int doublings) const {
  const world::Duration once = measured ? smoothed + std::max(4 * variance, kLeastMargin) : kUnknownTimeout;
  const world::Duration bounded = std::clamp(once, kLeastTimeout, kMostTimeout);
  return std::min(bounded * (1 << std::clamp(doublings, 0, kMostDoublings)), kMostTimeout);
}

}  // namespace servers
