#include <fmt/format.h>

#include "engine/daemon/resolve_once.h"
#include "tools/taproot/daemon_client.h"
#include "tools/taproot/members.h"
#include "tools/taproot/question.h"
#include "tools/taproot/settings_file.h"
#include "tools/taproot/verbs.h"
#include "tools/taproot/waterfall.h"

namespace taproot {

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
  const auto message = wire::Parse(resolution->response);
  const auto report = Json::parse(resolution->report, nullptr, false);
  if (!report.is_object()) {
    fmt::print(stderr, "taproot: the name was not resolved\n");
    return Exit::kFailed;
  }
  const std::string answer = message ? wire::ToText(*message) : std::string();
  if (arguments.Has("--json")) {
    Json whole = report;
    whole["answer"] = answer;
    PrintJson(whole);
  } else if (arguments.Has("--explain")) {
    fmt::print("{}", TrustChain(WalkFromJson(report), OfStandardOutput()));
  } else {
    fmt::print("{}\n{}", Waterfall(WalkFromJson(report), OfStandardOutput()), answer);
  }
  const bool failed =
      !message || message->header.rcode == wire::Rcode::kServFail || message->header.rcode == wire::Rcode::kRefused;
  return failed ? Exit::kFailed : Exit::kGood;
}

}  // namespace taproot
