#include "tests/simulator/rollover_census.h"

#include <algorithm>

namespace simulator {
namespace {

using KeyRole = dnssec::SigningKey::Role;

/// Returns whether both are keys of one kind; a revoked key is one that signs keys.
bool IsLike(const KeyId& a, const KeyId& b) {
  return (a.role == KeyRole::kZoneSigning) == (b.role == KeyRole::kZoneSigning);
}

/// Returns the kinds of a zone's key-signing and zone-signing keys.
std::pair<RollKind, RollKind> KindsOf(ZoneKind zone) {
  if (zone == ZoneKind::kRoot) return {RollKind::kRootKeyKey, RollKind::kRootZoneKey};
  if (zone == ZoneKind::kTld) return {RollKind::kTldKeyKey, RollKind::kTldZoneKey};
  return {RollKind::kSiteKeyKey, RollKind::kSiteZoneKey};
}

}  // namespace

std::string_view ToText(RollKind kind) {
  static constexpr std::array<std::string_view, kRollKinds> kTexts = {"root KSK", "root ZSK", "TLD KSK",
                                                                      "TLD ZSK",  "zone KSK", "zone ZSK"};
  return kTexts[static_cast<size_t>(kind)];
}

void RollCensus::Note(const ZonePlan& zone, const TrustPlan& plan, world::WallTime asked) {
  const KeySchedule schedule = ScheduleOf(zone, plan, asked);
  const auto [key_key, zone_key] = KindsOf(zone.kind);
  NoteSeat({zone.lot, key_key}, schedule.published.front(), schedule);
  if (!plan.has_single_key) NoteSeat({zone.lot, zone_key}, schedule.signs_zone, schedule);
}

void RollCensus::NoteSeat(Seat seat, const KeyId& in_use, const KeySchedule& schedule) {
  const auto [last, is_first] = in_use_.emplace(seat, in_use.generation);
  for (const KeyId& key : schedule.published) {
    if (!IsLike(key, in_use)) continue;
    if (key.generation > in_use.generation) within_.emplace(seat, key.generation);
    if (key.generation < in_use.generation) within_.emplace(seat, in_use.generation);
  }
  if (!is_first && last->second < in_use.generation) passed_.emplace(seat, in_use.generation);
  last->second = std::max(last->second, in_use.generation);
}

RollCounts RollCensus::Counts() const {
  RollCounts counts;
  for (const auto& roll : within_) {
    RollCount& count = counts[static_cast<size_t>(roll.first.second)];
    ++count.within;
    if (passed_.contains(roll)) ++count.passed;
  }
  return counts;
}

}  // namespace simulator
