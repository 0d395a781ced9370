#pragma once

#include <vector>

#include "engine/simulator/internet_records.h"
#include "engine/simulator/internet_signer.h"

namespace simulator {

/// Makes the NSEC and NSEC3 records that prove what a zone does not have. No zone is ever written down, so they are
/// made for the question, as small as they can be (RFC 4470, RFC 7129 appendix B): each covers one name, and what is
/// below it.
class Denials {
 public:
  Denials(const Atlas& atlas, const Records& records, const Trust& trust)
      : atlas_(atlas), records_(records), trust_(trust) {}

  /// What a proof is for: a name of the zone, what the zone has for it, and the type that was asked for.
  struct Claim {
    ZoneAt zone;
    const TrustPlan& plan;
    const wire::Name& name;
    const Match& match;
    wire::RrType type;
  };

  /// Adds the proof that there is no such name, or no such type, or no DS at a cut. Not signed.
  void ProveAbsence(const Claim& claim, std::vector<wire::RrSet>& proof) const;

  /// Adds the proof that the name itself is not there, where a wildcard answered for it (RFC 4035 section 3.1.3.3).
  void ProveWildcard(const Claim& claim, std::vector<wire::RrSet>& proof) const;

  /// Returns the types at a name of the zone, those of DNSSEC among them.
  std::vector<wire::RrType> TypesAt(ZoneAt zone, const TrustPlan& plan, const wire::Name& owner) const;

 private:
  /// Returns the record at a name.
  wire::RrSet At(const Claim& claim, const wire::Name& owner) const;
  /// Returns the record that covers a name and all below it.
  wire::RrSet Around(const Claim& claim, const wire::Name& name) const;
  /// Returns the NSEC3 of the zone from one hash to another.
  wire::RrSet Nsec3(const Claim& claim, const dnssec::Nsec3Hash& from, const dnssec::Nsec3Hash& to,
                    std::vector<wire::RrType> types) const;
  /// Returns a set of one record with the TTL of denials.
  wire::RrSet Single(const Claim& claim, const wire::Name& owner, wire::RrType type, world::OctetView rdata) const;

  const Atlas& atlas_;
  const Records& records_;
  const Trust& trust_;
};

/// Returns whether the zone publishes CDS and CDNSKEY.
bool SpeaksToParent(const ZonePlan& zone);

}  // namespace simulator
