// How the values of settings are read, type by type.
#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>
#include <span>

#include "engine/settings/nearest.h"
#include "engine/settings/reader.h"
#include "engine/settings/units.h"

namespace settings {
namespace {

/// Returns the range in words.
std::string Expected(const Range& range) {
  switch (range.unit) {
    case Unit::kNone:
      break;
    case Unit::kNumber:
      return fmt::format("a number from {} to {}", range.least, range.most);
    case Unit::kTime:
      return fmt::format("a time from {} to {}, such as 10 (seconds), \"250ms\", \"10s\" or \"5m\"",
                         DurationToText(world::Duration(range.least)), DurationToText(world::Duration(range.most)));
    case Unit::kOctets:
      return fmt::format("a size from {} to {}, such as \"64 MiB\"", OctetsToText(range.least),
                         OctetsToText(range.most));
  }
  return "another value";
}

/// Returns the number that a node states in the range's unit, whatever the range; nothing for another notation.
std::optional<int64_t> Amount(const toml::node& node, Unit unit) {
  const std::optional<std::string> text = node.value_exact<std::string>();
  if (unit == Unit::kOctets && text) return OctetsFromText(*text);
  if (unit == Unit::kTime && text) {
    const auto duration = DurationFromText(*text);
    return duration ? std::optional(duration->count()) : std::nullopt;
  }
  const std::optional<int64_t> number = node.value_exact<int64_t>();
  if (!number || unit != Unit::kTime) return number;
  // Whole seconds; a number that would overflow is out of every range anyway.
  constexpr int64_t kMicroseconds = 1'000'000;
  if (*number < 0 || *number > std::numeric_limits<int64_t>::max() / kMicroseconds) return std::nullopt;
  return *number * kMicroseconds;
}

/// Returns the amount of a node if it is within the range, and tells of it if not.
std::optional<int64_t> AmountInRange(const toml::node& node, const Row& row, MistakeList& mistakes) {
  const auto amount = Amount(node, row.range.unit);
  if (amount && *amount >= row.range.least && *amount <= row.range.most) return amount;
  mistakes.AddWrong(node, row.Path(), Expected(row.range));
  return std::nullopt;
}

/// Reads a number into any integer that holds its range.
template <std::integral Number>
void ReadNumber(const toml::node& node, const Row& row, Number& value, MistakeList& mistakes) {
  if (const auto amount = AmountInRange(node, row, mistakes)) value = static_cast<Number>(*amount);
}

/// Reads one of an enum's words.
template <typename Enum>
void ReadWord(const toml::node& node, const Row& row, Enum& value, MistakeList& mistakes) {
  const std::span<const std::string_view> words = Words(value);
  const std::optional<std::string> text = node.value_exact<std::string>();
  const auto found = text ? std::find(words.begin(), words.end(), *text) : words.end();
  if (found != words.end()) {
    value = static_cast<Enum>(found - words.begin());
    return;
  }
  std::string expected;
  for (const std::string_view word : words) expected += fmt::format("{}\"{}\"", expected.empty() ? "" : " or ", word);
  const std::string_view nearest = text ? Nearest(*text, words) : std::string_view();
  if (!nearest.empty()) expected += fmt::format("; did you mean \"{}\"?", nearest);
  mistakes.AddWrong(node, row.Path(), expected);
}

/// Reads a list whose items `make` makes of their text, each once.
template <typename Item, typename Make>
void ReadList(const toml::node& node, const Row& row, std::vector<Item>& value, Make make, std::string_view expected,
              MistakeList& mistakes) {
  const toml::array* list = node.as_array();
  if (list == nullptr || (list->empty() && row.range.presence == Presence::kRequired)) {
    mistakes.AddWrong(node, row.Path(), fmt::format("a list of {}", expected));
    return;
  }
  std::vector<Item> items;
  for (const toml::node& part : *list) {
    const std::optional<std::string> text = part.value_exact<std::string>();
    const std::optional<Item> item = text ? make(*text) : std::nullopt;
    if (!item) {
      mistakes.AddWrong(part, row.Path(), expected);
    } else if (std::find(items.begin(), items.end(), *item) != items.end()) {
      mistakes.AddWrong(part, row.Path(), "each item once");
    } else {
      items.push_back(*item);
    }
  }
  value = std::move(items);
}

}  // namespace

void ReadValue(const toml::node& node, const Row& row, bool& value, MistakeList& mistakes) {
  if (const auto truth = node.value_exact<bool>()) {
    value = *truth;
  } else {
    mistakes.AddWrong(node, row.Path(), "true or false");
  }
}

void ReadValue(const toml::node& node, const Row& row, uint16_t& value, MistakeList& mistakes) {
  ReadNumber(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, int& value, MistakeList& mistakes) {
  ReadNumber(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, size_t& value, MistakeList& mistakes) {
  ReadNumber(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, std::string& value, MistakeList& mistakes) {
  auto text = node.value_exact<std::string>();
  if (!text) {
    mistakes.AddWrong(node, row.Path(), "a text in quotes");
  } else if (text->find('\0') != text->npos) {
    mistakes.AddWrong(node, row.Path(), "a path, in which no zero octet can be");
  } else {
    value = std::move(*text);
  }
}

void ReadValue(const toml::node& node, const Row& row, world::Duration& value, MistakeList& mistakes) {
  if (const auto amount = AmountInRange(node, row, mistakes)) value = world::Duration(*amount);
}

void ReadValue(const toml::node& node, const Row& row, wire::Name& value, MistakeList& mistakes) {
  const auto text = node.value_exact<std::string>();
  auto name = text ? wire::Name::FromText(*text) : std::nullopt;
  if (name) {
    value = std::move(*name);
  } else {
    mistakes.AddWrong(node, row.Path(), "a domain name such as \"corp.example\"");
  }
}

void ReadValue(const toml::node& node, const Row& row, QnameMinimisation& value, MistakeList& mistakes) {
  ReadWord(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, Strategy& value, MistakeList& mistakes) {
  ReadWord(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, Fallback& value, MistakeList& mistakes) {
  ReadWord(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, RouteAction& value, MistakeList& mistakes) {
  ReadWord(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, ZonemdPolicy& value, MistakeList& mistakes) {
  ReadWord(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, LogLevel& value, MistakeList& mistakes) {
  ReadWord(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, LogFormat& value, MistakeList& mistakes) {
  ReadWord(node, row, value, mistakes);
}

void ReadValue(const toml::node& node, const Row& row, std::vector<world::Endpoint>& value, MistakeList& mistakes) {
  const auto make = [&](std::string_view text) { return world::Endpoint::FromText(text, row.range.default_port); };
  ReadList(node, row, value, make, "an address such as \"192.0.2.1\", \"192.0.2.1:53\" or \"[2001:db8::1]:53\"",
           mistakes);
}

void ReadValue(const toml::node& node, const Row& row, std::vector<world::Prefix>& value, MistakeList& mistakes) {
  const auto make = [](std::string_view text) { return world::Prefix::FromText(text); };
  ReadList(node, row, value, make,
           "a block of addresses such as \"192.0.2.0/24\" or \"2001:db8::/32\", no bits set after its length",
           mistakes);
}

void ReadValue(const toml::node& node, const Row& row, std::vector<wire::Name>& value, MistakeList& mistakes) {
  const auto make = [](std::string_view text) { return wire::Name::FromText(text); };
  ReadList(node, row, value, make, "a domain name such as \"corp.example\"", mistakes);
}

void ReadValue(const toml::node& node, const Row& row, std::vector<std::string>& value, MistakeList& mistakes) {
  if (auto one = node.value_exact<std::string>()) {
    value = {*std::move(one)};
    return;
  }
  const auto make = [](std::string_view text) { return std::optional<std::string>(text); };
  ReadList(node, row, value, make, "a text in quotes", mistakes);
}

void ReadValue(const toml::node& node, const Row& row, std::vector<ZoneSource>& value, MistakeList& mistakes) {
  const auto make = [](std::string_view text) { return ZoneSource::FromText(text); };
  std::vector<ZoneSource> sources = value;
  ReadList(node, row, sources, make, "\"https://name/path\", \"axfr://address or name\" or \"file:/path\"", mistakes);
  if (sources.size() > world::limits::kMaxRootSources) {
    mistakes.AddWrong(node, row.Path(), fmt::format("at most {} sources", world::limits::kMaxRootSources));
  } else {
    value = std::move(sources);
  }
}

void ReadValue(const toml::node& node, const Row& row, std::vector<NegativeAnchor>& value, MistakeList& mistakes) {
  const auto make = [](std::string_view text) { return NegativeAnchor::FromText(text); };
  ReadList(node, row, value, make, "a zone and its end such as \"corp.example until 2026-12-24T18:00:00Z\"", mistakes);
}

}  // namespace settings
