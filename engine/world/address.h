#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/world/octets.h"

namespace world {

/// The two versions of IP, in the order in which they are tried when all else is equal.
enum class Family : uint8_t { kIpv6, kIpv4 };

/// An IPv4 or IPv6 address. A value of 17 octets; ordered and hashable.
class Address {
 public:
  /// The unspecified IPv6 address, `::`.
  Address() = default;

  /// Returns the address of 4 or 16 octets in network order (the rdata of an A or AAAA), or nothing for another length.
  [[nodiscard]] static std::optional<Address> FromOctets(OctetView octets);

  /// Returns the address of its text: dotted decimal, or RFC 4291 section 2.2. No port, no scope, no brackets.
  [[nodiscard]] static std::optional<Address> FromText(std::string_view text);

  Family family() const { return family_; }

  /// The 4 or 16 octets in network order.
  OctetView octets() const { return OctetView(octets_).first(family_ == Family::kIpv4 ? 4 : 16); }

  /// Returns the text form, for IPv6 that of RFC 5952.
  std::string ToText() const;

  bool IsLoopback() const;     ///< 127/8, ::1
  bool IsUnspecified() const;  ///< 0.0.0.0, ::
  bool IsMulticast() const;    ///< 224/4, ff00::/8
  /// RFC 1918, RFC 6598, fc00::/7, and link-local addresses.
  bool IsPrivate() const;

  auto operator<=>(const Address&) const = default;

  template <typename H>
  friend H AbslHashValue(H hash, const Address& address) {
    return H::combine(std::move(hash), address.family_, address.octets_);
  }

 private:
  Family family_ = Family::kIpv6;
  std::array<uint8_t, 16> octets_{};  // IPv4: the first four; the rest stay zero, so that equality is memberwise.
};

/// An address and a port (host order).
struct Endpoint {
  Address address;
  uint16_t port = 0;

  /// Returns the endpoint of `192.0.2.1:53` or `[2001:db8::1]:53`; without a port, `default_port`.
  [[nodiscard]] static std::optional<Endpoint> FromText(std::string_view text, uint16_t default_port);

  /// Returns `192.0.2.1:53` or `[2001:db8::1]:53`.
  std::string ToText() const;

  auto operator<=>(const Endpoint&) const = default;

  template <typename H>
  friend H AbslHashValue(H hash, const Endpoint& endpoint) {
    return H::combine(std::move(hash), endpoint.address, endpoint.port);
  }
};

/// A block of addresses, such as 192.0.2.0/24.
struct Prefix {
  Address base;    ///< Bits after the length are zero.
  int length = 0;  ///< In bits: 0-32 or 0-128.

  /// Returns the prefix of `ADDRESS/LENGTH`, or of a single address; nothing when bits after the length are set.
  [[nodiscard]] static std::optional<Prefix> FromText(std::string_view text);

  /// Returns whether `address` is of the same family and within the block.
  bool Contains(const Address& address) const;

  /// Returns the block as `192.0.2.0/24`.
  std::string ToText() const;

  auto operator<=>(const Prefix&) const = default;
};

}  // namespace world
