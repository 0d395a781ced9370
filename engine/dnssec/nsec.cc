#include "engine/dnssec/nsec.h"

#include <algorithm>
#include <utility>

#include "engine/world/check.h"

namespace dnssec {
namespace {

using wire::Name;
using wire::RrSet;
using wire::RrType;
using world::OctetView;

/// Returns the longest name that exists above or at `name` by a covering NSEC: what it shares with owner or next.
Name ClosestEncloser(const Nsec& covering, const Name& name) {
  return name.Suffix(std::max(name.CommonLabels(covering.owner), name.CommonLabels(covering.next)));
}

/// Returns whether the name is the root.
Apex ApexOf(const Name& name) { return name.IsRoot() ? Apex::kRoot : Apex::kOther; }

}  // namespace

std::optional<Nsec> Nsec::FromRrSet(const RrSet& rrset, const Name& zone) {
  if (rrset.type != RrType::kNsec || rrset.rdatas.size() != 1 || !rrset.owner.IsAtOrBelow(zone)) return std::nullopt;
  const OctetView rdata = *rrset.rdatas.begin();
  std::optional<Name> next = Name::FromWirePrefix(rdata);
  if (!next || !next->IsAtOrBelow(zone)) return std::nullopt;
  const TypeBitmap types(rdata.subspan(next->octets().size()));
  if (!types.IsWellFormed()) return std::nullopt;
  return Nsec{.owner = rrset.owner, .next = *std::move(next), .types = types};
}

bool Nsec::Covers(const Name& name, const Name& zone) const {
  if (!(owner < name)) return false;
  // RFC 4034 section 4.1.1: the last NSEC names the apex.
  return next == zone || name < next;
}

NsecProof::NsecProof(std::span<const RrSet* const> sets, Name zone) : zone_(std::move(zone)) {
  for (const RrSet* const rrset : sets) {
    if (std::optional<Nsec> nsec = Nsec::FromRrSet(*rrset, zone_)) nsecs_.push_back(*std::move(nsec));
  }
}

const Nsec* NsecProof::Matching(const Name& name) const {
  const auto found = std::ranges::find(nsecs_, name, &Nsec::owner);
  return found == nsecs_.end() ? nullptr : &*found;
}

const Nsec* NsecProof::Covering(const Name& name) const {
  if (!name.IsAtOrBelow(zone_)) return nullptr;
  const auto found = std::ranges::find_if(nsecs_, [&](const Nsec& nsec) { return nsec.Covers(name, zone_); });
  return found == nsecs_.end() ? nullptr : &*found;
}

DenialOutcome NsecProof::IsAbsent(const Name& name) const {
  if (nsecs_.empty()) return DenialOutcome::kNoRecord;
  if (Matching(name) != nullptr) return DenialOutcome::kNameExists;
  const Nsec* const covering = Covering(name);
  if (covering == nullptr) return DenialOutcome::kNotCovered;
  if (name.IsBelow(covering->owner)) {
    const DenialOutcome ancestor = JudgeAncestor(covering->types);
    if (ancestor != DenialOutcome::kProven) return ancestor;
  }
  // RFC 8020, RFC 4592 section 2.2.2: a name above one that exists does exist.
  return covering->next.IsBelow(name) ? DenialOutcome::kNameExists : DenialOutcome::kProven;
}

DenialOutcome NsecProof::NameDoesNotExist(const Name& name) const {
  const DenialOutcome absent = IsAbsent(name);
  if (absent != DenialOutcome::kProven) return absent;
  const std::optional<Name> wildcard = ClosestEncloser(*Covering(name), name).Wildcard();
  if (!wildcard) return DenialOutcome::kProven;  // Too long to exist.
  switch (const DenialOutcome of_wildcard = IsAbsent(*wildcard)) {
    case DenialOutcome::kNameExists:
      return DenialOutcome::kWildcardExists;
    case DenialOutcome::kNotCovered:
      return DenialOutcome::kWildcardNotDenied;
    default:
      return of_wildcard;
  }
}

DenialOutcome NsecProof::TypeDoesNotExist(const Name& name, RrType type) const {
  if (nsecs_.empty()) return DenialOutcome::kNoRecord;
  if (const Nsec* const matching = Matching(name)) return DenyType(matching->types, type, ApexOf(name));
  const DenialOutcome absent = IsAbsent(name);
  // An empty non-terminal has no type at all, and no wildcard stands for it.
  if (absent == DenialOutcome::kNameExists) return DenialOutcome::kProven;
  if (absent != DenialOutcome::kProven) return absent;
  const std::optional<Name> wildcard = ClosestEncloser(*Covering(name), name).Wildcard();
  const Nsec* const matching = wildcard ? Matching(*wildcard) : nullptr;
  // The name was proven absent, so that NOERROR is the wildcard's doing, or a lie.
  if (matching == nullptr) return DenialOutcome::kWildcardNotDenied;
  return DenyType(matching->types, type, Apex::kOther);
}

DenialOutcome NsecProof::NoCloserName(const Name& name, const Name& encloser) const {
  CHECK(name.IsBelow(encloser));
  return IsAbsent(name.Suffix(encloser.LabelCount() + 1));
}

DenialOutcome NsecProof::IsInsecureDelegation(const Name& cut) const {
  if (nsecs_.empty()) return DenialOutcome::kNoRecord;
  const Nsec* const matching = Matching(cut);
  if (matching == nullptr) return DenialOutcome::kNotCovered;
  const DenialOutcome denied = DenyType(matching->types, RrType::kDs, ApexOf(cut));
  if (denied != DenialOutcome::kProven) return denied;
  return matching->types.Has(RrType::kNs) ? DenialOutcome::kProven : DenialOutcome::kNotDelegated;
}

}  // namespace dnssec
