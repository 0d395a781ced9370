#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>

#include "engine/world/address.h"
#include "engine/world/limits.h"
#include "engine/world/time.h"

namespace transport {

/// Counts the TLS handshakes of clients' addresses in each second: one costs as much as a hundred answers. IPv6
/// addresses count by their /64.
class HandshakeLimit {
 public:
  /// Takes the number that one address may begin in a second.
  void Adopt(size_t most) { most_ = most; }

  /// Counts a handshake; returns whether the address may begin it. Addresses beyond kMaxHandshakeSources in one second
  /// may not.
  [[nodiscard]] bool Allows(const world::Address& address, world::Instant now);

 private:
  size_t most_ = 100;
  world::Instant second_ = world::Instant::min();
  absl::flat_hash_map<world::Address, size_t> counts_;
};

}  // namespace transport
