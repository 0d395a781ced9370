#pragma once

#include <optional>
#include <string>

#include "engine/settings/settings.h"
#include "tools/taproot/command.h"

namespace taproot {

/// The option that every verb has which reads the settings.
inline constexpr Option kConfigOption{"--config", "FILE", "the settings; otherwise /etc/taproot/taproot.toml"};

/// Where the settings are, and whether the operator said so.
struct SettingsPath {
  std::string path;
  bool is_given = false;
};

/// Returns the path of --config, or the usual one.
SettingsPath PathOfSettings(const Arguments& arguments);

/// Returns the content of a file, or nothing and the reason in `errno`.
std::optional<std::string> ReadFile(const std::string& path);

/// Returns the settings of the file, or the defaults where there is no file and none was given. Tells every mistake on
/// standard error; then there are none.
std::optional<settings::Settings> LoadSettings(const Arguments& arguments);

}  // namespace taproot
