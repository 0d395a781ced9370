#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace world {

/// Whether a server's certificate is checked.
enum class Authentication : uint8_t {
  kRequired,
  kNone,  ///< Opportunistic (RFC 8310 section 5): encrypted, with whomever.
};

/// How a question goes over HTTPS (RFC 8484 section 4.1).
enum class HttpMethod : uint8_t { kPost, kGet };

/// SHA-256 of a public key, as a certificate holds it (RFC 7858 section 4.2).
using KeyPin = std::array<uint8_t, 32>;

/// Who a server has to be that is asked over an encrypted protocol, and where at it DNS is. Immutable.
struct Identity {
  std::string name;  ///< What its certificate is of: a host name or an address.
  Authentication authentication = Authentication::kRequired;
  std::vector<KeyPin> pins{};  ///< Not empty: it has one of these keys.
  std::string authority{};     ///< Of HTTPS: host, and port if it is not 443.
  std::string path{};          ///< Of HTTPS.
  HttpMethod method = HttpMethod::kPost;

  bool operator==(const Identity&) const = default;
};
using SharedIdentity = std::shared_ptr<const Identity>;

}  // namespace world
