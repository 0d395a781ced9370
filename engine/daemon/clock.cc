#include "engine/daemon/clock.h"

#include <time.h>

#include "engine/world/check.h"

namespace taprootd {
namespace {

/// Returns the time of one clock since its epoch.
world::Duration Read(clockid_t clock) {
  timespec time{};
  CHECK(clock_gettime(clock, &time) == 0);
  return world::Seconds(time.tv_sec) + world::Duration(time.tv_nsec / 1'000);
}

}  // namespace

world::Now ReadClocks() {
  return {.mono = world::Instant(Read(CLOCK_MONOTONIC)), .wall = world::WallTime(Read(CLOCK_REALTIME))};
}

}  // namespace taprootd
