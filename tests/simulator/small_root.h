#pragma once

#include <cstdint>
#include <string>

#include "engine/zone/zone.h"

namespace simulator {

/// Returns a root zone of 40 top-level domains as master-file text: real enough for the pocket internet, small enough
/// for a quick test. Its domains have two to six servers, of their own or of each other, with IPv4 and IPv6.
std::string SmallRootText(uint32_t serial);

/// Returns the same, loaded.
zone::Snapshot SmallRoot(uint32_t serial);

/// Returns the root zone of a master file, or null when it is not there.
zone::Snapshot RootOfFile(const std::string& path);

/// Returns the path of a file of the shared test data: below $TAPROOT_SHARED, or else ../shared beside the checkout.
std::string SharedPath(const std::string& file);

}  // namespace simulator
