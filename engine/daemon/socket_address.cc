#include "engine/daemon/socket_address.h"

#include <cstring>

#include "engine/world/check.h"

namespace taprootd {
namespace {

/// Returns the address of the octets of a system struct.
template <typename T>
world::Address FromSystem(const T& system) {
  const auto* octets = reinterpret_cast<const uint8_t*>(&system);
  const auto address = world::Address::FromOctets({octets, sizeof(system)});
  CHECK(address);
  return *address;
}

}  // namespace

SocketAddress ToSocketAddress(const world::Endpoint& endpoint) {
  SocketAddress result;
  const auto octets = endpoint.address.octets();
  if (endpoint.address.family() == world::Family::kIpv4) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, octets.data(), octets.size());
    std::memcpy(&result.storage, &address, sizeof(address));
    result.length = sizeof(address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, octets.data(), octets.size());
    std::memcpy(&result.storage, &address, sizeof(address));
    result.length = sizeof(address);
  }
  return result;
}

std::optional<world::Endpoint> ToEndpoint(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof(address));
    return world::Endpoint{ToAddress(address.sin_addr), ntohs(address.sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, &storage, sizeof(address));
    return world::Endpoint{ToAddress(address.sin6_addr), ntohs(address.sin6_port)};
  }
  return std::nullopt;
}

int ToSystemFamily(world::Family family) { return family == world::Family::kIpv4 ? AF_INET : AF_INET6; }

world::Address ToAddress(const in_addr& address) { return FromSystem(address); }
world::Address ToAddress(const in6_addr& address) { return FromSystem(address); }

}  // namespace taprootd
