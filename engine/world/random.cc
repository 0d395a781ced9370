#include "engine/world/random.h"

#include <array>
#include <cstring>

#include "engine/world/check.h"

namespace world {

uint64_t Random::Bits64() {
  std::array<uint8_t, 8> octets{};
  Fill(octets);
  uint64_t bits = 0;
  std::memcpy(&bits, octets.data(), octets.size());
  return bits;
}

uint16_t Random::Bits16() {
  std::array<uint8_t, 2> octets{};
  Fill(octets);
  return static_cast<uint16_t>(octets[0] << 8 | octets[1]);
}

uint64_t Random::Below(uint64_t bound) {
  CHECK(bound > 0);
  // The largest multiple of bound that fits: draws at or above it would favour small numbers.
  const uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  uint64_t bits = Bits64();
  while (bits >= limit) bits = Bits64();
  return bits % bound;
}

double Random::Unit() { return static_cast<double>(Bits64() >> 11) * 0x1p-53; }

}  // namespace world
