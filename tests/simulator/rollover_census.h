#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/simulator/internet_keys.h"
#include "engine/simulator/internet_trust.h"

namespace simulator {

/// Whose key rolls, and which of its keys.
enum class RollKind : uint8_t { kRootKeyKey, kRootZoneKey, kTldKeyKey, kTldZoneKey, kSiteKeyKey, kSiteZoneKey };
inline constexpr size_t kRollKinds = 6;

/// Returns `root KSK` and the like.
std::string_view ToText(RollKind kind);

/// What was seen of the rollovers of one kind.
struct RollCount {
  uint64_t within = 0;  ///< Something was asked while old and new key stood side by side.
  uint64_t passed = 0;  ///< And afterwards too, with the new key in the place of the old.
};
using RollCounts = std::array<RollCount, kRollKinds>;

/// Counts the rollovers that secure answers were given through.
class RollCensus {
 public:
  /// Takes a zone on the way to a secure answer, as it was when that was asked for. Times must not go back.
  void Note(const ZonePlan& zone, const TrustPlan& plan, world::WallTime asked);

  /// Returns what was seen.
  RollCounts Counts() const;

 private:
  /// A key's place in a zone: it is rolled there.
  using Seat = std::pair<Lot, RollKind>;

  /// Takes the key that is in use in a seat, and perhaps the one beside it.
  void NoteSeat(Seat seat, const KeyId& in_use, const KeySchedule& schedule);

  std::map<Seat, uint32_t> in_use_;                      // The generation that was seen last.
  std::set<std::pair<Seat, uint32_t>> within_, passed_;  // By the generation that comes into use.
};

}  // namespace simulator
