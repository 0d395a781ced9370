#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/daemon/crew.h"
#include "engine/world/address.h"

namespace taprootd {

/// Gets the addresses of a host, IPv4 first; none where it has none, or they were not found. On the main thread.
using AddressesFound = std::function<void(std::vector<world::Address>)>;

/// Finds the addresses of a host by resolving its name here, as for an operator.
void LookUpAddresses(Crew& crew, const std::string& host, AddressesFound found);

}  // namespace taprootd
