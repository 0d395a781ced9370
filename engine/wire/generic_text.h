#pragma once

#include <string>

#include "engine/world/octets.h"

namespace wire {

/// Returns rdata as the text of an unknown type, `\# 4 c0000201` (RFC 3597 section 5): of any type, it reads back as the
/// same octets.
std::string GenericText(world::OctetView rdata);

}  // namespace wire
