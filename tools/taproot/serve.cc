#include "engine/daemon/serve.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "tools/taproot/settings_file.h"
#include "tools/taproot/verbs.h"

namespace taproot {

Exit RunServe(const Arguments& arguments) {
  auto settings = LoadSettings(arguments);
  if (!settings) return Exit::kFailed;
  const char* const notify = std::getenv("NOTIFY_SOCKET");  // systemd's, of a unit with Type=notify.
  const taprootd::ServeOptions options{std::move(*settings), PathOfSettings(arguments).path, TAPROOT_VERSION,
                                       notify == nullptr ? std::string() : std::string(notify)};
  return taprootd::Serve(options) == 0 ? Exit::kGood : Exit::kFailed;
}

}  // namespace taproot
