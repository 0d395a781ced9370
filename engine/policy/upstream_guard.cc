#include "engine/policy/upstream_guard.h"

#include <algorithm>

#include "engine/policy/ipv4_mapped.h"

namespace policy {
namespace {

using world::Address;
using world::Endpoint;
using world::Family;
using world::Prefix;

/// Returns whether no server can have the address: nothing allows it.
bool IsNoHost(const Address& address) {
  if (address.IsUnspecified() || address.IsMulticast()) return true;
  if (address.family() == Family::kIpv6) return false;
  // 0/8 is this network (RFC 1122 section 3.2.1.3), 240/4 reserved (RFC 1112 section 4) with the broadcast address.
  return address.octets()[0] == 0 || address.octets()[0] >= 240;
}

}  // namespace

bool UpstreamGuard::MayAsk(const Endpoint& to) const {
  const bool is_on = to.address.family() == Family::kIpv4 ? rules_.ipv4 : rules_.ipv6;
  if (!is_on || to.port == 0) return false;
  const std::optional<Address> mapped = MappedIpv4(to.address);
  if (IsNoHost(mapped.value_or(to.address))) return false;
  // A question to ourselves comes back as a question: no list makes that wanted.
  if (std::ranges::find(rules_.own, to) != rules_.own.end()) return false;
  const bool is_own = std::ranges::find(rules_.own, to.address, &Endpoint::address) != rules_.own.end();
  if (!is_own && !mapped && !to.address.IsLoopback() && !to.address.IsPrivate()) return true;
  return std::ranges::any_of(rules_.allow, [&](const Prefix& block) { return block.Contains(to.address); });
}

}  // namespace policy
