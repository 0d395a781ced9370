#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "engine/validation/anchors.h"
#include "engine/zone/hints.h"
#include "engine/zone/zone.h"
#include "tools/taproot/amounts.h"
#include "tools/taproot/settings_file.h"
#include "tools/taproot/verbs.h"

namespace taproot {
namespace {

/// Returns the octets of a text.
world::Octets OctetsOf(const std::string& text) { return {text.begin(), text.end()}; }

/// Returns the content of a file that a setting names; tells where that cannot be read.
std::optional<world::Octets> ReadNamed(std::string_view setting, const std::string& path) {
  const auto text = ReadFile(path);
  if (text) return OctetsOf(*text);
  fmt::print(stderr, "{}: {}: {}\n", setting, path, std::strerror(errno));
  return std::nullopt;
}

/// Returns whether the root zone can be loaded, and tells of it either way.
bool CheckZoneFile(const std::string& path) {
  const auto text = ReadNamed("root.zone-file", path);
  if (!text) return false;
  const auto zone = zone::Zone::Parse(*text, path, zone::LoadOptions());
  if (!zone.ok()) {
    fmt::print(stderr, "{}\n", std::string(zone.status().message()));
    return false;
  }
  fmt::print("{}: good, serial {}, {} delegations\n", path, (*zone)->serial(), Grouped((*zone)->delegation_count()));
  return true;
}

/// Returns whether the trust anchors can be loaded, and tells of it either way.
bool CheckAnchorsFile(const std::string& path) {
  const auto text = ReadNamed("dnssec.trust-anchors-file", path);
  if (!text) return false;
  const auto anchors = validation::Anchors::Parse(*text, path);
  if (!anchors.ok()) {
    fmt::print(stderr, "{}\n", std::string(anchors.status().message()));
    return false;
  }
  fmt::print("{}: good, trust anchors of {} zones\n", path, (*anchors)->all().size());
  return true;
}

/// Returns whether the root hints can be loaded, and tells of it either way.
bool CheckHintsFile(const std::string& path) {
  const auto text = ReadNamed("root.hints-file", path);
  if (!text) return false;
  const auto hints = zone::ParseRootHints(*text, path);
  if (!hints.ok()) {
    fmt::print(stderr, "{}\n", std::string(hints.status().message()));
    return false;
  }
  fmt::print("{}: good, {} root servers\n", path, (*hints)->size());
  return true;
}

}  // namespace

Exit RunCheck(const Arguments& arguments) {
  const auto settings = LoadSettings(arguments);
  if (!settings) return Exit::kFailed;
  const SettingsPath from = PathOfSettings(arguments);
  fmt::print("{}: {}\n", from.path, ReadFile(from.path) ? "good" : "not there, so all settings have their defaults");
  bool is_good = true;
  if (!settings->root.zone_file.empty()) is_good = CheckZoneFile(settings->root.zone_file);
  if (const std::string& anchors = settings->dnssec.trust_anchors_file; !anchors.empty()) {
    is_good = CheckAnchorsFile(anchors) && is_good;
  }
  if (!settings->root.hints_file.empty()) is_good = CheckHintsFile(settings->root.hints_file) && is_good;
  return is_good ? Exit::kGood : Exit::kFailed;
}

}  // namespace taproot
