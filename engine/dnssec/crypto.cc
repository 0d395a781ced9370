#include "engine/dnssec/crypto.h"

namespace dnssec {
namespace {

/// Returns a hash by OpenSSL's name of it.
EvpDigest Fetch(const char* name) { return EvpDigest(EVP_MD_fetch(nullptr, name, nullptr)); }

}  // namespace

const Hashes& FetchedHashes() {
  static const Hashes hashes{Fetch("SHA1"), Fetch("SHA256"), Fetch("SHA384"), Fetch("SHA512")};
  return hashes;
}

const EVP_MD* HashOf(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::kRsaSha1:
    case Algorithm::kRsaSha1Nsec3Sha1:
      return FetchedHashes().sha1.get();
    case Algorithm::kRsaSha256:
    case Algorithm::kEcdsaP256Sha256:
      return FetchedHashes().sha256.get();
    case Algorithm::kEcdsaP384Sha384:
      return FetchedHashes().sha384.get();
    case Algorithm::kRsaSha512:
      return FetchedHashes().sha512.get();
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
