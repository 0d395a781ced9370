#pragma once

#include <optional>

#include "engine/world/address.h"

namespace policy {

/// Returns the IPv4 address that an IPv4-mapped IPv6 address (::ffff:0:0/96, RFC 4291 section 2.5.5.2) stands for, or
/// nothing for any other address.
std::optional<world::Address> MappedIpv4(const world::Address& address);

}  // namespace policy
