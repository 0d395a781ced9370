#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/taproot/json.h"

/// Members of JSON objects that may lack them, or have them of another type.
namespace taproot {

/// Returns a member that is a text; an empty one otherwise. Control characters are made harmless.
std::string TextIn(const Json& object, std::string_view member);

/// Returns a member that is an integer; nothing otherwise.
std::optional<int64_t> NumberIn(const Json& object, std::string_view member);

/// Returns a member that is a count; 0 otherwise.
uint64_t CountIn(const Json& object, std::string_view member);

/// Returns whether a member is `true`.
bool TruthIn(const Json& object, std::string_view member);

/// Returns a member that is a list; an empty one otherwise.
Json ListIn(const Json& object, std::string_view member);

/// Returns a member that is an object; an empty one otherwise.
Json ObjectIn(const Json& object, std::string_view member);

/// Prints an answer as it came, indented.
void PrintJson(const Json& answer);

}  // namespace taproot
