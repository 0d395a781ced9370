#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

#include "tools/taproot/amounts.h"
#include "tools/taproot/columns.h"
#include "tools/taproot/daemon_client.h"
#include "tools/taproot/members.h"
#include "tools/taproot/pages.h"
#include "tools/taproot/verbs.h"

namespace taproot {
namespace {

/// Returns the path as the daemon finds it too, whose folder is another one.
std::string AbsolutePath(const std::string& path) {
  char* const real = realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string absolute(real);
  std::free(real);
  return absolute;
}

/// Prints how a root zone was taken.
Exit TellOutcome(const std::optional<Json>& answer, const Arguments& arguments) {
  if (!answer) return Exit::kFailed;
  if (arguments.Has("--json")) {
    PrintJson(*answer);
    return Exit::kGood;
  }
  const auto serial = NumberIn(*answer, "serial").value_or(0);
  const auto old_serial = NumberIn(*answer, "old_serial");
  if (TextIn(*answer, "outcome") == "same") {
    fmt::print("The root zone is the one in use already, serial {}.\n", serial);
    return Exit::kGood;
  }
  fmt::print("Took the root zone with serial {}{}: {} records in {}.\n", serial,
             old_serial ? fmt::format(" in place of {}", *old_serial) : std::string(),
             Grouped(CountIn(*answer, "records")), TimeText(NumberIn(*answer, "took_us").value_or(0)));
  return Exit::kGood;
}

}  // namespace

Exit RunRootStatus(const Arguments& arguments) {
  const auto answer = AskDaemon(Door::kStats, arguments, {{"verb", "root-status"}});
  if (!answer) return Exit::kFailed;
  if (arguments.Has("--json")) {
    PrintJson(*answer);
  } else {
    fmt::print("{}", RootText(*answer, OfStandardOutput()));
  }
  return Exit::kGood;
}

Exit RunRootReload(const Arguments& arguments) {
  Json request{{"verb", "root-reload"}};
  if (!arguments.Word(0).empty()) request["file"] = AbsolutePath(arguments.Word(0));
  if (arguments.Has("--force")) request["force"] = true;
  return TellOutcome(AskDaemon(Door::kControl, arguments, request), arguments);
}

Exit RunRootFetch(const Arguments& arguments) {
  return TellOutcome(AskDaemon(Door::kControl, arguments, {{"verb", "root-fetch"}}), arguments);
}

}  // namespace taproot
