#include "engine/servers/standing.h"

#include <fmt/format.h>

#include <chrono>

namespace servers {
namespace {

using world::Duration;
using world::Instant;

/// Returns a time in the unit in which people think of it: `0.25 ms`, `18 ms`, `2.5 s`.
std::string InWords(Duration duration) {
  const double milliseconds = std::chrono::duration<double, std::milli>(duration).count();
  if (milliseconds < 10) return fmt::format("{:.2f} ms", milliseconds);
  if (milliseconds < 1'000) return fmt::format("{:.0f} ms", milliseconds);
  return fmt::format("{:.1f} s", milliseconds / 1'000);
}

/// Returns why a silent server stands where it stands.
std::string SilenceInWords(const AddressRecord& address, Instant now) {
  const char* const plural = address.timeouts_in_row == 1 ? "" : "s";
  const std::string probe = address.RestsAt(now) ? fmt::format("probed in {}", InWords(address.rests_until - now))
                                                 : std::string("probed next");
  return fmt::format("no answer {} time{} in a row; {}", address.timeouts_in_row, plural, probe);
}

/// Returns what is wrong with an erring server, and how old that is.
std::string ErrorInWords(const ServerInZone& in_zone, Instant now) {
  return fmt::format("{} {} ago; behind the good ones until it answers well or time passes",
                     ToText(in_zone.last_error.value_or(Report::kServFail)), InWords(now - in_zone.erred_at));
}

/// Returns why a server that answers well stands where it stands.
std::string SpeedInWords(Duration cost, Duration best) {
  if (cost == best) return "fastest";
  if (cost <= chooser::BandAbove(best)) return "as good as the fastest; drawn at random";
  return fmt::format("{} slower than the fastest; asked now and then", InWords(cost - best));
}

/// Returns the state in a word or two.
std::string StateOf(const chooser::Prospect& prospect, chooser::Tier tier, Instant now) {
  switch (tier) {
    case chooser::Tier::kUntried:
      return prospect.address.answered > 0 ? "TCP only" : "untried";
    case chooser::Tier::kErring:
      return std::string(ToText(prospect.in_zone.last_error.value_or(Report::kServFail)));
    case chooser::Tier::kSilent:
      return prospect.address.RestsAt(now) ? "backing off" : "awaiting probe";
    case chooser::Tier::kCutOff:
      return "cut off";
    case chooser::Tier::kGood:
    case chooser::Tier::kTried:
    case chooser::Tier::kAnsweredBadly:
      break;
  }
  return prospect.address.WithEdnsAt(now) ? "good" : "no EDNS";
}

/// Returns the reason for the place in the ranking.
std::string ReasonOf(const chooser::Prospect& prospect, const chooser::Assessment& assessment,
                     const std::optional<Field>& field, Instant now) {
  const ServerInZone& in_zone = prospect.in_zone;
  switch (assessment.tier) {
    case chooser::Tier::kUntried:
      return fmt::format("no round-trip time yet; taken for {}", InWords(kFigures.unknown_rtt));
    case chooser::Tier::kErring:
      return ErrorInWords(in_zone, now);
    case chooser::Tier::kSilent:
      return SilenceInWords(prospect.address, now);
    case chooser::Tier::kCutOff:
      return fmt::format("no server answers over {}; probed every second",
                         in_zone.address.family() == world::Family::kIpv4 ? "IPv4" : "IPv6");
    case chooser::Tier::kGood:
    case chooser::Tier::kTried:
    case chooser::Tier::kAnsweredBadly:
      break;
  }
  return field ? SpeedInWords(assessment.cost, field->best) : std::string();
}

}  // namespace

Standing ToStanding(const chooser::Prospect& prospect, const std::optional<Field>& field, Instant now) {
  const AddressRecord& address = prospect.address;
  const ServerInZone& in_zone = prospect.in_zone;
  const chooser::Assessment assessment = chooser::Assess(prospect, now);
  Standing standing;
  standing.address = in_zone.address;
  if (field) standing.zone = field->zone;
  if (address.rtt.measured) standing.srtt = address.rtt.smoothed;
  standing.variance = address.rtt.variance;
  standing.timeout = address.rtt.Timeout(0);
  standing.asked = address.asked;
  standing.answered = address.answered;
  standing.timeouts = address.timeouts;
  standing.errors = in_zone.errors;
  standing.explorations = address.explorations;
  standing.won = address.won;
  if (field && field->asked > 0) standing.share_permille = static_cast<int>(1'000 * in_zone.asked / field->asked);
  standing.timeouts_in_row = address.timeouts_in_row;
  standing.state = StateOf(prospect, assessment.tier, now);
  if (in_zone.last_error) standing.last_error = ToText(*in_zone.last_error);
  standing.reason = ReasonOf(prospect, assessment, field, now);
  return standing;
}

}  // namespace servers
