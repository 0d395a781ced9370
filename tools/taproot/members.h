#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

/// Members of JSON objects that may lack them, or have them of another type.
namespace taproot {

/// Returns a member that is a text; an empty one otherwise. Control characters are made harmless.
std::string TextIn(const nlohmann::json& object, std::string_view member);

/// Returns a member that is an integer; nothing otherwise.
std::optional<int64_t> NumberIn(const nlohmann::json& object, std::string_view member);

/// Returns a member that is a count; 0 otherwise.
uint64_t CountIn(const nlohmann::json& object, std::string_view member);

/// Returns whether a member is `true`.
bool TruthIn(const nlohmann::json& object, std::string_view member);

/// Returns a member that is a list; an empty one otherwise.
nlohmann::json ListIn(const nlohmann::json& object, std::string_view member);

/// Returns a member that is an object; an empty one otherwise.
nlohmann::json ObjectIn(const nlohmann::json& object, std::string_view member);

/// Prints an answer as it came, indented.
void PrintJson(const nlohmann::json& answer);

}  // namespace taproot
