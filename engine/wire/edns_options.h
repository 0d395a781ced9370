#pragma once

#include <cstddef>
#include <cstdint>

namespace wire {

/// IANA: DNS EDNS0 Option Codes, those that are spoken here.
inline constexpr uint16_t kKeepAliveOption = 11;      ///< RFC 7828.
inline constexpr uint16_t kPaddingOption = 12;        ///< RFC 7830.
inline constexpr uint16_t kExtendedErrorOption = 15;  ///< RFC 8914.

/// An option's code and length (RFC 6891 section 6.1.2).
inline constexpr size_t kOptionHeaderOctets = 4;

}  // namespace wire
