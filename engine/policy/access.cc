#include "engine/policy/access.h"

#include <algorithm>

#include "engine/policy/ipv4_mapped.h"

namespace policy {

bool AccessList::Allows(const world::Address& address) const {
  const world::Address real = MappedIpv4(address).value_or(address);
  return std::ranges::any_of(allowed_, [&](const world::Prefix& block) { return block.Contains(real); });
}

}  // namespace policy
