#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/world/random.h"

// Chance, for those to whom it does not matter.
namespace world_test {

/// Gives zeros: whatever is drawn, the first is.
class Zeros final : public world::Random {
 public:
  void Fill(std::span<uint8_t> out) override { std::ranges::fill(out, uint8_t{0}); }
};

/// Counts up: no two numbers in a row are the same.
class Counting final : public world::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& octet : out) octet = next_++;
  }

 private:
  uint8_t next_ = 1;
};

}  // namespace world_test
