#include "engine/policy/ipv4_mapped.h"

#include <algorithm>
#include <array>

namespace policy {

std::optional<world::Address> MappedIpv4(const world::Address& address) {
  static constexpr std::array<uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (address.family() != world::Family::kIpv6) return std::nullopt;
  if (!std::ranges::equal(address.octets().first(kMapped.size()), kMapped)) return std::nullopt;
  return world::Address::FromOctets(address.octets().subspan(kMapped.size()));
}

}  // namespace policy
