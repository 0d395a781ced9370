#pragma once

#include <cstdint>
#include <span>

#include "engine/world/random.h"

namespace selection {

/// Chance with a seed (SplitMix64).
class Dice : public world::Random {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& octet : out) octet = static_cast<uint8_t>(Next() >> 56);
  }

 private:
  /// Returns the next 64 bits.
  uint64_t Next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

  uint64_t state_;
};

}  // namespace selection
