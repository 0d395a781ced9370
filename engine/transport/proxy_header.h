#pragma once

#include <optional>
#include <variant>

#include "engine/world/address.h"
#include "engine/world/octets.h"

namespace transport {

/// A PROXY header of version 2, with which a load balancer says on whose behalf a connection or a datagram is.
struct ProxyHeader {
  size_t octets = 0;                        ///< Its length.
  std::optional<world::Endpoint> client{};  ///< Nothing: the balancer asks for itself (LOCAL).
};

/// More octets are needed.
struct ProxyUnfinished {};
/// The octets are no such header.
struct ProxyMalformed {};

/// Reads the header that octets begin with.
std::variant<ProxyHeader, ProxyUnfinished, ProxyMalformed> ReadProxyHeader(world::OctetView octets);

}  // namespace transport
