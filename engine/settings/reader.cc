#include "engine/settings/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "engine/settings/nearest.h"
#include "engine/settings/units.h"

namespace settings {
namespace {

/// A path longer than this fits no sockaddr_un.
constexpr size_t kMaxSocketPathOctets = 107;

/// Longest part of a text of the file that is shown again in a mistake.
constexpr size_t kMaxShownOctets = 60;

/// Returns a text of the file for a mistake: quoted, and cut where it is long.
std::string Shown(std::string_view text) {
  return text.size() <= kMaxShownOctets ? Quote(text) : Quote(text.substr(0, kMaxShownOctets)) + "...";
}

/// Returns `; did you mean NEAREST?`, or nothing where no word is near.
std::string DidYouMean(std::string_view text, std::span<const std::string_view> words) {
  const std::string_view nearest = Nearest(text, words);
  return nearest.empty() ? std::string() : fmt::format("; did you mean `{}`?", nearest);
}

/// Returns the section that has the key, or an empty text.
std::string_view SectionWith(std::string_view key) {
  std::string_view found;
  Settings settings;
  const auto look = [&](const Row& row, const auto&) {
    if (row.key == key && found.empty()) found = row.section;
  };
  VisitSections(settings, [&](const SectionRow&, auto& values) {
    if constexpr (!kIsList<std::decay_t<decltype(values)>>) VisitRows(values, look);
  });
  return found;
}

/// Returns whether a key within a section is a section of its own: `pool` in `forward`.
bool IsSubsection(std::string_view section, std::string_view key) {
  bool found = false;
  Settings settings;
  VisitSections(settings, [&](const SectionRow& row, const auto&) {
    found = found || (row.name.size() == section.size() + 1 + key.size() && row.name.starts_with(section) &&
                      row.name[section.size()] == '.' && row.name.ends_with(key));
  });
  return found;
}

/// Returns the node of a section, or null: of `forward.pool` that of `pool` within `forward`.
const toml::node* FindSection(const toml::table& file, std::string_view name) {
  const size_t dot = name.find('.');
  const toml::node* node = file.get(name.substr(0, dot));
  if (dot == name.npos || node == nullptr || !node->is_table()) return dot == name.npos ? node : nullptr;
  return node->as_table()->get(name.substr(dot + 1));
}

/// Reads the rows of one section from its table, and then tells of the keys that were none.
class SectionReader {
 public:
  SectionReader(const toml::table& table, MistakeList& mistakes) : table_(table), mistakes_(mistakes) {}

  /// Reads one setting, where the file has it.
  template <typename Value>
  void operator()(const Row& row, Value& value) {
    keys_.push_back(row.key);
    if (const toml::node* node = table_.get(row.key)) {
      ReadValue(*node, row, value, mistakes_);
    } else if (row.range.presence == Presence::kRequired) {
      mistakes_.Add(table_.source().begin,
                    fmt::format("{}: not given, expected in each [[{}]]", row.Path(), row.section));
    }
  }

  /// Tells of the keys that no row reads.
  void TellUnknown(std::string_view section) {
    for (const auto& [key, node] : table_) {
      if (std::find(keys_.begin(), keys_.end(), key.str()) != keys_.end()) continue;
      if (IsSubsection(section, key.str())) continue;
      std::string hint = DidYouMean(key.str(), keys_);
      const std::string_view elsewhere = hint.empty() ? SectionWith(key.str()) : std::string_view();
      if (!elsewhere.empty()) hint = fmt::format("; it belongs to [{}]", elsewhere);
      mistakes_.Add(key.source().begin, fmt::format("{}: found unknown key {}, expected one of {}{}", section,
                                                    Shown(key.str()), fmt::join(keys_, ", "), hint));
    }
  }

 private:
  const toml::table& table_;
  MistakeList& mistakes_;
  std::vector<std::string_view> keys_;
};

/// Reads one section's table into its struct.
template <typename Values>
void ReadSection(const toml::table& table, const SectionRow& section, Values& values, MistakeList& mistakes) {
  SectionReader reader(table, mistakes);
  VisitRows(values, reader);
  reader.TellUnknown(section.name);
}

/// Tells of a zone that has a stub already.
void TellRepeated(const toml::table& table, const std::vector<Settings::Stub>& stubs, const Settings::Stub& stub,
                  MistakeList& mistakes) {
  const bool twice =
      std::any_of(stubs.begin(), stubs.end(), [&](const auto& other) { return other.zone == stub.zone; });
  if (twice && table.contains("zone")) mistakes.AddWrong(*table.get("zone"), "stub.zone", "each zone once");
}

/// Tells of a pool whose name another has.
void TellRepeated(const toml::table& table, const std::vector<Settings::ForwardPool>& pools,
                  const Settings::ForwardPool& pool, MistakeList& mistakes) {
  const bool twice =
      std::any_of(pools.begin(), pools.end(), [&](const auto& other) { return other.name == pool.name; });
  if (twice && table.contains("name")) mistakes.AddWrong(*table.get("name"), "forward.pool.name", "each name once");
}

/// Tells of a domain that has a route already, and of a route that does not say which way it leads.
void TellRepeated(const toml::table& table, const std::vector<Settings::ForwardRoute>& routes,
                  const Settings::ForwardRoute& route, MistakeList& mistakes) {
  for (const auto& other : routes) {
    for (const wire::Name& domain : route.domains) {
      if (std::find(other.domains.begin(), other.domains.end(), domain) == other.domains.end()) continue;
      mistakes.AddWrong(*table.get("domains"), "forward.route.domains",
                        fmt::format("each domain once, and {} has a route", domain.ToText()));
    }
  }
  if (route.pools.empty() == (route.action == RouteAction::kWalk)) return;
  mistakes.Add(table.source().begin, "forward.route: expected either a pool or action = \"walk\"");
}

/// Reads the file section by section.
class FileReader {
 public:
  FileReader(const toml::table& file, MistakeList& mistakes) : file_(file), mistakes_(mistakes) {}

  /// Reads a section that stands at most once.
  template <typename Values>
  void operator()(const SectionRow& section, Values& values) {
    sections_.push_back(section.name);
    const toml::node* node = FindSection(file_, section.name);
    if (node == nullptr) return;
    if (const toml::table* table = node->as_table()) {
      ReadSection(*table, section, values, mistakes_);
    } else {
      mistakes_.AddWrong(*node, section.name, fmt::format("a section: [{}]", section.name));
    }
  }

  /// Reads the sections of a list.
  template <typename Item>
  void operator()(const SectionRow& section, std::vector<Item>& items) {
    sections_.push_back(section.name);
    const toml::node* node = FindSection(file_, section.name);
    if (node == nullptr) return;
    const toml::array* list = node->as_array();
    if (list == nullptr) {
      mistakes_.AddWrong(*node, section.name, fmt::format("[[{}]] with two brackets", section.name));
      return;
    }
    for (const toml::node& item : *list) ReadItem(item, section, items);
  }

  /// Tells of what stands outside the sections that there are.
  void TellUnknown() {
    for (const auto& [key, node] : file_) {
      if (std::find(sections_.begin(), sections_.end(), key.str()) != sections_.end()) continue;
      if (node.is_table() || node.is_array_of_tables()) {
        mistakes_.Add(key.source().begin,
                      fmt::format("found unknown section {}, expected one of {}{}", Shown(key.str()),
                                  fmt::join(sections_, ", "), DidYouMean(key.str(), sections_)));
        continue;
      }
      const std::string_view section = SectionWith(key.str());
      mistakes_.Add(key.source().begin, fmt::format("found the key {} outside of any section{}", Shown(key.str()),
                                                    section.empty() ? std::string(", expected a [section] before it")
                                                                    : fmt::format("; it belongs to [{}]", section)));
    }
  }

 private:
  /// Reads one section of a list.
  template <typename Item>
  void ReadItem(const toml::node& node, const SectionRow& section, std::vector<Item>& items) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      mistakes_.AddWrong(node, section.name, fmt::format("a section: [[{}]]", section.name));
      return;
    }
    Item item;
    ReadSection(*table, section, item, mistakes_);
    TellRepeated(*table, items, item, mistakes_);
    items.push_back(std::move(item));
  }

  const toml::table& file_;
  MistakeList& mistakes_;
  std::vector<std::string_view> sections_;
};

/// Tells of a mistake at the setting's value where the file has it, and otherwise at the file's beginning.
void AddAt(const toml::table& file, std::string_view section, std::string_view key, std::string text,
           MistakeList& mistakes) {
  const auto node = file[section][key];
  mistakes.Add(node ? node.node()->source().begin : toml::source_position{1, 1},
               fmt::format("{}.{}: {}", section, key, text));
}

/// Tells of settings that are each good and together are not.
void CheckTogether(const toml::table& file, const Settings& settings, MistakeList& mistakes) {
  if (settings.cache.min_ttl > settings.cache.max_ttl) {
    AddAt(file, "cache", "min-ttl",
          fmt::format("found {}, expected at most cache.max-ttl, {}", DurationToText(settings.cache.min_ttl),
                      DurationToText(settings.cache.max_ttl)),
          mistakes);
  }
  if (settings.server.listen.empty()) {
    AddAt(file, "server", "listen", "found an empty list, expected at least one address", mistakes);
  }
  const std::string stats = StatsSocketPath(settings);
  const std::string control = ControlSocketPath(settings);
  if (stats == control) {
    AddAt(file, "control", "socket", fmt::format("found {}, expected another path than stats.socket", Shown(control)),
          mistakes);
  }
  for (const auto& [section, path] : {std::pair("stats", stats), std::pair("control", control)}) {
    if (path.size() <= kMaxSocketPathOctets) continue;
    AddAt(file, section, "socket",
          fmt::format("found a path of {} octets, expected at most {}", path.size(), kMaxSocketPathOctets), mistakes);
  }
}

/// Tells of routes to pools that are not there.
void CheckRoutes(const toml::table& file, const Settings& settings, MistakeList& mistakes) {
  const auto is_pool = [&](const std::string& name) {
    return std::ranges::any_of(settings.forward_pools, [&](const auto& pool) { return pool.name == name; });
  };
  size_t upstreams = settings.forward.servers.size() + settings.forward.bootstrap.size();
  for (const auto& pool : settings.forward_pools) upstreams += pool.servers.size();
  if (upstreams > world::limits::kMaxUpstreams) {
    AddAt(file, "forward", "servers",
          fmt::format("found {} upstreams in all, expected at most {}", upstreams, world::limits::kMaxUpstreams),
          mistakes);
  }
  for (size_t i = 0; i < settings.forward_routes.size(); ++i) {
    for (const std::string& name : settings.forward_routes[i].pools) {
      if (is_pool(name)) continue;
      const auto node = file["forward"]["route"][i]["pool"];
      mistakes.Add(node ? node.node()->source().begin : toml::source_position{1, 1},
                   fmt::format("forward.route.pool: found {}, expected the name of a [[forward.pool]]", Shown(name)));
    }
  }
}

/// Tells of encrypted listeners that have no certificate to show.
void CheckCertificate(const toml::table& file, const Settings& settings, MistakeList& mistakes) {
  const auto& server = settings.server;
  if (server.listen_tls.empty() && server.listen_https.empty()) return;
  const std::string_view key = server.listen_tls.empty() ? "listen-https" : "listen-tls";
  if (server.certificate.empty() || server.key.empty()) {
    AddAt(file, "server", key, "expected server.certificate and server.key beside it", mistakes);
  }
}

}  // namespace

void MistakeList::Add(const toml::source_position& at, std::string text) {
  mistakes_.push_back({at.line, at.column, std::move(text)});
}

void MistakeList::AddWrong(const toml::node& node, std::string_view subject, std::string_view expected) {
  Add(node.source().begin, fmt::format("{}: found {}, expected {}", subject, Describe(node), expected));
}

Mistakes MistakeList::Take() {
  std::sort(mistakes_.begin(), mistakes_.end());
  if (mistakes_.size() > kMaxMistakes) {
    const size_t more = mistakes_.size() - kMaxMistakes;
    mistakes_.resize(kMaxMistakes);
    mistakes_.push_back({0, 0, fmt::format("{} more mistakes", more)});
  }
  return std::move(mistakes_);
}

std::string Describe(const toml::node& node) {
  if (const auto* text = node.as_string()) return Shown(text->get());
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  if (const auto* list = node.as_array()) return list->empty() ? "an empty list" : "a list";
  return node.is_table() ? "a section" : "a date or time";
}

void ReadSettings(const toml::table& file, Settings& settings, MistakeList& mistakes) {
  FileReader reader(file, mistakes);
  VisitSections(settings, reader);
  reader.TellUnknown();
  CheckTogether(file, settings, mistakes);
  CheckRoutes(file, settings, mistakes);
  CheckCertificate(file, settings, mistakes);
}

}  // namespace settings
