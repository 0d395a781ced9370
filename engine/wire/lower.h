#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/world/octets.h"

namespace wire {

/// Returns the lower-case form of an ASCII letter, every other octet as it is.
constexpr uint8_t Lower(uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? static_cast<uint8_t>(octet + 32) : octet;
}

/// Returns eight octets with their ASCII letters in lower case. Length octets of labels (0-63) are never letters, so
/// that whole names may be lowered without looking for their labels.
constexpr uint64_t LowerWord(uint64_t word) {
  constexpr uint64_t kEach = 0x0101010101010101;
  const uint64_t seven_bits = word & (kEach * 0x7f);
  const uint64_t from_a = seven_bits + kEach * (0x80 - 'A');   // The top bit says: at least 'A'.
  const uint64_t after_z = seven_bits + kEach * (0x7f - 'Z');  // The top bit says: more than 'Z'.
  const uint64_t letters = ~word & (from_a ^ after_z) & (kEach * 0x80);
  return word | letters >> 2;
}

/// Returns the eight octets at `at`, which need no alignment.
inline uint64_t LoadWord(const uint8_t* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

/// Returns the first `count` octets at `at` and zeros. Requires: count < 8.
inline uint64_t LoadPartOfWord(const uint8_t* at, size_t count) {
  uint64_t word = 0;
  std::memcpy(&word, at, count);
  return word;
}

/// Returns whether `count` octets are the same but for the case of ASCII letters.
inline bool EqualCaseless(const uint8_t* a, const uint8_t* b, size_t count) {
  for (; count >= 8; a += 8, b += 8, count -= 8) {
    const uint64_t left = LoadWord(a);
    const uint64_t right = LoadWord(b);
    if (left != right && LowerWord(left) != LowerWord(right)) return false;
  }
  return LowerWord(LoadPartOfWord(a, count)) == LowerWord(LoadPartOfWord(b, count));
}

/// Writes `octets` to `out` with ASCII letters in lower case. Requires: room for all of them at `out`.
inline void LowerInto(world::OctetView octets, uint8_t* out) {
  const uint8_t* at = octets.data();
  size_t left = octets.size();
  for (; left >= 8; at += 8, out += 8, left -= 8) {
    const uint64_t word = LowerWord(LoadWord(at));
    std::memcpy(out, &word, sizeof word);
  }
  const uint64_t word = LowerWord(LoadPartOfWord(at, left));
  std::memcpy(out, &word, left);
}

}  // namespace wire
