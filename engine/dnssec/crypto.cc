#include "engine/dnssec/crypto.h"

namespace dnssec {

const EVP_MD* HashOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRsaSha1:
    case Algorithm::kRsaSha1Nsec3Sha1:
      return EVP_sha1();
    case Algorithm::kRsaSha256:
    case Algorithm::kEcdsaP256Sha256:
      return EVP_sha256();
    case Algorithm::kEcdsaP384Sha384:
      return EVP_sha384();
    case Algorithm::kRsaSha512:
      return EVP_sha512();
    case Algorithm::kEd25519:
    case Algorithm::kEd448:
      return nullptr;
  }
  return nullptr;
}

size_t ScalarOctets(Algorithm algorithm) {
  if (algorithm == Algorithm::kEcdsaP256Sha256) return 32;
  return algorithm == Algorithm::kEcdsaP384Sha384 ? 48 : 0;
}

const char* CurveOf(Algorithm algorithm) { return algorithm == Algorithm::kEcdsaP256Sha256 ? "P-256" : "P-384"; }

}  // namespace dnssec
