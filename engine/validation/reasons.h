#pragma once

#include <absl/container/inlined_vector.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dnssec/denial.h"
#include "engine/dnssec/signature.h"
#include "engine/validation/evidence.h"
#include "engine/wire/message.h"
#include "engine/wire/rrset.h"

// Why an answer is not believed, in words: each names the set, the zone, the key tag and the server (RFC 8914).
namespace validation {

/// What an error tells of beside its own matter.
struct Place {
  const wire::Name& name;
  wire::RrType type;
  const wire::Name& zone;   ///< Whose keys were to show it.
  std::string_view server;  ///< Where the data came from; empty: from the cache.
};

/// Returns that the set of this place has no signature of its zone.
wire::ExtendedError Unsigned(const Place& place);

/// Returns what is wrong with the signatures of the set.
wire::ExtendedError BadSignature(const Place& place, const dnssec::Verification& verification);

/// Returns why a denial proves nothing. `what` says what it had to prove.
wire::ExtendedError BadDenial(const Place& place, std::string_view what, dnssec::DenialOutcome outcome);

/// Returns that no key of the zone is one of those that its parent, or a trust anchor, vouches for.
wire::ExtendedError NoTrustedKey(const Place& place, std::string_view vouched);

/// Returns that the key of that tag is vouched for, and is not one to sign zones (RFC 4034 section 2.1.1).
wire::ExtendedError UnfitKey(const Place& place, uint16_t key_tag);

/// Returns what a fact is, as a line of the chain of trust; empty where it leads nowhere and breaks nothing.
std::string LinkText(const CutFact& fact);

/// A zone of the chain of trust: what a person is told of it, and no key.
struct TrustLink {
  using Tags = absl::InlinedVector<uint16_t, 4>;

  wire::Name zone;
  bool is_anchored = false;  ///< By a trust anchor, and not by its parent.
  Tags ds;                   ///< Of the digests that its parent has, those that count.
  Tags keys;
  std::string end;  ///< Why the chain ends here: `unsigned: ...` or `broken: ...`; empty: it does not.
};

/// Returns the chain of trust as far as it was needed, from the anchor down.
std::vector<TrustLink> ChainOf(const Evidence& evidence);

/// Returns `DS 1234; keys 1234 5678`, `trust anchor; keys 1234`, `unsigned: no DS`.
std::string ToText(const TrustLink& link);

}  // namespace validation
