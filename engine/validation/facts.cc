#include "engine/validation/facts.h"

#include <string>
#include <string_view>
#include <utility>

#include "engine/dnssec/nsec.h"
#include "engine/dnssec/nsec3.h"

namespace validation {
namespace {

using dnssec::Security;
using wire::EdeCode;
using wire::ExtendedError;
using wire::Name;

/// Returns why none of the DSs of a set counts.
ExtendedError WhyNoneCounts(const wire::RrSet& ds_set) {
  for (const world::OctetView rdata : ds_set.rdatas) {
    const auto ds = dnssec::Ds::FromRdata(rdata);
    if (ds && !dnssec::IsSupported(ds->algorithm)) {
      return {EdeCode::kUnsupportedDnskeyAlgorithm, ds_set.owner.ToText()};
    }
    if (ds && dnssec::UsesSha1(ds->algorithm)) return {EdeCode::kUnsupportedDnskeyAlgorithm, ds_set.owner.ToText()};
  }
  return {EdeCode::kUnsupportedDsDigest, ds_set.owner.ToText()};
}

/// Returns the error of a look-up that ended badly.
BrokenLink Broken(const Name& name, const Learnt& learnt, EdeCode code, std::string_view what) {
  if (learnt.error) return {*learnt.error};
  return {{code, name.ToText() + ": " + std::string(what)}};
}

/// Returns whether NSECs or NSEC3s that are believed show a delegation at the name.
bool ShowsDelegation(const Name& name, const Sets& denial, Work& work) {
  for (const wire::RrSet* const rrset : denial) {
    if (rrset->type == wire::RrType::kNsec) {
      const auto nsec = dnssec::Nsec::FromRrSet(*rrset, Name());
      if (nsec && nsec->owner == name) return nsec->types.Has(wire::RrType::kNs);
    }
    if (rrset->type != wire::RrType::kNsec3 || rrset->owner.IsRoot()) continue;
    const auto nsec3 = dnssec::Nsec3::FromRrSet(*rrset, rrset->owner.Parent());
    if (!nsec3) continue;
    const auto hash = work.hasher.Hash(name, nsec3->parameters);
    // Without the hash nothing is shown; then the zone above goes on, and what is below has to be signed by it.
    if (hash && *hash == nsec3->owner) return nsec3->types.Has(wire::RrType::kNs);
  }
  return false;
}

}  // namespace

CutFact CutFactOf(const Name& name, const Learnt& learnt, const Trust& trust, Work& work) {
  switch (learnt.security) {
    case Security::kUnchecked:
    case Security::kBogus:
      return Broken(name, learnt, EdeCode::kDnssecBogus, "no DS that can be believed");
    case Security::kInsecure:
      return UnsignedCut{learnt.error};
    case Security::kSecure:
      break;
  }
  if (learnt.rrset == nullptr) {
    return ShowsDelegation(name, learnt.denial, work) ? CutFact(UnsignedCut{}) : CutFact(NoCut{});
  }
  std::vector<dnssec::Ds> counting = CountingDs(*learnt.rrset, trust.policy);
  if (counting.empty()) return UnsignedCut{WhyNoneCounts(*learnt.rrset)};
  return SignedCut{std::move(counting)};
}

KeyFact KeyFactOf(const Name& zone, const Learnt& learnt, SharedKeys keys) {
  switch (learnt.security) {
    case Security::kUnchecked:
    case Security::kBogus:
      return Broken(zone, learnt, EdeCode::kDnskeyMissing, "no DNSKEY that can be believed");
    case Security::kInsecure:
      return UnsignedCut{learnt.error};
    case Security::kSecure:
      break;
  }
  if (keys == nullptr) return Broken(zone, learnt, EdeCode::kDnskeyMissing, "no DNSKEY");
  return keys;
}

}  // namespace validation
