#pragma once

#include <chrono>
#include <cstdint>

namespace world {

/// A length of time in microseconds: fine enough for an RTT on a loopback, and 292,000 years wide.
using Duration = std::chrono::duration<int64_t, std::micro>;

/// A monotonic clock that has no now(): the engine is told the time, it never asks (docs/ARCHITECTURE.md).
struct MonoClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonoClock>;
  static constexpr bool is_steady = true;
};

/// Time since 1970-01-01 UTC, without leap seconds; likewise without a now().
struct WallClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<WallClock>;
  static constexpr bool is_steady = false;
};

/// A point of monotonic time: TTLs and timers.
using Instant = MonoClock::time_point;

/// A point of civil time: signatures, cookies, what a person reads.
using WallTime = WallClock::time_point;

/// Both clocks, read once by the driver before each call into the engine.
struct Now {
  Instant mono;
  WallTime wall;
};

/// The deadline of something that has none.
inline constexpr Instant kNever = Instant::max();

/// Returns `whole` seconds as a Duration.
constexpr Duration Seconds(int64_t whole) { return std::chrono::seconds(whole); }

/// Returns `whole` milliseconds as a Duration.
constexpr Duration Milliseconds(int64_t whole) { return std::chrono::milliseconds(whole); }

}  // namespace world
