#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>

#include "engine/dnssec/sign.h"
#include "engine/simulator/internet_trust.h"
#include "engine/world/time.h"

namespace simulator {

/// One key of a zone: it follows from these alone.
struct KeyId {
  Lot zone{};
  dnssec::Algorithm algorithm{};
  dnssec::SigningKey::Role role{};
  uint32_t generation = 0;

  bool operator==(const KeyId&) const = default;

  template <typename H>
  friend H AbslHashValue(H hash, const KeyId& id) {
    return H::combine(std::move(hash), id.zone, id.algorithm, id.role, id.generation);
  }
};

/// A few keys.
using KeyIds = absl::InlinedVector<KeyId, 4>;

/// The keys of a zone at one time.
struct KeySchedule {
  KeyIds published;    ///< The DNSKEY set.
  KeyIds signs_keys;   ///< Those that sign the DNSKEY set.
  KeyId signs_zone;    ///< The one that signs all else.
  KeyIds vouched_for;  ///< Those that the parent's DS set names, and a resolver's anchor.
};

/// Returns the keys of a signed zone at a time. Zone-signing keys roll by pre-publication, key-signing keys by a double
/// DS (RFC 6781 section 4.1), those of the root with the waiting times of RFC 5011: whoever keeps records for up to
/// two days can verify at every moment. A flaw of the zone is not in it.
KeySchedule ScheduleOf(const ZonePlan& zone, const TrustPlan& plan, world::WallTime now);

/// Returns when the signatures that a zone shows at a time are valid: they are made anew every few days.
dnssec::Validity ValidityAt(const ZonePlan& zone, world::WallTime now);

/// Returns seconds since 1970.
uint32_t SecondsOf(world::WallTime now);

}  // namespace simulator
