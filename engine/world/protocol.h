#pragma once

#include <cstdint>

namespace world {

/// What carries a message. TLS, HTTPS and QUIC join here when their transports do.
enum class Protocol : uint8_t { kUdp, kTcp };

}  // namespace world
