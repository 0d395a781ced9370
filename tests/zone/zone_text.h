#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

#include "engine/wire/name.h"
#include "engine/zone/zone.h"

namespace zone_test {

/// A root zone in miniature: signed in shape (NSEC chain, one RRSIG), with delegations of every kind of glue.
inline constexpr std::string_view kMiniature = R"(
. 86400 IN SOA a.root-servers.test. nstld.test. 2026082201 1800 900 604800 86400
. 86400 IN RRSIG SOA 8 0 86400 20260904170000 20260822160000 57780 . AAAA
. 518400 IN NS a.root-servers.test.
. 86400 IN NSEC alpha. NS SOA RRSIG NSEC
alpha. 172800 IN NS ns1.nic.alpha.
alpha. 172800 IN NS ns.beta.
alpha. 86400 IN DS 1 8 2 AABB
alpha. 86400 IN NSEC beta. NS DS RRSIG NSEC
ns1.nic.alpha. 172800 IN A 192.0.2.1
ns1.nic.alpha. 172800 IN AAAA 2001:db8::1
beta. 172800 IN NS ns.beta.
beta. 86400 IN NSEC test. NS RRSIG NSEC
ns.beta. 172800 IN A 192.0.2.2
test. 172800 IN NS ns.elsewhere.example.
test. 86400 IN NSEC . NS RRSIG NSEC
a.root-servers.test. 518400 IN A 192.0.2.3
)";

/// Returns the octets of text.
inline world::OctetView Octets(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Returns the name of its text. Requires: it is one.
inline wire::Name N(std::string_view text) { return *wire::Name::FromText(text); }

/// Parses text as `f.zone`, of the origin.
inline absl::StatusOr<zone::Snapshot> Parse(std::string_view text, std::string_view origin = ".") {
  return zone::Zone::Parse(Octets(text), "f.zone", zone::LoadOptions{.origin = N(origin)});
}

/// Returns the error's text, or "no error".
template <typename T>
std::string ErrorOf(const absl::StatusOr<T>& result) {
  return result.ok() ? "no error" : std::string(result.status().message());
}

}  // namespace zone_test
