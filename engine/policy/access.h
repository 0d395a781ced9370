#pragma once

#include <vector>

#include "engine/world/address.h"

namespace policy {

/// Who may ask: the blocks of `server.allow`. Asking from outside is answered REFUSED with EDE 18 (Prohibited).
class AccessList {
 public:
  explicit AccessList(std::vector<world::Prefix> allowed) : allowed_(std::move(allowed)) {}

  /// Returns whether a client at `address` may ask. Takes an IPv4-mapped IPv6 address for the IPv4 address that it is.
  bool Allows(const world::Address& address) const;

 private:
  std::vector<world::Prefix> allowed_;
};

}  // namespace policy
