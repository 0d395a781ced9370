#include "engine/simulator/internet_denial.h"

#include <algorithm>
#include <array>

#include "engine/dnssec/sign.h"
#include "engine/world/check.h"

namespace simulator {
namespace {

using dnssec::Nsec3Hash;
using wire::Name;
using wire::RrType;

/// Every type that some name of the model has, and no DNSSEC.
constexpr std::array kTypes = {
    RrType::kA,    RrType::kNs,   RrType::kCname, RrType::kSoa, RrType::kHinfo,
    RrType::kMx,   RrType::kTxt,  RrType::kAaaa,  RrType::kSrv, RrType::kDname,
    RrType::kTlsa, RrType::kSvcb, RrType::kHttps, RrType::kCaa, static_cast<RrType>(65280),
};

/// Returns the name with another first label. Requires: it fits.
Name WithLabel(const Name& name, world::OctetView label) {
  auto other = name.Parent().Prepend(label);
  CHECK(other.has_value());
  return *std::move(other);
}

/// Returns the first label of a name in lower case, in which names are ordered (RFC 4034 section 6.1).
world::Octets FirstLabel(const Name& name) {
  const Name lowered = name.Lowered();
  const world::OctetView label = lowered.Label(0);
  return {label.begin(), label.end()};
}

/// Returns a name shortly before `name`, with no other between that has the same parent (RFC 4471 section 3.1).
Name Before(const Name& name) {
  world::Octets label = FirstLabel(name);
  if (label.back() == 0) {
    label.pop_back();
    return label.empty() ? name.Parent() : WithLabel(name, label);
  }
  --label.back();
  // Upper case letters are ordered as lower case ones, which come later.
  if (label.back() >= 'A' && label.back() <= 'Z') label.back() = 'A' - 1;
  const size_t room = Name::kMaxOctets - name.octets().size() + label.size();
  label.resize(std::min(Name::kMaxLabelOctets, room), 0xff);
  return WithLabel(name, label);
}

/// Returns the first name after `name` and all below it.
Name After(const Name& name) {
  world::Octets label = FirstLabel(name);
  if (label.size() < Name::kMaxLabelOctets && name.octets().size() < Name::kMaxOctets) {
    label.push_back(0);
  } else {
    ++label.back();
  }
  return WithLabel(name, label);
}

/// Returns the next hash.
Nsec3Hash Next(Nsec3Hash hash) {
  for (size_t i = hash.size(); i-- > 0 && ++hash[i] == 0;) {
  }
  return hash;
}

/// Returns the hash before.
Nsec3Hash Last(Nsec3Hash hash) {
  for (size_t i = hash.size(); i-- > 0 && hash[i]-- == 0;) {
  }
  return hash;
}

/// Returns the hash of a name in the zone.
Nsec3Hash HashOf(const Name& name, const TrustPlan& plan) {
  const auto hash = dnssec::Nsec3Hasher(1).Hash(name, plan.nsec3);
  CHECK(hash.has_value());
  return *hash;
}

/// Returns the name one label below the encloser on the way to `name` (RFC 5155 section 1.3).
Name NextCloser(const Name& name, const Name& encloser) { return name.Suffix(encloser.LabelCount() + 1); }

}  // namespace

bool SpeaksToParent(const ZonePlan& zone) { return Happens(zone.lot, Matter::kChildDs, 400, 1); }

std::vector<RrType> Denials::TypesAt(ZoneAt zone, const TrustPlan& plan, const Name& owner) const {
  const Node node = atlas_.nodes().At(zone.plan(), owner);
  std::vector<RrType> types;
  if (node.role == Role::kCut) {
    types.push_back(RrType::kNs);
    const ZonePlan child = atlas_.nodes().PlanBelow(zone.plan(), owner);
    if (trust_.PlanOf(child, zone.plan()).has_ds) types.push_back(RrType::kDs);
  } else if (records_.AliasAt(zone, owner, node)) {
    types.push_back(RrType::kCname);
  } else {
    std::ranges::copy_if(kTypes, std::back_inserter(types),
                         [&](RrType type) { return records_.SetAt(zone, owner, node, type).has_value(); });
  }
  if (node.role == Role::kApex) {
    types.push_back(RrType::kDnskey);
    if (SpeaksToParent(zone.plan())) types.insert(types.end(), {kCds, kCdnskey});
    if (plan.denial != DenialKind::kNsec) types.push_back(RrType::kNsec3param);
  }
  const bool has_signed_set = node.role != Role::kCut ? !types.empty() : types.size() > 1;
  if (plan.denial == DenialKind::kNsec) {
    types.insert(types.end(), {RrType::kRrsig, RrType::kNsec});
  } else if (has_signed_set) {
    types.push_back(RrType::kRrsig);
  }
  return types;
}

wire::RrSet Denials::Single(const Claim& claim, const Name& owner, RrType type, world::OctetView rdata) const {
  const wire::RrSet soa = records_.Soa(claim.zone.plan());
  wire::RrSet set;
  set.owner = owner;
  set.type = type;
  set.ttl = std::min(soa.ttl, wire::SoaFromRdata(*soa.rdatas.begin())->minimum);  // RFC 9077 section 3.
  set.rdatas.Add(rdata);
  return set;
}

wire::RrSet Denials::Nsec3(const Claim& claim, const Nsec3Hash& from, const Nsec3Hash& to,
                           std::vector<RrType> types) const {
  const dnssec::Nsec3Parameters& parameters = claim.plan.nsec3;
  // RFC 5155 section 3.2: algorithm, flags, iterations, salt, next hash, types.
  world::Octets rdata = {1, static_cast<uint8_t>(claim.plan.denial == DenialKind::kNsec3OptOut ? 1 : 0),
                         static_cast<uint8_t>(parameters.iterations >> 8), static_cast<uint8_t>(parameters.iterations),
                         static_cast<uint8_t>(parameters.salt.size())};
  rdata.insert(rdata.end(), parameters.salt.begin(), parameters.salt.end());
  rdata.push_back(static_cast<uint8_t>(to.size()));
  rdata.insert(rdata.end(), to.begin(), to.end());
  const world::Octets bitmap = dnssec::BitmapOf(std::move(types));
  rdata.insert(rdata.end(), bitmap.begin(), bitmap.end());
  return Single(claim, Below(dnssec::ToBase32Hex(from), claim.zone.plan().apex), RrType::kNsec3, rdata);
}

wire::RrSet Denials::At(const Claim& claim, const Name& owner) const {
  std::vector<RrType> types = TypesAt(claim.zone, claim.plan, owner);
  if (claim.plan.flaw == Flaw::kForgedDenial && !std::ranges::count(types, claim.type)) types.push_back(claim.type);
  if (claim.plan.denial == DenialKind::kNsec) {
    const Name lowered = owner.Lowered();
    const std::array<uint8_t, 1> kLowest = {0};
    const auto below = lowered.Prepend(kLowest);
    return Single(claim, lowered, RrType::kNsec,
                  dnssec::NsecRdata(below ? *below : claim.zone.plan().apex, std::move(types)));
  }
  const Nsec3Hash hash = HashOf(owner, claim.plan);
  return Nsec3(claim, hash, Next(hash), std::move(types));
}

wire::RrSet Denials::Around(const Claim& claim, const Name& name) const {
  const bool is_forged = claim.plan.flaw == Flaw::kForgedDenial;
  if (claim.plan.denial == DenialKind::kNsec) {
    const Name covered = is_forged ? Below("0-elsewhere", name.Parent()) : name;
    return Single(claim, Before(covered), RrType::kNsec,
                  dnssec::NsecRdata(After(covered), {RrType::kRrsig, RrType::kNsec}));
  }
  Nsec3Hash hash = HashOf(name, claim.plan);
  if (is_forged) hash[0] ^= 0x40;
  return Nsec3(claim, Last(hash), Next(hash), {RrType::kRrsig, RrType::kA});
}

void Denials::ProveAbsence(const Claim& claim, std::vector<wire::RrSet>& proof) const {
  const bool is_nsec = claim.plan.denial == DenialKind::kNsec;
  switch (claim.match.kind) {
    case MatchKind::kNone: {
      const Name& encloser = claim.match.owner;
      if (!is_nsec) proof.push_back(At(claim, encloser));
      proof.push_back(Around(claim, NextCloser(claim.name, encloser)));
      if (const auto wildcard = encloser.Wildcard()) proof.push_back(Around(claim, *wildcard));
      return;
    }
    case MatchKind::kWildcard:
      ProveWildcard(claim, proof);
      if (!is_nsec) proof.push_back(At(claim, claim.match.owner.Parent()));
      proof.push_back(At(claim, claim.match.owner));
      return;
    case MatchKind::kCut:
      if (claim.plan.denial == DenialKind::kNsec3OptOut) {
        // RFC 5155 section 7.2.7: no NSEC3 is at the cut.
        proof.push_back(At(claim, claim.match.owner.Parent()));
        proof.push_back(Around(claim, claim.match.owner));
        return;
      }
      break;
    case MatchKind::kExact:
    case MatchKind::kDname:
      break;
  }
  proof.push_back(At(claim, claim.match.owner));
}

void Denials::ProveWildcard(const Claim& claim, std::vector<wire::RrSet>& proof) const {
  proof.push_back(Around(claim, NextCloser(claim.name, claim.match.owner.Parent())));
}

}  // namespace simulator
