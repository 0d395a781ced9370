#pragma once

#include <string>

#include "engine/settings/settings.h"

/// The daemon. Not `namespace daemon`: <unistd.h> has a function of that name.
namespace taprootd {

/// What a daemon is started with.
struct ServeOptions {
  settings::Settings settings;
  std::string settings_file;  ///< Read again at `reload`; empty: the settings are all defaults and stay so.
  std::string version;
  std::string notify_socket;  ///< NOTIFY_SOCKET of the environment; empty: no service manager waits.
};

/// Serves until SIGTERM or SIGINT. Returns the process's exit code: 0, or 1 when it could not start; then the log says
/// everything that stood in the way.
[[nodiscard]] int Serve(const ServeOptions& options);

}  // namespace taprootd
