#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/simulator/internet_signer.h"
#include "engine/zone/zone.h"

namespace simulator {

/// Returns the root zone as the pocket internet signs it: without what others signed, with a DS set for each TLD that
/// is signed here, and a chain of NSECs. Signatures are made for each answer, and the key sets too: they change with
/// time.
zone::Snapshot PrepareRoot(const zone::Zone& root, const Trust& trust);

/// Answers of the signed root zone.
class SignedRoot {
 public:
  /// Borrows both. `root` is of PrepareRoot.
  SignedRoot(const zone::Zone& root, const Trust& trust) : root_(root), trust_(trust) {}

  /// Makes a set what it is at the signer's moment: key sets are made anew, the others stay.
  void Refresh(Signer& signer, wire::RrSet& rrset) const;

  /// Makes a response for the root zone into that of a signed one, without signatures.
  void CompletePlain(Signer& signer, wire::Message& response) const;
  /// Adds signatures and denials to a response that CompletePlain() has seen.
  void CompleteSigned(Signer& signer, wire::Message& response) const;

  /// Returns all sets of the zone under a serial, with signatures and ZONEMD (RFC 8976), in canonical order.
  std::vector<wire::RrSet> AllSets(Signer& signer, uint32_t serial) const;

  /// Returns the ZONEMD set that the servers have.
  wire::RrSet Zonemd(Signer& signer) const;

 private:
  /// Adds the signatures of the root to a set.
  void Sign(Signer& signer, wire::RrSet& rrset) const;
  /// Returns all sets of the zone under a serial but ZONEMD, signed.
  std::vector<wire::RrSet> SetsToDigest(Signer& signer, uint32_t serial) const;
  /// Returns the ZONEMD set of these sets.
  wire::RrSet ZonemdOf(std::span<const wire::RrSet> sets, Signer& signer, uint32_t serial) const;

  const zone::Zone& root_;
  const Trust& trust_;
};

}  // namespace simulator
