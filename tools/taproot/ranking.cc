#include "tools/taproot/ranking.h"

#include <fmt/format.h>

#include "tools/taproot/amounts.h"
#include "tools/taproot/columns.h"
#include "tools/taproot/members.h"

namespace taproot {
namespace {

/// Returns the tint of a server's state.
Tint TintOfState(std::string_view state) {
  if (state == "good") return Tint::kGood;
  return state == "untried" || state == "no EDNS" ? Tint::kPlain : Tint::kWarn;
}

/// Returns a smoothed RTT and how much it varies: `21.3 ms ± 4.20 ms`.
std::string RttText(const Json& standing, const Terminal& terminal) {
  const auto srtt = NumberIn(standing, "srtt_us");
  if (!srtt) return "-";
  return fmt::format("{} {} {}", TimeText(*srtt), terminal.unicode ? "±" : "+-",
                     TimeText(NumberIn(standing, "variance_us").value_or(0)));
}

/// Returns a count, or a dash for none: zeros would drown what matters.
std::string CountText(uint64_t count) { return count == 0 ? "-" : Grouped(count); }

/// Returns the share of the zone's queries, or a dash where no zone is meant.
std::string PermilleText(const Json& standing) {
  const auto permille = NumberIn(standing, "share_permille");
  return permille ? fmt::format("{} %", (*permille + 5) / 10) : "-";
}

/// Returns why the server stands where it stands, its last error included.
std::string ReasonText(const Json& standing) {
  std::string reason = TextIn(standing, "reason");
  const std::string error = TextIn(standing, "last_error");
  if (error.empty()) return reason;
  return reason.empty() ? fmt::format("last: {}", error) : fmt::format("{}; last: {}", reason, error);
}

/// Returns the line of a standing.
std::vector<Cell> LineOf(size_t rank, const Json& standing, const Terminal& terminal) {
  const uint64_t timeouts = CountIn(standing, "timeouts");
  const uint64_t errors = CountIn(standing, "errors");
  const std::string state = TextIn(standing, "state");
  return {{fmt::format("{}", rank), Tint::kDim},
          {TextIn(standing, "address"), Tint::kBold},
          {TextIn(standing, "zone")},
          {RttText(standing, terminal)},
          {TimeText(NumberIn(standing, "timeout_us").value_or(0))},
          {CountText(CountIn(standing, "asked"))},
          {PermilleText(standing)},
          {ShareText(CountIn(standing, "answered"), CountIn(standing, "asked"))},
          {CountText(timeouts), timeouts == 0 ? Tint::kPlain : Tint::kWarn},
          {CountText(errors), errors == 0 ? Tint::kPlain : Tint::kWarn},
          {CountText(CountIn(standing, "explorations"))},
          {CountText(CountIn(standing, "won"))},
          {state, TintOfState(state)},
          {ReasonText(standing), Tint::kDim}};
}

}  // namespace

std::string RankingText(const Json& answer, const Terminal& terminal) {
  Table table({{"#", Side::kRight},
               {"address"},
               {"zone", Side::kLeft, 8},
               {"rtt", Side::kRight},
               {"timeout", Side::kRight},
               {"asked", Side::kRight},
               {"share", Side::kRight},
               {"answered", Side::kRight},
               {"timeouts", Side::kRight},
               {"errors", Side::kRight},
               {"explored", Side::kRight},
               {"won", Side::kRight},
               {"state"},
               {"why", Side::kLeft, 4}});
  size_t rank = 0;
  for (const auto& standing : ListIn(answer, "standings")) table.Add(LineOf(++rank, standing, terminal));
  return table.empty() ? "No such nameserver has been asked yet.\n" : table.ToText(terminal, 0);
}

}  // namespace taproot
