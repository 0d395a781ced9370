#include "engine/simulator/seeded_random.h"

#include <bit>

namespace simulator {
namespace {

/// Returns the next number of the splitmix64 sequence that `state` stands at.
uint64_t SplitMix(uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace

SeededRandom::SeededRandom(uint64_t seed) {
  for (uint64_t& word : state_) word = SplitMix(seed);
}

uint64_t SeededRandom::Next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::Fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    uint64_t bits = Next();
    const size_t part = out.size() < 8 ? out.size() : 8;
    for (uint8_t& octet : out.first(part)) {
      octet = static_cast<uint8_t>(bits);
      bits >>= 8;
    }
    out = out.subspan(part);
  }
}

uint64_t SeedOf(uint64_t seed, uint64_t part) {
  uint64_t state = seed ^ (part * 0xd6e8feb86659fd93);
  return SplitMix(state);
}

}  // namespace simulator
