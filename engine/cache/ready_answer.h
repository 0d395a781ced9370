#pragma once

#include <memory>

#include "engine/cache/entry.h"
#include "engine/cache/store.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace cache {

/// Returns the entry of a ready answer: name, message and TTL offsets in one block.
/// Requires: a message of at most 65,535 octets, and every TTL within it.
OwnedEntry MakeAnswerEntry(const KeyView& key, const ReadyAnswer& answer);

/// Copies the message of a ready answer into `out`, its TTLs counted down to `now`.
void CopyMessage(const Entry& entry, world::Instant now, world::Octets& out);

}  // namespace cache
