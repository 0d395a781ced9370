#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/transport/http2.h"
#include "engine/world/identity.h"
#include "engine/world/octets.h"

namespace transport {

/// Returns octets in base64url without padding (RFC 4648 section 5).
std::string ToBase64Url(world::OctetView octets);
/// Returns the octets of such a text, or nothing.
[[nodiscard]] std::optional<world::Octets> FromBase64Url(std::string_view text);

/// Returns the request that carries a query (RFC 8484 section 4.1).
HttpRequest ToRequest(world::OctetView query, const world::Identity& identity);

/// Returns the DNS query of a request for `path`, or the response that refuses it.
std::variant<world::Octets, HttpResponse> FromRequest(HttpRequest request, std::string_view path);

/// Returns the response that carries a DNS message; it may be kept by caches as long as the message's least TTL (RFC
/// 8484 section 5.1).
HttpResponse ToResponse(world::OctetView message);

/// Returns the DNS message of a response, or nothing where it carries none.
[[nodiscard]] std::optional<world::Octets> FromResponse(HttpResponse response);

}  // namespace transport
