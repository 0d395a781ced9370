#pragma once

#include <cstdint>
#include <span>

namespace world {

/// The engine's only source of chance: a CSPRNG in the daemon, a seeded generator in the simulator.
/// Not thread-safe: each engine has its own.
class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;

  /// Fills `out` with octets that no observer can foretell (in the daemon).
  virtual void Fill(std::span<uint8_t> out) = 0;

  /// Returns 64 random bits.
  uint64_t Bits64();

  /// Returns 16 random bits: a message ID, a port.
  uint16_t Bits16();

  /// Returns a number in [0, bound), without modulo bias. Requires: bound > 0.
  uint64_t Below(uint64_t bound);

  /// Returns true once in n draws on average. Requires: n > 0.
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  /// Returns a number in [0, 1).
  double Unit();
};

}  // namespace world
