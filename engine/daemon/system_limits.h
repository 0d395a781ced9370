#pragma once

#include <cstddef>

#include "engine/world/address.h"

namespace taprootd {

/// Lifts the number of files that the process may have open as far as the system lets it, and returns it.
size_t RaiseFileLimit();

/// Returns whether the host has a route to the Internet for a family. Sends nothing.
bool HasRoute(world::Family family);

}  // namespace taprootd
