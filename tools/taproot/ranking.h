#pragma once

#include <string>

#include "tools/taproot/json.h"
#include "tools/taproot/terminal.h"

namespace taproot {

/// Returns the answer to `nameservers` as a table, in the daemon's order: the best first.
std::string RankingText(const Json& answer, const Terminal& terminal);

}  // namespace taproot
