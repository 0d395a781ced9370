#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/world/time.h"

/// The notations of a settings file for lengths of time and for sizes.
namespace settings {

/// Returns the duration of `250ms`, `10s`, `5m` or `1h`, a space before the unit allowed; nothing for another text or
/// one beyond 292,000 years.
[[nodiscard]] std::optional<world::Duration> DurationFromText(std::string_view text);

/// Returns the notation of a duration in the largest unit that gives a whole number, no finer than milliseconds.
std::string DurationToText(world::Duration duration);

/// Returns the octets of `65536`, `64 KiB`, `64MiB` or `1 GiB`; nothing for another text or one beyond 2^63-1.
[[nodiscard]] std::optional<int64_t> OctetsFromText(std::string_view text);

/// Returns the notation of a size in the largest unit that gives a whole number.
std::string OctetsToText(int64_t octets);

/// Returns the time of `2026-12-24T18:00:00Z` (RFC 3339, UTC, whole seconds); nothing for another text.
[[nodiscard]] std::optional<world::WallTime> TimeFromText(std::string_view text);

/// Returns the notation of a time, its fractions of a second left out.
std::string TimeToText(world::WallTime time);

/// Returns the text in double quotes as TOML and a terminal want it: quotes, backslashes and control characters
/// escaped.
std::string Quote(std::string_view text);

}  // namespace settings
