#pragma once

#include <optional>
#include <span>
#include <variant>

#include "engine/validation/anchors.h"
#include "engine/validation/evidence.h"
#include "engine/wire/message.h"

namespace validation {

/// The judge cannot go on without the answer to this question, for DS or DNSKEY.
struct Missing {
  wire::Question question;
};

/// The name is in a zone with these keys: what is said of it has to be signed by them.
struct Guarded {
  SharedKeys keys;
};

/// The name is below no trust anchor, or below a zone that is proven to be unsigned.
struct Unguarded {
  std::optional<wire::ExtendedError> why;
};

/// Where a name stands.
using Standing = std::variant<Missing, Guarded, Unguarded, BrokenLink>;

/// Which names on the way down are asked for a zone cut.
enum class Probing : uint8_t {
  kSuspects,   ///< Those where something hints at one.
  kEveryName,  ///< All: only then it is known that there is no other.
};

/// The way from a trust anchor down to a name.
struct Way {
  const wire::Name& name;
  size_t most_labels;  ///< Of the zone that is looked for: one less than the name's for its DS, which is its parent's.
  std::span<const wire::Name> hints;  ///< More names at which a zone may begin: those of signers.
  Probing probing = Probing::kSuspects;
};

/// Goes down from the nearest trust anchor, from zone to zone, and returns where the name stands (RFC 4035 section 5).
Standing Descend(const Way& way, const Evidence& evidence, const Trust& trust);

}  // namespace validation
