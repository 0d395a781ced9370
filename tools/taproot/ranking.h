#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tools/taproot/terminal.h"

namespace taproot {

/// Returns the answer to `nameservers` as a table, in the daemon's order: the best first.
std::string RankingText(const nlohmann::json& answer, const Terminal& terminal);

}  // namespace taproot
