#pragma once

#include <cstdint>

#include "engine/wire/name.h"

namespace simulator {

/// All chance that a name has in one pocket internet: a hash of the seed and the name without regard to case.
enum class Lot : uint64_t {};

/// What a roll decides. Each matter of a name has rolls of its own, so that a further one changes none of the others.
enum class Matter : uint8_t {
  kDisposition,
  kLayout,
  kServerCount,
  kHoster,
  kHosterTld,
  kFirstHost,
  kFamilies,
  kBroken,
  kBrokenKind,
  kApexServers,
  kExists,
  kVariant,
  kAddress,
  kAddressRetry,
  kTemper,
  kTtl,
  kTarget,
  kText,
  kLatency,
  kPhase,
  kSite,
  kTemplate,
  kJitter,
  kLoss,
  kForgery,
  kSigned,
  kNoDs,
  kAlgorithm,
  kDenialKind,
  kNsec3,
  kFlaw,
  kSingleKey,
  kKeyPhase,
  kKeyPool,
  kResigning,
  kChildDs,
};

/// Scrambles 64 bits; a bijection without visible pattern.
constexpr uint64_t Scramble(uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9ULL;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// Returns the lot of `name` under `seed`.
Lot LotOf(uint64_t seed, const wire::Name& name);

/// Returns 64 bits for one matter of a lot; `index` tells its repetitions apart.
constexpr uint64_t Roll(Lot lot, Matter matter, uint64_t index = 0) {
  return Scramble(static_cast<uint64_t>(lot) + (static_cast<uint64_t>(matter) << 56) +
                  Scramble(index + 0x9e3779b97f4a7c15ULL));
}

/// Returns whether something comes about that does so `permille` times in a thousand.
constexpr bool Happens(Lot lot, Matter matter, int permille, uint64_t index = 0) {
  return Roll(lot, matter, index) % 1000 < static_cast<uint64_t>(permille);
}

}  // namespace simulator
