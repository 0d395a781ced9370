#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "tools/taproot/command.h"

namespace taproot {

/// Which of the daemon's sockets (docs/OPERATING.md).
enum class Door : unsigned char { kStats, kControl };

/// The option of verbs that speak to a daemon.
inline constexpr Option kSocketOption{"--socket", "PATH", "the daemon's socket; otherwise the one in the settings"};

/// Asks the running daemon: sends one request and returns its answer. Where there is none, or the daemon says that it
/// failed, tells why on standard error and returns nothing.
std::optional<nlohmann::json> AskDaemon(Door door, const Arguments& arguments, const nlohmann::json& request);

}  // namespace taproot
