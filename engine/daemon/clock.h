#pragma once

#include "engine/world/time.h"

namespace taprootd {

/// Reads both clocks of the system: the one place where the time is asked for.
world::Now ReadClocks();

}  // namespace taprootd
