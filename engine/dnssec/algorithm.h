#pragma once

#include <cstdint>

namespace dnssec {

/// IANA: DNS Security Algorithm Numbers. Any other number may come in a record; it is unsupported then.
enum class Algorithm : uint8_t {
  kRsaSha256 = 8,         ///< RFC 5702.
  kRsaSha512 = 10,        ///< RFC 5702.
  kEcdsaP256Sha256 = 13,  ///< RFC 6605.
  kEcdsaP384Sha384 = 14,  ///< RFC 6605.
  kEd25519 = 15,          ///< RFC 8080.
  kEd448 = 16,            ///< RFC 8080.
};

/// Returns whether signatures of the algorithm are verified here. A zone all of whose DS name others is insecure (RFC
/// 6840 section 5.2). Algorithms with SHA-1 (5, 7) are left out, as RFC 9905 asks.
constexpr bool IsSupported(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRsaSha256:
    case Algorithm::kRsaSha512:
    case Algorithm::kEcdsaP256Sha256:
    case Algorithm::kEcdsaP384Sha384:
    case Algorithm::kEd25519:
    case Algorithm::kEd448:
      return true;
  }
  return false;
}

}  // namespace dnssec
