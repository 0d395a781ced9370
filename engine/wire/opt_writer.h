#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/wire/message.h"
#include "engine/world/octets.h"

namespace wire {

/// Octets of an OPT without options.
inline constexpr size_t kBareOptOctets = 11;

/// Returns how many octets the OPT takes with the texts of its errors left out.
size_t LeastOptOctets(const Edns& edns);

/// Returns how many octets the OPT takes whole.
size_t WholeOptOctets(const Edns& edns);

/// Adds the OPT to `out` in at most `room` octets: texts are cut first, then errors and options left out from the last.
/// Requires: room >= kBareOptOctets.
void WriteOpt(const Edns& edns, Rcode rcode, size_t room, world::Octets& out);

}  // namespace wire
