#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/settings/settings.h"

namespace settings {

/// Something wrong with a settings file, and where.
struct Mistake {
  uint32_t line = 0;  ///< From 1, like the column; both 0 when the mistake has no place.
  uint32_t column = 0;
  std::string text;  ///< What was found, and what was expected.

  auto operator<=>(const Mistake&) const = default;
};

/// All mistakes of a file, in the order of their places. Never empty.
using Mistakes = std::vector<Mistake>;

/// Most mistakes that are told of one file.
inline constexpr size_t kMaxMistakes = 100;

/// Most mistakes in the syntax that are told: each costs another reading of the file.
inline constexpr size_t kMaxSyntaxMistakes = 16;

/// Returns the settings of a TOML file's text, or everything that is wrong with it at once: syntax, unknown sections
/// and keys, wrong types, values out of range, bad addresses and names, things given twice, settings that contradict
/// each other.
[[nodiscard]] std::variant<Settings, Mistakes> Parse(std::string_view text);

/// Returns `file:line:column: what was found, what was expected`, one line without its end.
std::string ToText(const Mistake& mistake, std::string_view file_name);

}  // namespace settings
