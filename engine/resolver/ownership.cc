#include "engine/resolver/ownership.h"

namespace resolver {
namespace {

// FNV-1a, 64 bits.
constexpr uint64_t kBasis = 0xcbf29ce484222325;
constexpr uint64_t kPrime = 0x100000001b3;

/// Takes one octet into a hash.
constexpr uint64_t Mix(uint64_t hash, uint8_t octet) { return (hash ^ octet) * kPrime; }

}  // namespace

world::WorkerId OwnerOf(const wire::Question& question, uint16_t workers) {
  if (workers <= 1) return world::WorkerId{};
  uint64_t hash = kBasis;
  for (const uint8_t octet : question.name.octets()) hash = Mix(hash, wire::Lower(octet));
  const auto type = static_cast<uint16_t>(question.type);
  hash = Mix(Mix(hash, static_cast<uint8_t>(type >> 8)), static_cast<uint8_t>(type & 0xff));
  // The low bits of FNV-1a are its weak ones for a small modulus.
  return world::WorkerId{static_cast<uint16_t>((hash >> 32) % workers)};
}

}  // namespace resolver
