#include <fmt/format.h>

#include "tools/taproot/amounts.h"
#include "tools/taproot/columns.h"
#include "tools/taproot/daemon_client.h"
#include "tools/taproot/members.h"
#include "tools/taproot/verbs.h"

namespace taproot {
namespace {

/// Returns the tint of an upstream's health.
Tint TintOfHealth(std::string_view health) { return health == "up" ? Tint::kGood : Tint::kWarn; }

/// Returns a count, or a dash for none.
std::string CountText(uint64_t count) { return count == 0 ? "-" : Grouped(count); }

/// Returns the line of an upstream; `won` is how many answers were taken in all.
std::vector<Cell> LineOf(const Json& upstream, uint64_t won) {
  const uint64_t failures = CountIn(upstream, "failures");
  const uint64_t errors = CountIn(upstream, "errors");
  const auto rtt = NumberIn(upstream, "srtt_us");
  const std::string health = TextIn(upstream, "health");
  return {{TextIn(upstream, "pool"), Tint::kBold},
          {TextIn(upstream, "url")},
          {health, TintOfHealth(health)},
          {rtt ? TimeText(*rtt) : "-"},
          {CountText(CountIn(upstream, "asked"))},
          {ShareText(CountIn(upstream, "won"), won)},
          {CountText(CountIn(upstream, "lost"))},
          {CountText(failures), failures == 0 ? Tint::kPlain : Tint::kWarn},
          {CountText(errors), errors == 0 ? Tint::kPlain : Tint::kWarn},
          {TextIn(upstream, "last_error"), Tint::kDim}};
}

}  // namespace

Exit RunUpstreams(const Arguments& arguments) {
  const auto answer = AskDaemon(Door::kStats, arguments, Json{{"verb", "upstreams"}});
  if (!answer) return Exit::kFailed;
  if (arguments.Has("--json")) {
    PrintJson(*answer);
    return Exit::kGood;
  }
  const Json upstreams = ListIn(*answer, "upstreams");
  if (upstreams.empty()) {
    fmt::print("nothing is forwarded: names are walked (docs/SETTINGS.md, [forward])\n");
    return Exit::kGood;
  }
  uint64_t won = 0;
  for (const Json& upstream : upstreams) won += CountIn(upstream, "won");
  Table table({{"pool"},
               {"upstream"},
               {"health"},
               {"rtt", Side::kRight},
               {"asked", Side::kRight},
               {"share", Side::kRight},
               {"too late", Side::kRight},
               {"failures", Side::kRight},
               {"errors", Side::kRight},
               {"last error", Side::kLeft, 8}});
  for (const Json& upstream : upstreams) table.Add(LineOf(upstream, won));
  fmt::print("{}", table.ToText(OfStandardOutput(), 0));
  return Exit::kGood;
}

}  // namespace taproot
