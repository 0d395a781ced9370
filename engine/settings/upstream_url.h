#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/world/identity.h"
#include "engine/world/protocol.h"

namespace settings {

/// A server that questions are forwarded to.
struct UpstreamUrl {
  world::Protocol via = world::Protocol::kUdp;  ///< The scheme; kUdp: over TCP where a response is truncated.
  std::string host;                             ///< An address without brackets, or a name.
  uint16_t port = 53;
  std::string path;  ///< Of HTTPS: with the slash, and a query if there is one.
  std::string name;  ///< What the certificate has to be of; the host where nothing else is said.
  int weight = 1;    ///< Its share under the strategy `balanced`.
  world::Authentication authentication = world::Authentication::kRequired;
  world::HttpMethod method = world::HttpMethod::kPost;
  std::vector<std::string> pins{};  ///< SHA-256 of public keys in base64, one of which the server must have (RFC 7858).

  bool operator==(const UpstreamUrl&) const = default;

  /// Returns the URL as the settings spell it, without what stands beside it (weight, pins, ...).
  std::string ToText() const;
};

/// Returns the upstream of its URL - `udp://192.0.2.1`, `tls://9.9.9.9:853#dns.quad9.net`, `https://name/dns-query`, or
/// a bare address, which is `udp://` - or what is wrong with it: a literal.
[[nodiscard]] std::variant<UpstreamUrl, std::string_view> UpstreamFromText(std::string_view text);

/// Returns whether the text is a SHA-256 in base64.
bool IsPin(std::string_view text);

}  // namespace settings
