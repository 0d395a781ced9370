#pragma once

#include <cstdint>
#include <optional>

#include "engine/wire/message.h"
#include "engine/world/octets.h"

namespace wire {

/// The fixed fields of an OPT that are named otherwise than those of other records (RFC 6891 section 6.1.3).
struct OptFields {
  uint16_t payload_octets = 0;  ///< In the place of the class.
  uint32_t flags = 0;           ///< In the place of the TTL: extended rcode, version, DO.
};

/// Returns the upper eight bits of the response code, where they belong in an Rcode.
uint16_t ExtendedRcodeBits(const OptFields& fields);

/// Returns the OPT of its fields and options, or nothing when an option runs out or they are more than
/// kMaxEdnsOptions (world/limits.h).
[[nodiscard]] std::optional<Edns> ReadOpt(const OptFields& fields, world::OctetView options);

}  // namespace wire
