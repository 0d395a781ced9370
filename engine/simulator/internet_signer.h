#pragma once

#include "engine/simulator/internet_notary.h"
#include "engine/simulator/internet_trust.h"
#include "engine/wire/rrset.h"

namespace simulator {

/// Types that no part of the engine treats by name (RFC 7344).
inline constexpr auto kCds = static_cast<wire::RrType>(59);
inline constexpr auto kCdnskey = static_cast<wire::RrType>(60);

/// A zone and how it is signed. Borrows both.
struct SignedZone {
  const ZonePlan& zone;
  const TrustPlan& plan;
};

/// Signs for zones at one moment, with all the faults that they have.
class Signer {
 public:
  /// Borrows the notary.
  Signer(Notary& notary, world::WallTime now) : notary_(notary), now_(now) {}

  /// Adds the zone's signatures to a set. A set of a wildcard is signed before it takes another owner.
  void Sign(const SignedZone& by, wire::RrSet& rrset);

  /// Returns the DNSKEY set of the zone.
  wire::RrSet DnskeySet(const SignedZone& of);

  /// Returns the DS set that the zone's parent has.
  wire::RrSet DsSet(const SignedZone& of);

  /// Returns what the zone wants its parent to have: CDS or CDNSKEY (RFC 7344 section 3).
  wire::RrSet WishForParent(const SignedZone& of, wire::RrType type);

 private:
  Notary& notary_;
  world::WallTime now_;
};

}  // namespace simulator
