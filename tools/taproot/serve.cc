// The verbs that resolve themselves: the daemon, and one question in this process.
#include <fmt/format.h>

#include <cstdlib>

#include "engine/daemon/resolve_once.h"
#include "engine/daemon/serve.h"
#include "tools/taproot/members.h"
#include "tools/taproot/question.h"
#include "tools/taproot/settings_file.h"
#include "tools/taproot/terminal.h"
#include "tools/taproot/verbs.h"
#include "tools/taproot/waterfall.h"

namespace taproot {

Exit RunServe(const Arguments& arguments) {
  const auto settings = LoadSettings(arguments);
  if (!settings) return Exit::kFailed;
  const char* notify_socket = std::getenv("NOTIFY_SOCKET");
  const int code = taprootd::Serve({.settings = *settings,
                                    .settings_file = PathOfSettings(arguments).path,
                                    .version = TAPROOT_VERSION,
                                    .notify_socket = notify_socket == nullptr ? "" : notify_socket});
  return code == 0 ? Exit::kGood : Exit::kFailed;
}

Exit RunResolve(const Arguments& arguments) {
  const auto question = QuestionOf(arguments);
  if (!question) return Exit::kUsage;
  const auto settings = LoadSettings(arguments);
  if (!settings) return Exit::kFailed;
  const auto resolution = taprootd::ResolveOnce(*settings, *question);
  if (!resolution.ok()) {
    fmt::print(stderr, "taproot: {}\n", std::string(resolution.status().message()));
    return Exit::kFailed;
  }
  const auto report = nlohmann::json::parse(resolution->report, nullptr, false);
  if (!report.is_object()) {
    fmt::print(stderr, "taproot: the name was not resolved\n");
    return Exit::kFailed;
  }
  if (arguments.Has("--json")) {
    PrintJson(report);
    return Exit::kGood;
  }
  fmt::print("{}", Waterfall(WalkFromJson(report), OfStandardOutput()));
  const auto message = wire::Parse(resolution->response);
  if (!message) return Exit::kFailed;
  for (const auto& rrset : message->answer) fmt::print("{}", wire::ToText(rrset));
  return Exit::kGood;
}

}  // namespace taproot
