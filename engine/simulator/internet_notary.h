#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>

#include "engine/simulator/internet_keys.h"
#include "engine/wire/rrset.h"

namespace simulator {

/// Keeps the keys and signatures that were made: the same are made again and again. All follow from what is signed and
/// when, so that a notary changes how fast the model is and never what it says. One for each thread.
class Notary {
 public:
  Notary() = default;
  Notary(const Notary&) = delete;
  Notary& operator=(const Notary&) = delete;

  /// Returns a key. Borrowed until the next call.
  const dnssec::SigningKey& Key(const KeyId& id);

  /// Returns the rdata of an RRSIG over the set.
  const world::Octets& Signature(const wire::RrSet& rrset, const wire::Name& zone, const KeyId& id,
                                 dnssec::Validity validity);

 private:
  absl::flat_hash_map<KeyId, std::unique_ptr<const dnssec::SigningKey>> keys_;
  absl::flat_hash_map<uint64_t, world::Octets> signatures_;  ///< By a hash of all that makes one.
};

}  // namespace simulator
