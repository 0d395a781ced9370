#include "engine/servers/rtt.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace servers {
namespace {

/// The least that is added to the smoothed time: the clock granularity G of RFC 6298, generously.
constexpr world::Duration kLeastMargin = world::Milliseconds(20);

/// What a sample weighs at least: alpha of RFC 6298 section 2.3.
constexpr double kLeastGain = 1.0 / 8;

/// Times past which a timeout no longer doubles: 60 ms * 2^6 is past the ceiling.
constexpr int kMostDoublings = 6;

/// Returns what a sample weighs against an estimate that is so many half-lives old.
double GainAfter(double lives) { return std::max(1 - std::exp2(-lives), kLeastGain); }

}  // namespace

void RttEstimate::Add(world::Duration sample, world::Duration age, world::Duration half_life) {
  // A driver's clock may be read late; no time is no sample, and a day is a mistake.
  sample = std::clamp(sample, world::Duration(1), world::Seconds(60));
  if (!measured) {
    *this = {.smoothed = sample, .variance = sample / 2, .measured = true};  // RFC 6298 section 2.2
    return;
  }
  // RFC 6298 section 2.3; the variance goes first, since it looks at the time before.
  const world::Duration change = sample - smoothed;
  variance += (std::chrono::abs(change) - variance) / 4;
  const double lives = static_cast<double>(age.count()) / static_cast<double>(half_life.count());
  smoothed += world::Duration(static_cast<int64_t>(GainAfter(lives) * static_cast<double>(change.count())));
}

world::Duration RttEstimate::Timeout(int doublings) const {
  const world::Duration once = measured ? smoothed + std::max(4 * variance, kLeastMargin) : kUnknownTimeout;
  const world::Duration bounded = std::clamp(once, kLeastTimeout, kMostTimeout);
  return std::min(bounded * (1 << std::clamp(doublings, 0, kMostDoublings)), kMostTimeout);
}

}  // namespace servers
