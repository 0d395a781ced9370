#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "engine/world/address.h"

namespace taprootd {

/// An endpoint in the form of the system's calls.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

/// Returns the system's form of an endpoint.
SocketAddress ToSocketAddress(const world::Endpoint& endpoint);

/// Returns the endpoint of the system's form, or nothing for another family than IPv4 and IPv6.
[[nodiscard]] std::optional<world::Endpoint> ToEndpoint(const sockaddr_storage& storage);

/// Returns the system's number of a family.
int ToSystemFamily(world::Family family);

/// Returns the address of its system form.
world::Address ToAddress(const in_addr& address);
world::Address ToAddress(const in6_addr& address);

}  // namespace taprootd
