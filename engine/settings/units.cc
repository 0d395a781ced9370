#include "engine/settings/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <limits>
#include <span>

namespace settings {
namespace {

/// A unit: its name, and how many of the smallest it is.
struct Unit {
  std::string_view name;
  int64_t size = 1;
};

// The largest first: the order in which one is chosen to write a value.
constexpr auto kTimeUnits =
    std::to_array<Unit>({{"h", 3'600'000'000}, {"m", 60'000'000}, {"s", 1'000'000}, {"ms", 1'000}});
constexpr auto kOctetUnits = std::to_array<Unit>({{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}});

/// Returns the amount that `text` states: digits, perhaps a space, and one of the units.
std::optional<int64_t> Amount(std::string_view text, std::span<const Unit> units) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  std::string_view name = text.substr(static_cast<size_t>(end - text.data()));
  if (name.starts_with(' ') && name.size() > 1) name.remove_prefix(1);
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (number > std::numeric_limits<int64_t>::max() / unit.size) return std::nullopt;
    return number * unit.size;
  }
  return std::nullopt;
}

/// Returns the largest of the units that divides `amount`; the last one where none does.
const Unit& Largest(int64_t amount, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (amount != 0 && amount % unit.size == 0) return unit;
  }
  return units.back();
}

}  // namespace

std::optional<world::Duration> DurationFromText(std::string_view text) {
  const auto amount = Amount(text, kTimeUnits);
  return amount ? std::optional(world::Duration(*amount)) : std::nullopt;
}

std::string DurationToText(world::Duration duration) {
  if (duration.count() == 0) return "0s";
  const Unit& unit = Largest(duration.count(), kTimeUnits);
  return fmt::format("{}{}", duration.count() / unit.size, unit.name);
}

std::optional<int64_t> OctetsFromText(std::string_view text) { return Amount(text, kOctetUnits); }

std::string OctetsToText(int64_t octets) {
  const Unit& unit = Largest(octets, kOctetUnits);
  return fmt::format("{}{}{}", octets / unit.size, unit.name.empty() ? "" : " ", unit.name);
}

std::optional<world::WallTime> TimeFromText(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00Z";
  if (text.size() != kShape.size()) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !is_digit : text[i] != kShape[i]) return std::nullopt;
  }
  const auto number = [&](size_t at, size_t digits) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + digits, value);
    return value;
  };
  const std::chrono::year_month_day date(std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2))));
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  const int second = number(17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch();
  return world::WallTime(days + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second));
}

std::string TimeToText(world::WallTime time) {
  const auto since = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  const auto days = std::chrono::floor<std::chrono::days>(since);
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const std::chrono::hh_mm_ss clock(since - days);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace settings
