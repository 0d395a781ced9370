#include "tests/simulator/itinerary.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace simulator {
namespace {

using wire::RrType;

constexpr world::Duration kDay = std::chrono::hours(24);

/// When a site is visited around a change of keys: with what was cached before, and when that has gone.
constexpr std::array<world::Duration, 5> kAround = {-kDay, -world::Seconds(1), world::Seconds(1), world::Seconds(3'700),
                                                    2 * kDay + world::Seconds(60)};

/// One kind of question about a site.
struct Question {
  std::string_view label;  ///< In front of the site's name; empty: none.
  RrType type;
};

/// What is asked of a site, in turn: data, keys and denials. None of it is an empty non-terminal.
constexpr std::array kQuestions = {
    Question{"www", RrType::kA},     Question{"", RrType::kDnskey},     Question{"absent", RrType::kA},
    Question{"", RrType::kSoa},      Question{"text", RrType::kTxt},    Question{"", RrType::kDs},
    Question{"mail", RrType::kAaaa}, Question{"nothing", RrType::kTxt},
};

/// Sites in a row that have to be signed well, before one that may be as it comes.
constexpr size_t kSignedInRow = 3;

/// Names are drawn from so many.
constexpr uint64_t kNames = 1'000'000;

/// Returns whether the keys are the same in every use.
bool IsSame(const KeySchedule& a, const KeySchedule& b) {
  return a.published == b.published && a.signs_keys == b.signs_keys && a.signs_zone == b.signs_zone &&
         a.vouched_for == b.vouched_for;
}

/// Returns a site that the names lead to: the zones down to it.
Chain DrawSite(const Parts& parts, size_t place, SeededRandom& random) {
  for (;;) {
    Chain chain = parts.atlas.ChainTo(parts.names.At(random.Below(kNames)).name);
    if (chain.size() < 3) continue;
    chain.resize(3);
    const bool may_be_any = place % (kSignedInRow + 1) == kSignedInRow;
    const bool is_broken = parts.atlas.BreakageOf(chain.back()) != Breakage::kNone;
    if (!is_broken && (may_be_any || parts.trust.SecurityOf(chain) == Security::kSecure)) return chain;
  }
}

/// Adds the visits to a site around all changes of keys on the way to it.
void VisitSite(const Parts& parts, const Chain& site, Span span, std::vector<Visit>& visits) {
  size_t turn = 0;
  for (size_t i = 0; i < site.size(); ++i) {
    const TrustPlan plan = parts.trust.PlanOf({site, i});
    if (!plan.is_signed) continue;
    for (const world::Instant change : KeyChanges(site[i], plan, parts.trust, span)) {
      for (const world::Duration apart : kAround) {
        const Question& question = kQuestions[turn++ % kQuestions.size()];
        const wire::Name& apex = site.back().apex;
        const wire::Name name = question.label.empty() ? apex : Below(question.label, apex);
        if (span.Has(change + apart)) visits.push_back({change + apart, {name, question.type, wire::RrClass::kIn}});
      }
    }
  }
}

}  // namespace

std::vector<world::Instant> KeyChanges(const ZonePlan& zone, const TrustPlan& plan, const Trust& trust, Span span) {
  const auto at = [&](world::Instant when) { return ScheduleOf(zone, plan, trust.WallAt(when)); };
  std::vector<world::Instant> changes;
  // No two changes of one zone fall on one day but where they are one, or within hours of each other.
  for (world::Instant day = span.from; day < span.to; day += kDay) {
    world::Instant before = day;
    world::Instant after = std::min(day + kDay, span.to);
    if (IsSame(at(before), at(after))) continue;
    while (after - before > world::Seconds(1)) {
      const world::Instant middle = before + (after - before) / 2;
      (IsSame(at(day), at(middle)) ? before : after) = middle;
    }
    changes.push_back(after);
  }
  return changes;
}

std::vector<Visit> PlanVisits(const Parts& parts, const Travel& travel, Span span, SeededRandom& random) {
  std::vector<Visit> visits;
  for (size_t i = 0; i < travel.sites; ++i) VisitSite(parts, DrawSite(parts, i, random), span, visits);
  const auto length = static_cast<uint64_t>((span.to - span.from).count());
  for (size_t i = 0; i < travel.strays; ++i) {
    const world::Instant at = span.from + world::Duration(static_cast<int64_t>(random.Below(length)));
    visits.push_back({at, parts.names.At(random.Below(kNames))});
  }
  std::ranges::stable_sort(visits, {}, &Visit::at);
  return visits;
}

}  // namespace simulator
