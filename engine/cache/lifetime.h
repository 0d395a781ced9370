#pragma once

#include <cstdint>
#include <optional>

#include "engine/cache/store.h"
#include "engine/wire/rrset.h"

namespace cache {

/// Returns the TTL, in seconds, with which a set that came with `ttl` is kept: floor first, so that the ceiling wins
/// where they cross. 0: not at all.
uint32_t TtlOfSet(uint32_t ttl, const StoreOptions& options);

/// Returns the TTL, in seconds, of a negative answer that came with `soa` (RFC 2308 section 5). The floor for sets does
/// not count here.
uint32_t TtlOfNegative(const std::optional<wire::RrSet>& soa, const StoreOptions& options);

/// Returns how long a question rests after it failed, `earlier` failures having come before in a row: 5 s, doubled each
/// time, at most 5 minutes (RFC 9520 section 3.2).
world::Duration RestAfterFailure(int earlier);

/// How long a question rests that failed for want of a network of our own: the least that RFC 9520 section 3.2 allows,
/// since it may be answered as soon as the network is back.
inline constexpr world::Duration kRestWithoutNetwork = world::Seconds(1);

/// How long after its rest a failure is remembered, so that the next one is known to be in a row with it.
inline constexpr world::Duration kFailureMemory = world::Seconds(300);

}  // namespace cache
