#include "engine/iteration/alternatives.h"

#include <algorithm>
#include <utility>

#include "engine/iteration/delegation.h"
#include "engine/world/limits.h"

namespace iteration {
namespace {

using wire::RrType;

/// Returns the cached set of (name, type), or null.
std::shared_ptr<const wire::RrSet> CachedSet(const wire::Name& name, RrType type, const cache::Store& store,
                                             world::Instant now) {
  const auto known = store.Find(name, type, now);
  const auto* positive = known ? std::get_if<cache::Positive>(&known->what) : nullptr;
  return positive == nullptr ? nullptr : positive->rrset;
}

/// Adds addresses that are not there yet, as far as the limit goes.
void AddGlue(cache::NameServer& server, const std::vector<world::Address>& addresses) {
  for (const world::Address& address : addresses) {
    const bool full = server.glue.size() >= world::limits::kMaxAddressesPerServer;
    if (!full && std::ranges::find(server.glue, address) == server.glue.end()) server.glue.push_back(address);
  }
}

/// Adds what the cache knows of a nameserver's addresses: its own records, and the glue of the zone that it stands in.
void AddKnownAddresses(cache::NameServer& server, const cache::Store& store, world::Instant now) {
  for (const RrType type : {RrType::kA, RrType::kAaaa}) {
    if (const auto set = CachedSet(server.name, type, store, now)) AddGlue(server, AddressesOf(*set));
  }
  const auto zone = store.FindDelegation(server.name, 0, server.name.LabelCount(), now);
  if (!zone) return;
  for (const cache::NameServer& other : zone->servers) {
    if (other.name == server.name) AddGlue(server, other.glue);
  }
}

}  // namespace

cache::Delegation Alternatives(const cache::Delegation& parent, const cache::Store& store, world::Instant now) {
  const auto ns = CachedSet(parent.zone, RrType::kNs, store, now);
  cache::Delegation delegation = ns ? FromChild(parent, *ns).delegation : parent;
  for (cache::NameServer& server : delegation.servers) AddKnownAddresses(server, store, now);
  return delegation;
}

}  // namespace iteration
