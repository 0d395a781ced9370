#pragma once

#include <vector>

#include "engine/world/address.h"

namespace policy {

/// What decides whom the walk may ask.
struct UpstreamRules {
  /// `upstream.allow`: loopback, private and own addresses that may be asked all the same.
  std::vector<world::Prefix> allow;
  std::vector<world::Endpoint> own;  ///< Where this resolver listens itself.
  bool ipv4 = true;
  bool ipv6 = true;
};

/// Says which addresses are never asked: glue that points at nothing, at ourselves or into the operator's own network
/// is an attack or a mistake (Unbound CVE-2026-50251).
class UpstreamGuard {
 public:
  explicit UpstreamGuard(UpstreamRules rules) : rules_(std::move(rules)) {}

  /// Returns whether a query may be sent to `to`: of a family that is on, not unspecified, multicast, reserved or
  /// broadcast, not an endpoint of our own, and neither loopback, private, IPv4-mapped nor an address of our own unless
  /// allowed.
  bool MayAsk(const world::Endpoint& to) const;

 private:
  UpstreamRules rules_;
};

}  // namespace policy
