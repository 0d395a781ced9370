#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/wire/name.h"
#include "engine/world/octets.h"

namespace cache {

/// A name in wire form with its ASCII letters in lower case (RFC 4343), on the stack: what keys are made of, so that a
/// look-up neither allocates nor compares twice.
class LoweredName {
 public:
  /// Requires: `name` is at most 255 octets.
  explicit LoweredName(world::OctetView name);
  explicit LoweredName(const wire::Name& name) : LoweredName(name.octets()) {}

  world::OctetView octets() const { return {octets_.data(), size_}; }

 private:
  size_t size_;
  std::array<uint8_t, wire::Name::kMaxOctets> octets_;  // Left as it is past `size_`.
};

/// Returns a lower-case name without its first label. Requires: not the root.
inline world::OctetView ParentOf(world::OctetView lowered) { return lowered.subspan(size_t{lowered[0]} + 1); }

/// Returns whether one lower-case name is another one or below it.
bool IsAtOrBelow(world::OctetView lowered, world::OctetView ancestor);

}  // namespace cache
