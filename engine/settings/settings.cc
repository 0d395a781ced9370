#include "engine/settings/settings.h"

#include <fmt/format.h>

#include <optional>

#include "engine/settings/units.h"
#include "engine/world/check.h"

namespace settings {
namespace {

/// The folder for sockets where no state folder is set.
constexpr std::string_view kRunFolder = "/run/taproot";

/// Returns the items of a list separated by spaces, each made by `make`. Requires: `make` takes all of them.
template <typename Item, typename Make>
std::vector<Item> Each(std::string_view list, Make make) {
  std::vector<Item> items;
  while (!list.empty()) {
    const size_t space = list.find(' ');
    const std::optional<Item> item = make(list.substr(0, space));
    CHECK(item.has_value());
    items.push_back(*item);
    list = space == list.npos ? std::string_view() : list.substr(space + 1);
  }
  return items;
}

/// Returns `path`, or where it is empty the file of that name in the state folder.
std::string PathOr(const std::string& path, const Settings& settings, std::string_view file) {
  if (!path.empty()) return path;
  std::string folder(settings.server.state_dir.empty() ? kRunFolder : std::string_view(settings.server.state_dir));
  return folder.append("/").append(file);
}

}  // namespace

std::vector<world::Endpoint> Endpoints(std::string_view list) {
  return Each<world::Endpoint>(list, [](std::string_view text) { return world::Endpoint::FromText(text, 53); });
}

std::vector<world::Prefix> Prefixes(std::string_view list) {
  return Each<world::Prefix>(list, [](std::string_view text) { return world::Prefix::FromText(text); });
}

std::optional<NegativeAnchor> NegativeAnchor::FromText(std::string_view text) {
  constexpr std::string_view kUntil = " until ";
  const size_t at = text.find(kUntil);
  if (at == text.npos) return std::nullopt;
  std::optional<wire::Name> zone = wire::Name::FromText(text.substr(0, at));
  const std::optional<world::WallTime> until = TimeFromText(text.substr(at + kUntil.size()));
  if (!zone || !until) return std::nullopt;
  return NegativeAnchor{*std::move(zone), *until};
}

std::string NegativeAnchor::ToText() const { return fmt::format("{} until {}", zone.ToText(), TimeToText(until)); }

std::string StatsSocketPath(const Settings& settings) { return PathOr(settings.stats.socket, settings, "stats.sock"); }

std::string ControlSocketPath(const Settings& settings) {
  return PathOr(settings.control.socket, settings, "control.sock");
}

}  // namespace settings
