#pragma once

#include "engine/cache/store.h"
#include "engine/iteration/verdict.h"
#include "engine/world/time.h"
#include "engine/zone/hints.h"
#include "engine/zone/zone.h"

namespace iteration {

/// A delegation, and how much of what the parent said was beyond the limits.
struct Built {
  cache::Delegation delegation;
  uint64_t servers_left_out = 0;    ///< Over kMaxNameServers.
  uint64_t addresses_left_out = 0;  ///< Over kMaxAddressesPerServer.
};

/// Returns the delegation that a referral makes. Its life is that of the NS set, and never longer than that of the
/// delegation which led to it (ghost domains, CVE-2022-30698), nor than `longest`. Servers with glue are kept before
/// those without.
Built FromReferral(const Referred& referral, world::Instant parent_expires, world::Duration longest,
                   world::Instant now);

/// Returns the delegation of a TLD as the local root zone has it.
Built FromRootZone(const zone::Referral& referral, world::Instant now);

/// Returns the root as the hints have it: to be primed from.
cache::Delegation FromHints(const zone::RootHints& hints, world::Instant now);

/// Returns the root as a priming response has it (RFC 8109 section 4); nothing when it names no server that has an
/// address there or in the hints.
std::optional<cache::Delegation> FromPriming(const wire::RrSet& ns, const std::vector<wire::RrSet>& addresses,
                                             const zone::RootHints& hints, world::Duration longest, world::Instant now);

/// Returns the delegation to the servers that the zone names itself, with the life of the parent's: asked when those
/// that the parent names all fail.
Built FromChild(const cache::Delegation& parent, const wire::RrSet& ns);

/// Returns the addresses of an A or AAAA set.
std::vector<world::Address> AddressesOf(const wire::RrSet& rrset);

}  // namespace iteration
