#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/settings/settings.h"

/// The table of rows.inc as something to walk over: what the parser, the writer and the docs page are made of.
namespace settings {

/// What a number measures, and so how it may be written.
enum class Unit : uint8_t { kNone, kNumber, kTime, kOctets };

/// Whether a file must have the setting.
enum class Presence : uint8_t { kOptional, kRequired };

/// The values that a setting may have.
struct Range {
  Unit unit = Unit::kNone;
  int64_t least = 0;  ///< In microseconds for times; inclusive, like the next.
  int64_t most = 0;
  Presence presence = Presence::kOptional;
  uint16_t default_port = 53;  ///< Of endpoints that have none.
};

/// Any value of the type.
constexpr Range AnyValue() { return {}; }
/// Any value, but one must be given.
constexpr Range MustBeGiven() { return {.presence = Presence::kRequired}; }
/// Any endpoints; those without a port have this one.
constexpr Range PortUnlessGiven(uint16_t port) { return {.default_port = port}; }
/// A number.
constexpr Range Between(int64_t least, int64_t most) { return {.unit = Unit::kNumber, .least = least, .most = most}; }
/// A length of time.
constexpr Range Between(world::Duration least, world::Duration most) {
  return {.unit = Unit::kTime, .least = least.count(), .most = most.count()};
}
/// A size in octets.
constexpr Range OctetsBetween(int64_t least, int64_t most) {
  return {.unit = Unit::kOctets, .least = least, .most = most};
}

/// When a changed setting holds.
enum class Reload : uint8_t { kLive, kRestart };

/// A section of the file.
struct SectionRow {
  std::string_view name;
  std::string_view doc;
};

/// A setting of a section.
struct Row {
  std::string_view section;
  std::string_view key;
  Range range;
  Reload reload = Reload::kLive;
  std::string_view doc;

  /// Returns `server.listen`.
  std::string Path() const { return std::string(section).append(".").append(key); }
};

/// The words of an enum's values in the file, in the order of the enum.
constexpr auto kMinimisationWords = std::to_array<std::string_view>({"relaxed", "strict", "off"});
constexpr auto kStrategyWords = std::to_array<std::string_view>({"parallel", "balanced", "failover"});
constexpr auto kFallbackWords = std::to_array<std::string_view>({"error", "walk"});
constexpr auto kActionWords = std::to_array<std::string_view>({"pool", "walk"});
constexpr auto kZonemdWords = std::to_array<std::string_view>({"require", "if-present", "off"});
constexpr auto kLevelWords = std::to_array<std::string_view>({"error", "warn", "info", "debug"});
constexpr auto kFormatWords = std::to_array<std::string_view>({"text", "json"});

/// Returns the words of the enum that the argument is of.
constexpr std::span<const std::string_view> Words(QnameMinimisation) { return kMinimisationWords; }
constexpr std::span<const std::string_view> Words(Strategy) { return kStrategyWords; }
constexpr std::span<const std::string_view> Words(Fallback) { return kFallbackWords; }
constexpr std::span<const std::string_view> Words(RouteAction) { return kActionWords; }
constexpr std::span<const std::string_view> Words(ZonemdPolicy) { return kZonemdWords; }
constexpr std::span<const std::string_view> Words(LogLevel) { return kLevelWords; }
constexpr std::span<const std::string_view> Words(LogFormat) { return kFormatWords; }

/// Whether the values of a section are a list: `[[stub]]`.
template <typename Values>
inline constexpr bool kIsList = false;
template <typename Item>
inline constexpr bool kIsList<std::vector<Item>> = true;

/// Calls `visit(row, value)` for each setting of a section, in the order of the table. One overload a section.
#define SECTION(type, section, doc)                         \
  template <typename Visitor>                               \
  void VisitRows(Settings::type& values, Visitor&& visit) { \
    constexpr std::string_view kSection = section;
#define SETTING(key, type, field, initial, range, reload, doc) \
  visit(Row{kSection, key, range, Reload::reload, doc}, values.field);
#define END(type, field) }
#include "engine/settings/rows.inc"
#undef SECTION
#undef SETTING
#undef END

/// Calls `visit(section, values)` for each section, in the order of the table; for `[[stub]]` and its like the values
/// are a list.
template <typename Visitor>
void VisitSections(Settings& settings, Visitor&& visit) {
#define SECTION(type, section, doc) \
  {                                 \
    constexpr SectionRow kSection{section, doc};
#define SETTING(key, type, field, initial, range, reload, doc)
#define END(type, field)           \
  visit(kSection, settings.field); \
  }
#include "engine/settings/rows.inc"
#undef SECTION
#undef SETTING
#undef END
}

}  // namespace settings
