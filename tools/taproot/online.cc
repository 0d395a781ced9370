// The verbs that ask a running daemon one thing and show its answer.
#include <fmt/format.h>

#include "engine/wire/name.h"
#include "engine/wire/types.h"
#include "tools/taproot/amounts.h"
#include "tools/taproot/daemon_client.h"
#include "tools/taproot/members.h"
#include "tools/taproot/pages.h"
#include "tools/taproot/question.h"
#include "tools/taproot/verbs.h"

namespace taproot {

Exit RunStats(const Arguments& arguments) {
  const bool is_prometheus = arguments.Has("--prometheus");
  const auto answer = AskDaemon(Door::kStats, arguments, {{"verb", is_prometheus ? "prometheus" : "stats"}});
  if (!answer) return Exit::kFailed;
  if (is_prometheus) {
    // As it came: its line ends are no control characters to hide.
    const auto text = answer->find("text");
    if (text == answer->end() || !text->is_string()) return Exit::kFailed;
    fmt::print("{}", text->get_ref<const std::string&>());
  } else if (arguments.Has("--json")) {
    PrintJson(*answer);
  } else {
    fmt::print("{}", StatsText(*answer, arguments.Has("--all") ? Zeros::kShow : Zeros::kHide, OfStandardOutput()));
  }
  return Exit::kGood;
}

Exit RunCacheStats(const Arguments& arguments) {
  const auto answer = AskDaemon(Door::kStats, arguments, {{"verb", "cache-stats"}});
  if (!answer) return Exit::kFailed;
  if (arguments.Has("--json")) {
    PrintJson(*answer);
  } else {
    fmt::print("{}", CacheText(*answer, OfStandardOutput()));
  }
  return Exit::kGood;
}

Exit RunCacheFlush(const Arguments& arguments) {
  Json request{{"verb", "cache-flush"}};
  if (!arguments.Word(0).empty()) {
    const auto question = QuestionOf(arguments);
    if (!question) return Exit::kUsage;
    request["name"] = question->name.ToText();
    if (!arguments.Word(1).empty()) request["type"] = wire::ToText(question->type);
  }
  const auto answer = AskDaemon(Door::kControl, arguments, request);
  if (!answer) return Exit::kFailed;
  if (arguments.Has("--json")) {
    PrintJson(*answer);
  } else {
    const uint64_t flushed = CountIn(*answer, "flushed");
    fmt::print("Forgot {} entr{}.\n", Grouped(flushed), flushed == 1 ? "y" : "ies");
  }
  return Exit::kGood;
}

Exit RunReload(const Arguments& arguments) {
  const auto answer = AskDaemon(Door::kControl, arguments, {{"verb", "reload"}});
  if (!answer) return Exit::kFailed;
  if (arguments.Has("--json")) {
    PrintJson(*answer);
  } else {
    fmt::print("{}", ReloadText(*answer, OfStandardOutput()));
  }
  return Exit::kGood;
}

}  // namespace taproot
