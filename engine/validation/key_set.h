#pragma once

#include <optional>
#include <span>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/signature.h"
#include "engine/validation/anchors.h"
#include "engine/validation/evidence.h"
#include "engine/validation/work.h"
#include "engine/wire/message.h"
#include "engine/wire/rrset.h"

namespace validation {

/// What is said of the DNSKEY set of a zone by those who vouch for its keys.
struct KeySetOutcome {
  std::optional<wire::ExtendedError> unsupported;  ///< Set: no algorithm is known here; the zone is insecure.
  bool has_vouched_key = false;                    ///< Some key of the set is vouched for.
  std::optional<uint16_t> unfit_key;               ///< The tag of one that would be, were it a zone key.
  dnssec::Verification verification;               ///< Of the set under the keys that are.
  SharedKeys keys;                                 ///< Valid: all keys of the set.
};

/// Judges a DNSKEY set by the DSs of its parent (RFC 4035 section 5.2): a key that one of them names has to sign it.
/// One good chain suffices, of whichever algorithm (RFC 6840 section 5.11).
KeySetOutcome JudgeByDs(const wire::RrSet& rrset, std::span<const dnssec::Ds> ds, world::WallTime now, Work& work);

/// Judges a DNSKEY set by a trust anchor.
KeySetOutcome JudgeByAnchor(const wire::RrSet& rrset, const Anchor& anchor, const Trust& trust, Work& work);

}  // namespace validation
