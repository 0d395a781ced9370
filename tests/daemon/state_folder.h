#pragma once

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>

#include "engine/daemon/log.h"
#include "engine/settings/settings.h"

namespace taprootd {

/// A daemon's state folder that is gone with the test, the settings that name it, and a log that tells errors alone.
struct StateFolder {
  StateFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "taproot-state-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    settings.server.state_dir = pattern;
    log.Adopt(Log::Level::kError, Log::Format::kText);
  }
  ~StateFolder() { std::filesystem::remove_all(folder); }
  StateFolder(const StateFolder&) = delete;
  StateFolder& operator=(const StateFolder&) = delete;

  std::filesystem::path folder;
  Log log;
  settings::Settings settings;
};

}  // namespace taprootd
