#pragma once

#include <string>

#include "tools/taproot/terminal.h"
#include "tools/taproot/walk.h"

namespace taproot {

/// Returns the walk as a waterfall: a line that says what came of it, and one line a packet: when it was sent, how long
/// its response took as a bar over time, to which zone's server, what was asked, what came of it, and why that server.
std::string Waterfall(const Walk& walk, const Terminal& terminal);

/// Returns the chain of trust alone, under a line that says what came of the walk: from the anchor down, a line a zone,
/// and where it broke.
std::string TrustChain(const Walk& walk, const Terminal& terminal);

}  // namespace taproot
