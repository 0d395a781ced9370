#include "engine/world/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace world {
namespace {

/// Returns the number that `text` is in decimal, if it is one in [0, max].
std::optional<int> DecimalUpTo(std::string_view text, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > max) return std::nullopt;
  return value;
}

/// Returns how many bits an address of the family has.
int Width(Family family) { return family == Family::kIpv4 ? 32 : 128; }

/// Returns whether the first `length` bits of both are equal. Requires: both are long enough.
bool SameBits(OctetView a, OctetView b, int length) {
  const auto whole = static_cast<size_t>(length / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<ptrdiff_t>(whole), b.begin())) return false;
  const int rest = length % 8;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

}  // namespace

std::optional<Address> Address::FromOctets(OctetView octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  Address address;
  address.family_ = octets.size() == 4 ? Family::kIpv4 : Family::kIpv6;
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

std::optional<Address> Address::FromText(std::string_view text) {
  const std::string terminated(text);
  std::array<uint8_t, 16> octets{};
  if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) return FromOctets(OctetView(octets).first(4));
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) return FromOctets(octets);
  return std::nullopt;
}

std::string Address::ToText() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family_ == Family::kIpv4 ? AF_INET : AF_INET6, octets_.data(), text.data(), text.size());
  return text.data();
}

bool Address::IsLoopback() const {
  if (family_ == Family::kIpv4) return octets_[0] == 127;
  return octets_[15] == 1 && std::all_of(octets_.begin(), octets_.end() - 1, [](uint8_t o) { return o == 0; });
}

bool Address::IsUnspecified() const {
  return std::all_of(octets_.begin(), octets_.end(), [](uint8_t o) { return o == 0; });
}

bool Address::IsMulticast() const { return family_ == Family::kIpv4 ? octets_[0] >> 4 == 14 : octets_[0] == 0xff; }

bool Address::IsPrivate() const {
  const auto [a, b] = std::pair(octets_[0], octets_[1]);
  if (family_ == Family::kIpv6) return (a & 0xfe) == 0xfc || (a == 0xfe && (b & 0xc0) == 0x80);
  return a == 10 || (a == 172 && b >> 4 == 1) || (a == 192 && b == 168) || (a == 100 && b >> 6 == 1) ||
         (a == 169 && b == 254);
}

std::optional<Endpoint> Endpoint::FromText(std::string_view text, uint16_t default_port) {
  const bool bracketed = text.starts_with('[');
  const size_t colon = bracketed ? text.find("]:") : text.find(':');
  std::string_view host = text;
  uint16_t port = default_port;
  const bool bare_ipv6 = !bracketed && colon != text.npos && text.find(':', colon + 1) != text.npos;
  if (colon != text.npos && !bare_ipv6) {
    const auto number = DecimalUpTo(text.substr(colon + (bracketed ? 2 : 1)), 65535);
    if (!number) return std::nullopt;
    port = static_cast<uint16_t>(*number);
    host = text.substr(0, bracketed ? colon + 1 : colon);
  }
  if (bracketed) {
    if (!host.ends_with(']')) return std::nullopt;
    host = host.substr(1, host.size() - 2);
  }
  const auto address = Address::FromText(host);
  if (!address || (bracketed && address->family() == Family::kIpv4)) return std::nullopt;
  return Endpoint{*address, port};
}

std::string Endpoint::ToText() const {
  return address.family() == Family::kIpv4 ? fmt::format("{}:{}", address.ToText(), port)
                                           : fmt::format("[{}]:{}", address.ToText(), port);
}

std::optional<Prefix> Prefix::FromText(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = Address::FromText(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int width = Width(address->family());
  const auto length = slash == text.npos ? std::optional(width) : DecimalUpTo(text.substr(slash + 1), width);
  if (!length) return std::nullopt;
  for (int bit = *length; bit < width; ++bit) {
    if (address->octets()[static_cast<size_t>(bit / 8)] >> (7 - bit % 8) & 1) return std::nullopt;
  }
  return Prefix{*address, *length};
}

bool Prefix::Contains(const Address& address) const {
  return address.family() == base.family() && SameBits(base.octets(), address.octets(), length);
}

std::string Prefix::ToText() const { return fmt::format("{}/{}", base.ToText(), length); }

}  // namespace world
