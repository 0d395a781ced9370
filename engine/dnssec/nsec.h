#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/dnssec/denial.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"

namespace dnssec {

/// An NSEC of a zone, read (RFC 4034 section 4.1): between its owner and the next name there is none. Borrows the set.
struct Nsec {
  wire::Name owner;
  wire::Name next;
  TypeBitmap types;

  /// Returns the NSEC of a set, or nothing when it is malformed, has not one record, or owner or next are outside the
  /// zone: such a record would deny names of others.
  [[nodiscard]] static std::optional<Nsec> FromRrSet(const wire::RrSet& rrset, const wire::Name& zone);

  /// Returns whether the name lies strictly between owner and next, the last NSEC reaching to the end of `zone`.
  /// Requires: the name is in the zone.
  bool Covers(const wire::Name& name, const wire::Name& zone) const;
};

/// The NSECs of one zone that came with an answer. Every set has to be verified, with a signature of the zone, and not
/// made of a wildcard (Verification::wildcard_encloser): the proofs are of what they say, not of who says it.
class NsecProof {
 public:
  /// Takes the NSECs among the sets that are the zone's. Borrows the sets.
  NsecProof(std::span<const wire::RrSet* const> sets, wire::Name zone);

  /// Judges that the name does not exist, nor a wildcard that would make it (RFC 4035 section 5.4).
  DenialOutcome NameDoesNotExist(const wire::Name& name) const;

  /// Judges that the name exists, or a wildcard that makes it, without the type (RFC 4035 section 5.4, RFC 6840 section
  /// 4). For DS it is the proof of an insecure delegation only where `IsInsecureDelegation` says so too.
  DenialOutcome TypeDoesNotExist(const wire::Name& name, wire::RrType type) const;

  /// Judges that no name closer than the wildcard of `encloser` exists for `name`: what a wildcard's answer needs (RFC
  /// 4035 section 5.3.4). Requires: name.IsBelow(encloser).
  DenialOutcome NoCloserName(const wire::Name& name, const wire::Name& encloser) const;

  /// Judges that `cut` is delegated without DS (RFC 4035 section 5.2, RFC 6840 section 4.4).
  DenialOutcome IsInsecureDelegation(const wire::Name& cut) const;

 private:
  /// Returns the NSEC whose owner is the name, or null.
  const Nsec* Matching(const wire::Name& name) const;

  /// Returns the NSEC that covers the name, or null.
  const Nsec* Covering(const wire::Name& name) const;

  /// Judges that the name is covered, by a record that may speak of it, and is no empty non-terminal.
  DenialOutcome IsAbsent(const wire::Name& name) const;

  wire::Name zone_;
  std::vector<Nsec> nsecs_;
};

}  // namespace dnssec
