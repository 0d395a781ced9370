#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <memory>

#include "engine/dnssec/algorithm.h"
#include "engine/world/octets.h"

// One RAII type for each handle of OpenSSL. Included from .cc files of this room alone.
namespace dnssec {

/// Frees what OpenSSL made, by its own function.
template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};

using EvpKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using EvpKeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using EvpDigest = std::unique_ptr<EVP_MD, Free<EVP_MD_free>>;
using EvpDigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

/// The hashes of DNSSEC, fetched for good: OpenSSL looks EVP_sha256() and its like up by name at each use, which costs
/// as much as hashing a set. Null where OpenSSL has not got one.
struct Hashes {
  EvpDigest sha1;
  EvpDigest sha256;
  EvpDigest sha384;
  EvpDigest sha512;
};
/// Returns them, fetched by whoever is first.
const Hashes& FetchedHashes();

/// Returns the hash that the algorithm signs, or null where it has one of its own inside (EdDSA), or OpenSSL has not
/// got it.
const EVP_MD* HashOf(Algorithm algorithm);

/// Returns how many octets r and s of an ECDSA signature have, and a coordinate of its keys; 0 for other algorithms.
size_t ScalarOctets(Algorithm algorithm);

/// Returns OpenSSL's name of the curve of an ECDSA algorithm.
const char* CurveOf(Algorithm algorithm);

}  // namespace dnssec
