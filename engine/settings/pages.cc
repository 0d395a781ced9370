#include "engine/settings/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <concepts>
#include <type_traits>

#include "engine/settings/table.h"
#include "engine/settings/units.h"

namespace settings {
namespace {

/// Whether a type is an enum of the table.
template <typename Type>
concept WordEnum = std::is_enum_v<Type>;

// ValueText returns a value as it is written in the file: one overload for each type that a setting may have.

/// Returns the word for a truth value.
std::string ValueText(const Row&, const bool& value) { return value ? "true" : "false"; }
/// Returns a text in quotes.
std::string ValueText(const Row&, const std::string& value) { return Quote(value); }
/// Returns a time in quotes, in its largest whole unit.
std::string ValueText(const Row&, world::Duration value) { return Quote(DurationToText(value)); }
/// Returns a name in quotes.
std::string ValueText(const Row&, const wire::Name& value) { return Quote(value.ToText()); }

/// Returns an enum's word in quotes.
template <WordEnum Value>
std::string ValueText(const Row&, Value value) {
  return Quote(Words(value)[static_cast<size_t>(value)]);
}

/// Returns a number, or a size in quotes.
template <std::integral Number>
std::string ValueText(const Row& row, Number value) {
  if (row.range.unit == Unit::kOctets) return Quote(OctetsToText(static_cast<int64_t>(value)));
  return fmt::format("{}", value);
}

/// Returns a text of a list in quotes.
std::string ItemText(const std::string& item) { return Quote(item); }
/// Returns an upstream: its URL, or a table where more is to be said.
std::string ItemText(const UpstreamUrl& item) {
  std::string more;
  if (item.weight != 1) more += fmt::format(", weight = {}", item.weight);
  if (item.authentication == world::Authentication::kNone) more += ", verify = \"off\"";
  if (item.method == world::HttpMethod::kGet) more += ", method = \"get\"";
  std::string pins;
  for (const std::string& pin : item.pins) pins += fmt::format("{}\"{}\"", pins.empty() ? "" : ", ", pin);
  if (!pins.empty()) more += fmt::format(", pins = [{}]", pins);
  const std::string url = Quote(item.ToText());
  return more.empty() ? url : fmt::format("{{ url = {}{} }}", url, more);
}
/// Returns any other item in quotes.
template <typename Item>
std::string ItemText(const Item& item) {
  return Quote(item.ToText());
}

/// Returns a list.
template <typename Item>
std::string ValueText(const Row&, const std::vector<Item>& list) {
  std::string text;
  for (const Item& item : list) text += fmt::format("{}{}", text.empty() ? "" : ", ", ItemText(item));
  return fmt::format("[{}]", text);
}

// TypeText returns what kind of value a setting takes, for people: one overload for each type.

/// Returns what a truth value may be.
std::string TypeText(const Row&, const bool&) { return "`true` or `false`"; }
/// Returns what every text is so far.
std::string TypeText(const Row&, const std::string&) { return "path"; }
/// Returns the range of a time.
std::string TypeText(const Row& row, world::Duration) {
  return fmt::format("time from {} to {}", DurationToText(world::Duration(row.range.least)),
                     DurationToText(world::Duration(row.range.most)));
}
/// Returns what a name is.
std::string TypeText(const Row&, const wire::Name&) { return "domain name"; }
/// Returns what a list of endpoints is.
std::string TypeText(const Row&, const std::vector<world::Endpoint>&) { return "list of addresses"; }
/// Returns what a list of prefixes is.
std::string TypeText(const Row&, const std::vector<world::Prefix>&) { return "list of blocks of addresses"; }

/// Returns what a list of names is.
std::string TypeText(const Row&, const std::vector<wire::Name>&) { return "list of domain names"; }
/// Returns what a list of texts is.
std::string TypeText(const Row&, const std::vector<std::string>&) { return "name or list of names"; }
/// Returns what a list of upstreams is.
std::string TypeText(const Row&, const std::vector<UpstreamUrl>&) { return "list of URLs or tables"; }
/// Returns what a list of sources is.
std::string TypeText(const Row&, const std::vector<ZoneSource>&) { return "list of sources"; }

/// Returns what a list of negative trust anchors is.
std::string TypeText(const Row&, const std::vector<NegativeAnchor>&) { return "list of zones with an end"; }

/// Returns the words of an enum.
template <WordEnum Value>
std::string TypeText(const Row&, Value value) {
  std::string words;
  for (const std::string_view word : Words(value)) words += fmt::format("{}`\"{}\"`", words.empty() ? "" : ", ", word);
  return words;
}

/// Returns the range of a number or a size.
template <std::integral Number>
std::string TypeText(const Row& row, Number) {
  if (row.range.unit == Unit::kOctets) {
    return fmt::format("size from {} to {}", OctetsToText(row.range.least), OctetsToText(row.range.most));
  }
  return fmt::format("number from {} to {}", row.range.least, row.range.most);
}

/// Breaks a text into lines of at most 100 octets at its spaces, each with `lead` before it.
std::string Wrapped(std::string_view text, std::string_view lead) {
  constexpr size_t kWidth = 100;
  std::string lines;
  while (!text.empty()) {
    size_t end = text.size();
    if (end > kWidth) {
      end = text.rfind(' ', kWidth);
      if (end == text.npos) end = std::min(text.find(' '), text.size());
    }
    lines += fmt::format("{}{}\n", lead, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Returns whether a section's values are a list.
template <typename Values>
constexpr bool IsList(const Values&) {
  return kIsList<Values>;
}

/// Calls `visit` for the rows of each of the section's values: of the one, or of each in the list.
template <typename Values, typename Visitor>
void VisitEach(Values& values, Visitor&& visit) {
  if constexpr (kIsList<Values>) {
    for (auto& item : values) VisitRows(item, visit);
  } else {
    VisitRows(values, visit);
  }
}

/// A setting's name and its value as text, to compare.
struct Written {
  std::string path;
  std::string value;
  Reload reload = Reload::kLive;
};

/// Returns all settings but those of lists as text, in the order of the table; a list as one.
std::vector<Written> WriteAll(Settings settings) {
  std::vector<Written> all;
  VisitSections(settings, [&](const SectionRow& section, auto& values) {
    if (IsList(values)) all.push_back({std::string(section.name), "", Reload::kRestart});
    const bool is_list = IsList(values);
    VisitEach(values, [&](const Row& row, const auto& value) {
      if (is_list) {
        all.back().value += ValueText(row, value) + "\n";
      } else {
        all.push_back({row.Path(), ValueText(row, value), row.reload});
      }
    });
  });
  return all;
}

/// Returns the docs of one section's settings, at the values given.
template <typename Values>
std::string SectionMarkdown(Values& defaults) {
  std::string page;
  VisitRows(defaults, [&](const Row& row, const auto& value) {
    const bool required = row.range.presence == Presence::kRequired;
    page += fmt::format("\n### `{}`\n\n", row.Path());
    page += fmt::format("{} · {} · {}\n\n", TypeText(row, value),
                        required ? "must be given" : fmt::format("default `{}`", ValueText(row, value)),
                        row.reload == Reload::kLive ? "live" : "needs a restart");
    page += Wrapped(row.doc, "");
  });
  return page;
}

/// Returns an example of a section that may stand many times, commented out.
std::string_view ListExample(std::string_view section) {
  if (section == "forward.pool") {
    return "# [[forward.pool]]\n# name = \"internal\"\n# servers = [\"udp://10.0.0.10\", \"udp://10.0.0.11\"]\n";
  }
  if (section == "forward.route") {
    return "# [[forward.route]]\n# domains = [\"corp.example\", \"10.in-addr.arpa\"]\n# pool = \"internal\"\n";
  }
  return "# [[stub]]\n# zone = \"corp.example\"\n# servers = [\"10.0.0.1\", \"10.0.0.2:5353\"]\n";
}

}  // namespace

std::string ToToml(const Settings& settings) {
  std::string file;
  Settings copy = settings;
  VisitSections(copy, [&](const SectionRow& section, auto& values) {
    if constexpr (kIsList<std::decay_t<decltype(values)>>) {
      for (auto& item : values) {
        file += fmt::format("\n[[{}]]\n", section.name);
        VisitRows(item, [&](const Row& row, const auto& value) {
          file += fmt::format("{} = {}\n", row.key, ValueText(row, value));
        });
      }
    } else {
      file += fmt::format("{}[{}]\n", file.empty() ? "" : "\n", section.name);
      VisitRows(values, [&](const Row& row, const auto& value) {
        file += fmt::format("{} = {}\n", row.key, ValueText(row, value));
      });
    }
  });
  return file;
}

std::string ToExample() {
  std::string file = "# Settings of Taproot, all at their defaults. docs/SETTINGS.md explains them too.\n";
  Settings defaults;
  const auto write = [&](const Row& row, const auto& value) {
    file += fmt::format("\n{}# {} = {}\n", Wrapped(row.doc, "# "), row.key, ValueText(row, value));
  };
  VisitSections(defaults, [&](const SectionRow& section, auto& values) {
    file += "\n" + Wrapped(section.doc, "# ");
    if constexpr (kIsList<std::decay_t<decltype(values)>>) {
      file += ListExample(section.name);
    } else {
      file += fmt::format("[{}]\n", section.name);
      VisitRows(values, write);
    }
  });
  return file;
}

std::string ToMarkdown() {
  std::string page =
      "# Settings\n\n"
      "<!-- Made by `taproot docs settings` of engine/settings/rows.inc: change it there. -->\n\n"
      "One TOML file, by default `/etc/taproot/taproot.toml`. `taproot check` tells every mistake in it at once. A "
      "time "
      "is a\nwhole number of seconds, or a text such as `\"250ms\"`, `\"10s\"`, `\"5m\"` or `\"1h\"`; a size is a "
      "number of "
      "octets, or a text\nsuch as `\"64 MiB\"`. What is *live* changes with `taproot reload`; the rest needs a "
      "restart.\n";
  Settings defaults;
  VisitSections(defaults, [&](const SectionRow& section, auto& values) {
    page += fmt::format("\n## {}{}{}\n\n{}", IsList(values) ? "[[" : "[", section.name, IsList(values) ? "]]" : "]",
                        Wrapped(section.doc, ""));
    if constexpr (kIsList<std::decay_t<decltype(values)>>) {
      typename std::decay_t<decltype(values)>::value_type item;
      page += SectionMarkdown(item);
    } else {
      page += SectionMarkdown(values);
    }
  });
  return page;
}

Changes Compare(const Settings& in_force, const Settings& wanted) {
  const std::vector<Written> before = WriteAll(in_force);
  const std::vector<Written> after = WriteAll(wanted);
  Changes changes;
  for (size_t i = 0; i < before.size(); ++i) {
    if (before[i].value == after[i].value) continue;
    (before[i].reload == Reload::kLive ? changes.live : changes.needs_restart).push_back(before[i].path);
  }
  return changes;
}

}  // namespace settings
