#pragma once

#include <string>
#include <vector>

#include "engine/settings/settings.h"

/// What is made of the table for people: a settings file, the docs page, the difference of two settings.
namespace settings {

/// Returns the settings as a file that Parse reads back to the same.
std::string ToToml(const Settings& settings);

/// Returns a settings file to start from: every setting explained, at its default, and commented out.
std::string ToExample();

/// Returns docs/SETTINGS.md.
std::string ToMarkdown();

/// Names of settings that differ, such as `server.allow`, in the order of the table.
struct Changes {
  std::vector<std::string> live;           ///< Hold as soon as an engine adopts the settings.
  std::vector<std::string> needs_restart;  ///< Not read again while the process runs.
};

/// Returns what differs between the settings in force and others.
Changes Compare(const Settings& in_force, const Settings& wanted);

}  // namespace settings
