#pragma once

#include <cstdint>

namespace dnssec {

/// IANA: DNS Security Algorithm Numbers. Any other number may come in a record; it is unsupported then.
enum class Algorithm : uint8_t {
  kRsaSha1 = 5,           ///< RFC 3110. Like the next, verified only where an operator wants it (RFC 9905).
  kRsaSha1Nsec3Sha1 = 7,  ///< RFC 5155 section 2.
  kRsaSha256 = 8,         ///< RFC 5702.
  kRsaSha512 = 10,        ///< RFC 5702.
  kEcdsaP256Sha256 = 13,  ///< RFC 6605.
  kEcdsaP384Sha384 = 14,  ///< RFC 6605.
  kEd25519 = 15,          ///< RFC 8080.
  kEd448 = 16,            ///< RFC 8080.
};

/// Returns whether signatures of the algorithm can be verified here. A zone all of whose DS name others is insecure
/// (RFC 6840 section 5.2).
constexpr bool IsSupported(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRsaSha1:
    case Algorithm::kRsaSha1Nsec3Sha1:
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

/// Returns whether the algorithm signs by SHA-1: implementations verify it still, operators do not rely on it (RFC 9905
/// section 2).
constexpr bool UsesSha1(Algorithm algorithm) {
  return algorithm == Algorithm::kRsaSha1 || algorithm == Algorithm::kRsaSha1Nsec3Sha1;
}

}  // namespace dnssec
