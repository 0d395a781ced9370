#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace settings {

/// How an upstream is asked: the scheme of its URL.
enum class Scheme : uint8_t {
  kUdp,    ///< Plain, and over TCP where a response is truncated.
  kTcp,    ///< Plain TCP.
  kTls,    ///< DNS over TLS (RFC 7858).
  kHttps,  ///< DNS over HTTPS (RFC 8484), HTTP/2.
};

/// Whether an upstream's certificate has to be its own.
enum class Verify : uint8_t { kName, kOff };

/// How questions go over HTTPS (RFC 8484 section 4.1).
enum class HttpMethod : uint8_t { kPost, kGet };

/// A server that questions are forwarded to.
struct UpstreamUrl {
  Scheme scheme = Scheme::kUdp;
  std::string host;  ///< An address without brackets, or a name.
  uint16_t port = 53;
  std::string path;               ///< Of HTTPS: with the slash, and a query if there is one.
  std::string name;               ///< What the certificate has to be of; the host where nothing else is said.
  int weight = 1;                 ///< Its share under the strategy `balanced`.
  Verify verify = Verify::kName;  ///< kOff: opportunistic (RFC 8310 section 5).
  HttpMethod method = HttpMethod::kPost;
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
