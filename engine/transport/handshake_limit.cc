#include "engine/transport/handshake_limit.h"

#include <algorithm>
#include <array>

namespace transport {
namespace {

/// Returns what an address counts as.
world::Address SourceOf(const world::Address& address) {
  if (address.family() == world::Family::kIpv4) return address;
  std::array<uint8_t, 16> network{};
  constexpr size_t kNetworkOctets = 8;
  std::copy_n(address.octets().begin(), kNetworkOctets, network.begin());
  return world::Address::FromOctets(network).value_or(address);
}

}  // namespace

bool HandshakeLimit::Allows(const world::Address& address, world::Instant now) {
  if (second_ == world::Instant::min() || now - second_ >= world::Seconds(1)) {
    second_ = now;
    counts_.clear();
  }
  const world::Address source = SourceOf(address);
  const auto at = counts_.find(source);
  if (at != counts_.end()) return ++at->second <= most_;
  if (counts_.size() >= world::limits::kMaxHandshakeSources) return false;
  counts_.emplace(source, 1);
  return most_ > 0;
}

}  // namespace transport
