#pragma once

#include <cstdint>

namespace dnssec {

/// What validation says of a piece of data (RFC 4035 section 4.3).
enum class Security : uint8_t {
  kUnchecked,  ///< It was not judged: nobody asked for that yet, or validation is off.
  kSecure,     ///< A chain of signatures leads to it from a trust anchor.
  kInsecure,   ///< It is proven that none does, or no trust anchor is above it.
  kBogus,      ///< One ought to, and does not.
};

/// Returns a word for a person: `secure`.
const char* ToText(Security security);

/// Returns what a whole is of which these are parts: no better than its worst part.
Security Worse(Security a, Security b);

}  // namespace dnssec
