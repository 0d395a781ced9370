#include "engine/simulator/internet_keys.h"

#include <chrono>

namespace simulator {
namespace {

using KeyRole = dnssec::SigningKey::Role;

constexpr uint64_t kDay = 86'400;

/// How long a zone-signing key signs, and for how long it is published before and after that: longer than any TTL.
constexpr uint64_t kZoneKeyDays = 60;
constexpr uint64_t kOverlapDays = 4;

/// How long a key-signing key is in use, and from when on its successor stands beside it.
constexpr uint64_t kKeyKeyDays = 180;
constexpr uint64_t kDoubleDays = 10;

/// The root's next key is published for longer than RFC 5011's hold-down of 30 days, and the last one revoked as long.
constexpr uint64_t kRootAheadDays = 60;
constexpr uint64_t kRevokedDays = 30;

/// Signatures are made anew after these days, and are valid for as long again and more.
constexpr uint64_t kResignDays = 5;
constexpr uint64_t kValidDays = 16;

/// A place in time: which period of a length it is in, and how far from its ends.
struct Place {
  uint32_t generation;
  uint64_t since;
  uint64_t left;
};

/// Returns the place of a time, each zone's periods begin at another one.
Place PlaceOf(Lot lot, Matter matter, uint64_t index, uint64_t period, world::WallTime now) {
  const uint64_t time = SecondsOf(now) + Roll(lot, matter, index) % period;
  return {static_cast<uint32_t>(time / period), time % period, period - time % period};
}

/// Adds the key-signing keys.
void AddKeySigning(const ZonePlan& zone, const KeyId& first, world::WallTime now, KeySchedule& schedule) {
  const Place place = PlaceOf(zone.lot, Matter::kKeyPhase, 0, kKeyKeyDays * kDay, now);
  const auto key = [&](KeyRole role, uint32_t generation) {
    KeyId id = first;
    id.role = role;
    id.generation = generation;
    return id;
  };
  const KeyId current = key(KeyRole::kKeySigning, place.generation);
  const KeyId next = key(KeyRole::kKeySigning, place.generation + 1);
  schedule.published.push_back(current);
  schedule.signs_keys.push_back(current);
  schedule.vouched_for.push_back(current);
  if (zone.kind == ZoneKind::kRoot) {
    if (place.left < kRootAheadDays * kDay) schedule.published.push_back(next);
    if (place.left < kRootAheadDays * kDay) schedule.vouched_for.push_back(next);
    if (place.since >= kRevokedDays * kDay) return;
    schedule.published.push_back(key(KeyRole::kRevoked, place.generation - 1));
    schedule.signs_keys.push_back(key(KeyRole::kRevoked, place.generation - 1));
    return;
  }
  if (place.left >= kDoubleDays * kDay) return;
  schedule.published.push_back(next);
  schedule.signs_keys.push_back(next);
  schedule.vouched_for.push_back(next);
}

/// Adds the zone-signing keys.
void AddZoneSigning(const ZonePlan& zone, KeyId id, world::WallTime now, KeySchedule& schedule) {
  const Place place = PlaceOf(zone.lot, Matter::kKeyPhase, 1, kZoneKeyDays * kDay, now);
  id.role = KeyRole::kZoneSigning;
  id.generation = place.generation;
  schedule.signs_zone = id;
  schedule.published.push_back(id);
  if (place.since < kOverlapDays * kDay)
    schedule.published.push_back({id.zone, id.algorithm, id.role, id.generation - 1});
  if (place.left < kOverlapDays * kDay)
    schedule.published.push_back({id.zone, id.algorithm, id.role, id.generation + 1});
}

}  // namespace

uint32_t SecondsOf(world::WallTime now) {
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

KeySchedule ScheduleOf(const ZonePlan& zone, const TrustPlan& plan, world::WallTime now) {
  KeySchedule schedule;
  const KeyId first{zone.lot, plan.algorithm, KeyRole::kKeySigning, 0};
  AddKeySigning(zone, first, now, schedule);
  if (!plan.has_single_key) {
    AddZoneSigning(zone, first, now, schedule);
    return schedule;
  }
  schedule.signs_zone = schedule.published.front();
  // What the last key signed is kept by others for a while yet.
  const Place place = PlaceOf(zone.lot, Matter::kKeyPhase, 0, kKeyKeyDays * kDay, now);
  KeyId last = schedule.signs_zone;
  --last.generation;
  if (place.since < kOverlapDays * kDay) schedule.published.push_back(last);
  return schedule;
}

dnssec::Validity ValidityAt(const ZonePlan& zone, world::WallTime now) {
  const Place place = PlaceOf(zone.lot, Matter::kResigning, 0, kResignDays * kDay, now);
  const auto begin = static_cast<uint32_t>(SecondsOf(now) - place.since);
  return {begin - static_cast<uint32_t>(kDay), begin + static_cast<uint32_t>(kValidDays * kDay)};
}

}  // namespace simulator
