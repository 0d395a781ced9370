#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/wire/name.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace wire {

/// One record by itself, for what is read record by record and not set by set: a zone transfer (RFC 5936).
struct FlatRecord {
  Name owner;
  RrType type = RrType::kA;
  RrClass rr_class = RrClass::kIn;
  uint32_t ttl = 0;     ///< At most 2^31-1 (RFC 2181 section 8).
  world::Octets rdata;  ///< Uncompressed.
};

/// Returns the records of the answer section in their order, or nothing when question or answer section are malformed.
/// Bounded by the octets of the message alone: one of a transfer has far more records than any answer.
[[nodiscard]] std::optional<std::vector<FlatRecord>> ParseAnswerRecords(world::OctetView message);

}  // namespace wire
