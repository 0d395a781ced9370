#pragma once

#include <cstdint>
#include <string_view>

#include "engine/wire/name.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

/// Builds the octets of a message field by field, right or wrong.
class Packet {
 public:
  /// Begins with a header whose counts are given.
  Packet(uint16_t flags, uint16_t questions, uint16_t answers, uint16_t authorities, uint16_t additionals) {
    U16(0x1234).U16(flags).U16(questions).U16(answers).U16(authorities).U16(additionals);
  }

  Packet& U8(int value) {
    octets.push_back(static_cast<uint8_t>(value));
    return *this;
  }
  Packet& U16(int value) { return U8(value >> 8 & 0xff).U8(value & 0xff); }
  Packet& U32(int64_t value) {
    return U16(static_cast<int>(value >> 16 & 0xffff)).U16(static_cast<int>(value & 0xffff));
  }
  /// Adds a pointer to `target`.
  Packet& Pointer(size_t target) { return U16(static_cast<int>(0xc000 | target)); }
  /// Adds one label, without an end of the name.
  Packet& Label(std::string_view label) {
    U8(static_cast<int>(label.size()));
    octets.insert(octets.end(), label.begin(), label.end());
    return *this;
  }
  /// Adds a whole name.
  Packet& Name(std::string_view text) {
    const wire::Name name = *wire::Name::FromText(text);
    octets.insert(octets.end(), name.octets().begin(), name.octets().end());
    return *this;
  }
  Packet& Raw(const world::Octets& raw) {
    octets.insert(octets.end(), raw.begin(), raw.end());
    return *this;
  }
  /// Adds what stands behind the owner of a record: type, class IN, TTL and length.
  Packet& Fields(wire::RrType type, int64_t ttl, int rdata_octets) {
    return U16(static_cast<int>(type)).U16(1).U32(ttl).U16(rdata_octets);
  }
  /// Adds what stands behind the name of a question.
  Packet& Asked(wire::RrType type) { return U16(static_cast<int>(type)).U16(1); }

  size_t size() const { return octets.size(); }

  world::Octets octets;
};
