#pragma once

#include <cstdint>

#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace dnssec {

/// What a proof of denial comes to. All but the first two leave the claim unproven, each for a reason of its own.
enum class DenialOutcome : uint8_t {
  kProven,
  kProvenByOptOut,     ///< An unsigned delegation may stand there (RFC 5155 section 6): the claim is insecure.
  kNoRecord,           ///< No record is of the zone, or none can be read.
  kNotCovered,         ///< No record covers the name that has to be absent.
  kNameExists,         ///< The name is there (or is an empty non-terminal), and was said not to be.
  kTypeExists,         ///< The record lists the type.
  kAliasExists,        ///< The record lists CNAME: the answer is that (RFC 6840 section 4.3).
  kParentSide,         ///< The record is the parent's of a cut, and the question is the child's (RFC 6840 section 4.4).
  kChildSide,          ///< The record is the child's apex, and the question (DS) is the parent's.
  kBelowDelegation,    ///< The covering record's owner is a delegation above the name (RFC 6840 section 4.1).
  kBelowDname,         ///< The covering record's owner has a DNAME above the name (RFC 6840 section 4.1).
  kWildcardExists,     ///< The closest encloser has a wildcard, which would have made the name.
  kWildcardNotDenied,  ///< Nothing says that the closest encloser has no wildcard.
  kNotDelegated,       ///< The record lists no NS: the name is no delegation, secure or not.
  kTooManyIterations,  ///< NSEC3 with more than kMaxNsec3Iterations: insecure (RFC 9276 section 3.2).
  kTooMuchWork,        ///< The hashes that were allowed are used up (CVE-2023-50868).
};

/// Returns a word for the outcome, for a person.
const char* ToText(DenialOutcome outcome);

/// The types that an NSEC or NSEC3 lists (RFC 4034 section 4.1.2). Borrows the octets.
class TypeBitmap {
 public:
  TypeBitmap() = default;
  /// Takes what follows the next name. Octets that are no bitmap list nothing from there on.
  explicit TypeBitmap(world::OctetView octets) : octets_(octets) {}

  /// Returns whether the windows fill the octets: each of 1 to 32 octets, in rising order.
  bool IsWellFormed() const;

  /// Returns whether the type is listed.
  bool Has(wire::RrType type) const;

 private:
  world::OctetView octets_;
};

/// Whether the name is the root, which has no parent to ask for its DS.
enum class Apex : uint8_t { kRoot, kOther };

/// Returns whether a record at exactly the name, listing `types`, proves that it has no `type`.
DenialOutcome DenyType(const TypeBitmap& types, wire::RrType type, Apex apex);

/// Returns whether a record whose owner is above the name may prove anything of it: kProven, or the delegation or DNAME
/// that makes it the word of another (RFC 6840 section 4.1).
DenialOutcome JudgeAncestor(const TypeBitmap& types);

}  // namespace dnssec
