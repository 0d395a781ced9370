#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/wire/name.h"
#include "engine/wire/types.h"
#include "tools/taproot/amounts.h"
#include "tools/taproot/daemon_client.h"
#include "tools/taproot/members.h"
#include "tools/taproot/question.h"
#include "tools/taproot/verbs.h"
#include "tools/taproot/waterfall.h"

namespace taproot {
namespace {

/// Returns the request of the command line, or nothing when it is wrong, which is told.
std::optional<Json> RequestOf(const Arguments& arguments) {
  const auto question = QuestionOf(arguments);
  const auto last = CountOf(arguments, "--last", 1);
  if (!question || !last) return std::nullopt;
  Json request{{"verb", "explain"}, {"name", question->name.ToText()}, {"most", *last}};
  if (!arguments.Word(1).empty()) request["type"] = wire::ToText(question->type);
  if (arguments.Has("--fresh")) request["fresh"] = true;
  return request;
}

}  // namespace

Exit RunExplain(const Arguments& arguments) {
  const auto request = RequestOf(arguments);
  if (!request) return Exit::kUsage;
  const auto answer = AskDaemon(Door::kStats, arguments, *request);
  if (!answer) return Exit::kFailed;
  if (arguments.Has("--json")) {
    PrintJson(*answer);
    return Exit::kGood;
  }
  const Terminal terminal = OfStandardOutput();
  Json walks = ListIn(*answer, "walks");
  std::reverse(walks.begin(), walks.end());  // The newest stands last, where the eye is.
  std::string text;
  for (const auto& object : walks) {
    const Walk walk = WalkFromJson(object);
    const std::string client = walk.client.empty() ? "" : fmt::format(", for {}", walk.client);
    text += fmt::format("{}{}{}\n{}", text.empty() ? "" : "\n", DateText(walk.started_ms), client,
                        Waterfall(walk, terminal));
  }
  if (walks.empty()) text = "The daemon remembers no such walk.\n";
  fmt::print("{}", text);
  return Exit::kGood;
}

}  // namespace taproot
