#pragma once

#include <string>
#include <string_view>

namespace taprootd {

/// Tells the service manager at its socket (NOTIFY_SOCKET) of `state`: `READY=1`, `STOPPING=1` (sd_notify(3)). Does
/// nothing without a socket.
void NotifyManager(const std::string& path, std::string_view state);

}  // namespace taprootd
