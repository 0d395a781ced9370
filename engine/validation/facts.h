#pragma once

#include <optional>

#include "engine/dnssec/security.h"
#include "engine/validation/anchors.h"
#include "engine/validation/evidence.h"
#include "engine/validation/work.h"

namespace validation {

/// What a look-up for DS or DNSKEY came to.
struct Learnt {
  const wire::RrSet* rrset = nullptr;  ///< Null: there is none.
  Sets denial;                         ///< That there is none.
  dnssec::Security security = dnssec::Security::kUnchecked;
  std::optional<wire::ExtendedError> error;  ///< Set where the look-up failed.
};

/// Returns what follows from the DS of a name, or from their denial, once that is judged.
CutFact CutFactOf(const wire::Name& name, const Learnt& learnt, const Trust& trust, Work& work);

/// Returns what follows from the keys of a zone, once they are judged.
KeyFact KeyFactOf(const wire::Name& zone, const Learnt& learnt, SharedKeys keys);

}  // namespace validation
