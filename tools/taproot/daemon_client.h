#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tools/taproot/command.h"
#include "tools/taproot/json.h"

namespace taproot {

/// Which of the daemon's sockets (docs/OPERATING.md).
enum class Door : unsigned char { kStats, kControl };

/// The option of verbs that speak to a daemon.
inline constexpr Option kSocketOption{"--socket", "PATH", "the daemon's socket; otherwise the one in the settings"};

/// Asks the running daemon: sends one request and returns its answer. Where there is none, or the daemon says that it
/// failed, tells why on standard error and returns nothing.
std::optional<Json> AskDaemon(Door door, const Arguments& arguments, const Json& request);

}  // namespace taproot
