#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace world {

/// Owned octets: a message, a file's content.
using Octets = std::vector<uint8_t>;

/// Octets borrowed until the call returns.
using OctetView = std::span<const uint8_t>;

}  // namespace world
