#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/world/random.h"

namespace simulator {

/// Chance from one seed: xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64. The same numbers on
/// every platform. Never for the daemon: who sees a few of its numbers can foretell the rest.
class SeededRandom final : public world::Random {
 public:
  explicit SeededRandom(uint64_t seed);

  void Fill(std::span<uint8_t> out) override;

  /// Returns true in `permille` of 1000 draws on average.
  bool Permille(int permille) { return Below(1000) < static_cast<uint64_t>(permille); }

 private:
  /// Returns the next 64 bits.
  uint64_t Next();

  std::array<uint64_t, 4> state_;
};

/// Returns a seed for one part of a simulation, so that a part that draws once more does not disturb the others.
uint64_t SeedOf(uint64_t seed, uint64_t part);

}  // namespace simulator
