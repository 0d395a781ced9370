#pragma once

#include "engine/world/octets.h"

namespace transport {

/// Pads a response that ends with an OPT to a multiple of 468 octets (RFC 8467 section 4.1, RFC 7830), so that its
/// length tells less of what it is. Others are left alone.
void PadResponse(world::Octets& response);

}  // namespace transport
