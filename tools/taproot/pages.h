#pragma once

#include <string>

#include "tools/taproot/json.h"
#include "tools/taproot/terminal.h"

/// What the daemon's answers look like to people.
namespace taproot {

/// Whether metrics that are zero are shown.
enum class Zeros : unsigned char { kHide, kShow };

/// Returns the answer to `stats`: the numbers that matter in a few lines, then each metric by its group.
std::string StatsText(const Json& answer, Zeros zeros, const Terminal& terminal);

/// Returns the answer to `root-status`.
std::string RootText(const Json& answer, const Terminal& terminal);

/// Returns the answer to `cache-stats`.
std::string CacheText(const Json& answer, const Terminal& terminal);

/// Returns the answer to `reload`.
std::string ReloadText(const Json& answer, const Terminal& terminal);

}  // namespace taproot
