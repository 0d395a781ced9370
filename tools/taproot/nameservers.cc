#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "engine/wire/name.h"
#include "engine/world/address.h"
#include "tools/taproot/daemon_client.h"
#include "tools/taproot/members.h"
#include "tools/taproot/question.h"
#include "tools/taproot/ranking.h"
#include "tools/taproot/verbs.h"

namespace taproot {
namespace {

/// Returns the request of the command line, or nothing when it is wrong, which is told.
std::optional<Json> RequestOf(const Arguments& arguments) {
  Json request{{"verb", "nameservers"}};
  const std::string subject = arguments.Word(0);
  const auto most = CountOf(arguments, "--most", 50);
  if (!most) return std::nullopt;
  if (subject.empty()) {
    request["most"] = *most;
  } else if (const auto address = world::Address::FromText(subject)) {
    request["address"] = address->ToText();
  } else if (const auto zone = wire::Name::FromText(subject)) {
    request["zone"] = zone->ToText();
  } else {
    fmt::print(stderr, "taproot: `{}` is neither a zone nor an address\n", subject);
    return std::nullopt;
  }
  return request;
}

}  // namespace

Exit RunNameservers(const Arguments& arguments) {
  const auto request = RequestOf(arguments);
  if (!request) return Exit::kUsage;
  const bool watches = arguments.Has("--watch");
  while (true) {
    const auto answer = AskDaemon(Door::kStats, arguments, *request);
    if (!answer) return Exit::kFailed;
    if (arguments.Has("--json")) {
      PrintJson(*answer);
    } else {
      const Terminal terminal = OfStandardOutput();
      constexpr std::string_view kClearScreen = "\033[H\033[2J";
      fmt::print("{}{}", watches && terminal.width > 0 ? kClearScreen : "", RankingText(*answer, terminal));
    }
    std::fflush(stdout);
    if (!watches) return Exit::kGood;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

}  // namespace taproot
