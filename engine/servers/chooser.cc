#include "engine/servers/chooser.h"

#include <absl/container/inlined_vector.h>

#include <algorithm>
#include <limits>

namespace servers::chooser {
namespace {

using world::Duration;
using world::Instant;

// The handicaps, in the order of the tiers. A server that was silent once goes before one that this question has
// tried; one that was silent often goes after it: with one live server of two, a lost packet is asked for again there.
// Figures has the first two; each silence in a row counts.
constexpr Duration kTriedCost = world::Seconds(25);    // For each time.
constexpr Duration kCutOffCost = world::Seconds(120);  // Behind servers that were tried a few times.
constexpr Duration kBadAnswerCost = world::Seconds(300);
constexpr int kMostSilences = 5;
constexpr int kMostTries = 8;

/// The age of what was never measured: greater than any.
constexpr double kNeverMeasured = std::numeric_limits<double>::max();

using Assessments = absl::InlinedVector<Assessment, 16>;

/// Returns the RTT that a server is ranked by.
Duration ExpectedRtt(const AddressRecord& address, const Figures& figures) {
  return address.rtt.measured ? address.rtt.smoothed : figures.unknown_rtt;
}

/// Returns the cheapest; ties go to the first.
size_t Cheapest(const Assessments& assessments) {
  const auto least = std::ranges::min_element(assessments, {}, &Assessment::cost);
  return static_cast<size_t>(least - assessments.begin());
}

/// Returns one of those that are as good as the cheapest, drawn at random.
size_t DrawFromBand(const Assessments& assessments, size_t cheapest, world::Random& random, const Figures& figures) {
  const Duration limit = BandAbove(assessments[cheapest].cost, figures);
  const auto in_band = [&](const Assessment& assessment) { return assessment.cost <= limit; };
  auto left = random.Below(static_cast<uint64_t>(std::ranges::count_if(assessments, in_band)));
  size_t index = 0;
  for (;; ++index) {
    if (in_band(assessments[index]) && left-- == 0) return index;
  }
}

/// Returns whether the question has been asked of nobody yet: only then is there anything to learn beside it.
bool IsFresh(std::span<const Prospect> prospects) {
  return std::ranges::none_of(prospects, [](const Prospect& p) { return p.times_tried > 0 || p.answered_badly; });
}

/// Returns whether a silent server would be among the best if it were back: that is worth more than any measurement.
bool IsWorthProbing(const Prospect& prospect, Duration best, const Figures& figures) {
  return prospect.address.IsSilent() && ExpectedRtt(prospect.address, figures) <= BandAbove(best, figures);
}

/// Returns a server that missed a packet or two, has rested, and would be among the best: packets do get lost, and one
/// that is back is worth more to the next clients than what this one risks.
std::optional<size_t> ToPardon(std::span<const Prospect> prospects, Duration best, Instant now,
                               const Figures& figures) {
  for (size_t i = 0; i < prospects.size(); ++i) {
    const AddressRecord& address = prospects[i].address;
    if (!address.IsSilent() || address.Silences() > figures.pardoned_silences) continue;
    if (address.RestsAt(now) || prospects[i].in_zone.ErringAt(now) || prospects[i].is_cut_off) continue;
    if (ExpectedRtt(address, figures) <= BandAbove(best, figures)) return i;
  }
  return std::nullopt;
}

/// Returns how much a packet to the server would tell: how old its measurement is, in units of the age at which it is
/// to be renewed.
double AgeOf(const AddressRecord& address, Duration best, Instant now, const Figures& figures) {
  if (address.sent_at == kNeverBefore) return kNeverMeasured;
  const double slowness =
      static_cast<double>(ExpectedRtt(address, figures).count()) / static_cast<double>(best.count());
  return static_cast<double>((now - address.sent_at).count()) / static_cast<double>(figures.fresh_time.count()) /
         std::clamp(slowness, 1.0, figures.most_slowness);
}

/// Returns in a word why the best was chosen.
std::string_view ReasonOf(Tier tier, size_t prospects) {
  if (prospects == 1) return "only one";
  switch (tier) {
    case Tier::kGood:
      return "fastest";
    case Tier::kUntried:
      return "untried";
    case Tier::kErring:
      return "all good ones tried";
    case Tier::kSilent:
      return "no answering one left";
    case Tier::kTried:
      return "asked again";
    case Tier::kCutOff:
      return "no server of the other family left";
    case Tier::kAnsweredBadly:
      return "last resort";
  }
  return "";
}

/// Returns the choice of `prospects[index]`.
Choice Choose(std::span<const Prospect> prospects, size_t index, std::string_view reason, Instant now,
              const Figures& figures) {
  const Prospect& chosen = prospects[index];
  int packets = 0;
  for (const Prospect& prospect : prospects) packets += std::min(prospect.times_tried, kMostTries);
  const int doublings = std::max(chosen.times_tried, packets - figures.prompt_packets);
  return {.index = index,
          .timeout = chosen.address.rtt.Timeout(doublings),
          .with_edns = chosen.address.WithEdnsAt(now),
          .reason = reason,
          .aside = std::nullopt};
}

/// Returns the question to `prospects[index]` beside another one.
Aside MakeAside(std::span<const Prospect> prospects, size_t index, std::string_view reason, Instant now) {
  const AddressRecord& address = prospects[index].address;
  return {.index = index, .timeout = address.rtt.Timeout(0), .with_edns = address.WithEdnsAt(now), .reason = reason};
}

}  // namespace

Duration BandAbove(Duration best, const Figures& figures) {
  // A handicap is not part of the band: 25 % of 5 s would span everything.
  const bool has_handicap = best >= world::Seconds(5);
  return best + (has_handicap ? figures.least_band : std::max(figures.least_band, best * figures.band_percent / 100));
}

Assessment Assess(const Prospect& prospect, Instant now, const Figures& figures) {
  const AddressRecord& address = prospect.address;
  Assessment assessment{.cost = ExpectedRtt(address, figures),
                        .tier = address.rtt.measured ? Tier::kGood : Tier::kUntried};
  if (prospect.in_zone.ErringAt(now)) assessment = {assessment.cost + figures.erring_cost, Tier::kErring};
  if (address.IsSilent()) {
    const int silences = std::min(address.Silences(), kMostSilences);
    assessment = {assessment.cost + silences * figures.silent_cost, Tier::kSilent};
  }
  if (prospect.times_tried > address.Patience()) {
    const int tries = std::min(prospect.times_tried, kMostTries);
    assessment = {assessment.cost + tries * kTriedCost, Tier::kTried};
  }
  if (prospect.is_cut_off) assessment = {assessment.cost + kCutOffCost, Tier::kCutOff};
  if (prospect.answered_badly) assessment = {assessment.cost + kBadAnswerCost, Tier::kAnsweredBadly};
  return assessment;
}

std::optional<Choice> Pick(std::span<const Prospect> prospects, Instant now, world::Random& random,
                           const Figures& figures) {
  if (prospects.empty()) return std::nullopt;
  Assessments assessments;
  for (const Prospect& prospect : prospects) assessments.push_back(Assess(prospect, now, figures));
  const size_t cheapest = Cheapest(assessments);
  if (IsFresh(prospects)) {
    const auto index = ToPardon(prospects, assessments[cheapest].cost, now, figures);
    if (index && *index != cheapest) return Choose(prospects, *index, kProbing, now, figures);
  }
  const size_t best = DrawFromBand(assessments, cheapest, random, figures);
  return Choose(prospects, best, ReasonOf(assessments[best].tier, prospects.size()), now, figures);
}

std::optional<Aside> PickAside(std::span<const Prospect> prospects, size_t chosen, Instant now,
                               const Figures& figures) {
  if (!IsFresh(prospects)) return std::nullopt;
  const Duration best = std::max(ExpectedRtt(prospects[chosen].address, figures), Duration(1));
  const Prospect* oldest = nullptr;
  double most = 1;
  for (const Prospect& prospect : prospects) {
    if (&prospect == &prospects[chosen] || prospect.address.RestsAt(now) || prospect.is_cut_off) continue;
    const double age =
        IsWorthProbing(prospect, best, figures) ? kNeverMeasured : AgeOf(prospect.address, best, now, figures);
    if (age > most) oldest = &prospect, most = age;
  }
  if (oldest == nullptr) return std::nullopt;
  const std::string_view reason = IsWorthProbing(*oldest, best, figures) ? kProbing : kExploring;
  return MakeAside(prospects, static_cast<size_t>(oldest - prospects.data()), reason, now);
}

std::optional<Aside> PickProbe(std::span<const Prospect> prospects, world::Family family, Instant now) {
  if (!IsFresh(prospects)) return std::nullopt;
  const Prospect* best = nullptr;
  for (const Prospect& prospect : prospects) {
    if (prospect.in_zone.address.family() != family) continue;
    if (best == nullptr || Assess(prospect, now).cost < Assess(*best, now).cost) best = &prospect;
  }
  if (best == nullptr) return std::nullopt;
  return MakeAside(prospects, static_cast<size_t>(best - prospects.data()), kProbingFamily, now);
}

}  // namespace servers::chooser
