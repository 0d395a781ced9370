#include "engine/simulator/internet_notary.h"

#include <utility>

#include "engine/simulator/internet_rsa_pool.h"
#include "engine/simulator/trace.h"
#include "engine/world/check.h"

namespace simulator {
namespace {

using dnssec::Algorithm;
using dnssec::SigningKey;

/// What is kept at most; then all is forgotten, and made again when it is wanted.
constexpr size_t kMostKeys = 20'000;
constexpr size_t kMostSignatures = 100'000;

/// Returns 64 bits that stand for a key, its role aside: a revoked key is the key that it was.
uint64_t SeedOf(const KeyId& id) {
  const bool is_zone_signing = id.role == SigningKey::Role::kZoneSigning;
  return Roll(id.zone, Matter::kKeyPool, uint64_t{id.generation} << 1 | (is_zone_signing ? 1 : 0));
}

/// Returns the key that follows from its id.
std::optional<SigningKey> Make(const KeyId& id) {
  if (id.algorithm == Algorithm::kRsaSha256 || id.algorithm == Algorithm::kRsaSha512) {
    const bool is_zone_signing = id.role == SigningKey::Role::kZoneSigning;
    // Generations that follow each other have different keys.
    const uint64_t index = Roll(id.zone, Matter::kKeyPool, UINT64_MAX) % 1'000'000 + id.generation;
    return SigningKey::FromPem(id.algorithm, id.role,
                               RsaKeyPem(is_zone_signing ? RsaLength::kShort : RsaLength::kLong, index));
  }
  world::Octets seed;
  for (int shift = 56; shift >= 0; shift -= 8) seed.push_back(static_cast<uint8_t>(SeedOf(id) >> shift));
  return SigningKey::FromSeed(id.algorithm, id.role, seed);
}

/// Returns a hash of all that a signature follows from.
uint64_t HashOf(const wire::RrSet& rrset, const KeyId& id, dnssec::Validity validity) {
  Trace trace;
  trace.Mix(SeedOf(id));
  trace.Mix(uint64_t{static_cast<uint8_t>(id.role)} << 8 | static_cast<uint8_t>(id.algorithm));
  trace.Mix(uint64_t{validity.inception} << 32 | validity.expiration);
  trace.Mix(rrset.owner.Lowered().octets());
  trace.Mix(uint64_t{rrset.ttl} << 16 | static_cast<uint16_t>(rrset.type));
  for (const world::OctetView rdata : rrset.rdatas) trace.Mix(rdata);
  return trace.value();
}

}  // namespace

const SigningKey& Notary::Key(const KeyId& id) {
  if (const auto known = keys_.find(id); known != keys_.end()) return *known->second;
  if (keys_.size() >= kMostKeys) keys_.clear();
  std::optional<SigningKey> key = Make(id);
  CHECK(key.has_value());
  return *keys_.emplace(id, std::make_unique<const SigningKey>(*std::move(key))).first->second;
}

const world::Octets& Notary::Signature(const wire::RrSet& rrset, const wire::Name& zone, const KeyId& id,
                                       dnssec::Validity validity) {
  const uint64_t hash = HashOf(rrset, id, validity);
  if (const auto known = signatures_.find(hash); known != signatures_.end()) return known->second;
  if (signatures_.size() >= kMostSignatures) signatures_.clear();
  return signatures_.emplace(hash, dnssec::SignSet(rrset, zone, Key(id), validity)).first->second;
}

}  // namespace simulator
