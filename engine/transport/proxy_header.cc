#include "engine/transport/proxy_header.h"

#include <algorithm>
#include <array>

namespace transport {
namespace {

/// What the header begins with; then version and command, family and protocol, and the length of what follows.
constexpr auto kSignature =
    std::to_array<uint8_t>({0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a});
constexpr size_t kFixedOctets = 16;
constexpr uint8_t kLocal = 0x20;
constexpr uint8_t kProxy = 0x21;
constexpr uint8_t kTcp4 = 0x11;
constexpr uint8_t kUdp4 = 0x12;
constexpr uint8_t kTcp6 = 0x21;
constexpr uint8_t kUdp6 = 0x22;

/// The longest header that is read: real ones have some 100 octets.
constexpr size_t kMostOctets = 1024;

/// Returns the endpoint at the begin of the addresses: both addresses come before both ports.
std::optional<world::Endpoint> EndpointIn(world::OctetView addresses, size_t address_octets) {
  if (addresses.size() < 2 * address_octets + 4) return std::nullopt;
  const auto address = world::Address::FromOctets(addresses.first(address_octets));
  if (!address) return std::nullopt;
  const auto port = addresses.subspan(2 * address_octets, 2);
  return world::Endpoint{*address, static_cast<uint16_t>(port[0] << 8 | port[1])};
}

}  // namespace

std::variant<ProxyHeader, ProxyUnfinished, ProxyMalformed> ReadProxyHeader(world::OctetView octets) {
  const size_t known = std::min(octets.size(), kSignature.size());
  if (!std::equal(kSignature.begin(), kSignature.begin() + static_cast<ptrdiff_t>(known), octets.begin())) {
    return ProxyMalformed{};
  }
  if (octets.size() < kFixedOctets) return ProxyUnfinished{};
  const size_t length = kFixedOctets + (size_t{octets[14]} << 8 | octets[15]);
  if (length > kMostOctets) return ProxyMalformed{};
  if (octets.size() < length) return ProxyUnfinished{};
  const uint8_t command = octets[12];
  if (command == kLocal) return ProxyHeader{length, std::nullopt};
  if (command != kProxy) return ProxyMalformed{};
  const uint8_t family = octets[13];
  const bool ipv4 = family == kTcp4 || family == kUdp4;
  if (!ipv4 && family != kTcp6 && family != kUdp6) return ProxyMalformed{};
  const auto client = EndpointIn(octets.subspan(kFixedOctets, length - kFixedOctets), ipv4 ? 4 : 16);
  if (!client) return ProxyMalformed{};
  return ProxyHeader{length, client};
}

}  // namespace transport
