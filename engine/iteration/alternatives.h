#pragma once

#include "engine/cache/store.h"
#include "engine/world/time.h"

namespace iteration {

/// Returns where else than its parent says a zone may be served, as far as the cache knows: by the nameservers that it
/// names itself, at the addresses that they have of their own or as the glue of their own zones. Asked when all that
/// the parent names have failed; lives no longer than the parent's delegation.
cache::Delegation Alternatives(const cache::Delegation& parent, const cache::Store& store, world::Instant now);

}  // namespace iteration
