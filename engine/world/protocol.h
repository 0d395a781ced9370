#pragma once

#include <cstdint>

namespace world {

/// What carries a message.
enum class Protocol : uint8_t {
  kUdp,
  kTcp,
  kTls,    ///< RFC 7858.
  kHttps,  ///< RFC 8484, over HTTP/2.
};

/// Returns whether nobody on the way can read what the protocol carries.
constexpr bool IsEncrypted(Protocol protocol) { return protocol == Protocol::kTls || protocol == Protocol::kHttps; }

/// Returns whether the protocol is a stream: its messages have room for all, and come whole or not at all.
constexpr bool IsStream(Protocol protocol) { return protocol != Protocol::kUdp; }

}  // namespace world
