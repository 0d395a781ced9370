#include "engine/dnssec/denial.h"

namespace dnssec {

using wire::RrType;

bool TypeBitmap::IsWellFormed() const {
  int last_window = -1;
  size_t at = 0;
  while (at < octets_.size()) {
    if (octets_.size() - at < 2) return false;
    const int window = octets_[at];
    const size_t length = octets_[at + 1];
    if (window <= last_window || length == 0 || length > 32 || length > octets_.size() - at - 2) return false;
    last_window = window;
    at += 2 + length;
  }
  return true;
}

bool TypeBitmap::Has(RrType type) const {
  const auto number = static_cast<uint16_t>(type);
  const size_t octet = (number & 0xff) / 8;
  for (size_t at = 0; at + 2 <= octets_.size(); at += size_t{2} + octets_[at + 1]) {
    if (octets_[at] != number >> 8) continue;
    if (octet >= octets_[at + 1] || at + 2 + octet >= octets_.size()) return false;
    return (octets_[at + 2 + octet] & 0x80U >> (number & 7)) != 0;
  }
  return false;
}

DenialOutcome DenyType(const TypeBitmap& types, RrType type, Apex apex) {
  if (types.Has(type)) return DenialOutcome::kTypeExists;
  if (type != RrType::kCname && types.Has(RrType::kCname)) return DenialOutcome::kAliasExists;
  if (type == RrType::kDs) {
    // RFC 4035 section 5.2: the SOA bit is the child's; the root alone has no other side.
    const bool is_child = types.Has(RrType::kSoa) && apex != Apex::kRoot;
    return is_child ? DenialOutcome::kChildSide : DenialOutcome::kProven;
  }
  const bool is_parent = types.Has(RrType::kNs) && !types.Has(RrType::kSoa);
  return is_parent ? DenialOutcome::kParentSide : DenialOutcome::kProven;
}

DenialOutcome JudgeAncestor(const TypeBitmap& types) {
  if (types.Has(RrType::kDname)) return DenialOutcome::kBelowDname;
  const bool is_delegation = types.Has(RrType::kNs) && !types.Has(RrType::kSoa);
  return is_delegation ? DenialOutcome::kBelowDelegation : DenialOutcome::kProven;
}

const char* ToText(DenialOutcome outcome) {
  switch (outcome) {
    case DenialOutcome::kProven:
      return "proven";
    case DenialOutcome::kProvenByOptOut:
      return "proven by opt-out";
    case DenialOutcome::kNoRecord:
      return "no record of the zone";
    case DenialOutcome::kNotCovered:
      return "name not covered";
    case DenialOutcome::kNameExists:
      return "name exists";
    case DenialOutcome::kTypeExists:
      return "type exists";
    case DenialOutcome::kAliasExists:
      return "CNAME exists";
    case DenialOutcome::kParentSide:
      return "record of the parent's side";
    case DenialOutcome::kChildSide:
      return "record of the child's side";
    case DenialOutcome::kBelowDelegation:
      return "below a delegation";
    case DenialOutcome::kBelowDname:
      return "below a DNAME";
    case DenialOutcome::kWildcardExists:
      return "wildcard exists";
    case DenialOutcome::kWildcardNotDenied:
      return "wildcard not denied";
    case DenialOutcome::kNotDelegated:
      return "not delegated";
    case DenialOutcome::kTooManyIterations:
      return "too many NSEC3 iterations";
    case DenialOutcome::kTooMuchWork:
      return "too much work";
  }
  return "unknown";
}

}  // namespace dnssec
