#pragma once

#include <nlohmann/json.hpp>

namespace taproot {

/// JSON whose members stay in the order in which they were written.
using Json = nlohmann::ordered_json;

}  // namespace taproot
