#include "engine/simulator/internet_root.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/dnssec/sign.h"
#include "engine/dnssec/zonemd.h"
#include "engine/world/check.h"

namespace simulator {
namespace {

using wire::RrSet;
using wire::RrType;

/// Returns whether the set is one that a signer makes.
bool IsOfSigner(const RrSet& rrset) {
  switch (rrset.type) {
    case RrType::kDs:
    case RrType::kDnskey:
    case RrType::kRrsig:
    case RrType::kNsec:
    case RrType::kZonemd:
      return true;
    default:
      return false;
  }
}

/// Returns whether the zone signs the set: not delegations, and not their glue (RFC 4035 section 2.2).
bool IsSigned(const RrSet& rrset) {
  return rrset.owner.IsRoot() || rrset.type == RrType::kDs || rrset.type == RrType::kNsec;
}

/// The NSEC chain of a root zone that is being made.
class DenialChain {
 public:
  /// Adds a name with its types, in canonical order.
  void Add(const wire::Name& owner, std::vector<RrType> types) { links_.push_back({owner, std::move(types)}); }

  /// Returns the text of all NSECs.
  std::string ToText() const {
    std::string text;
    for (size_t i = 0; i < links_.size(); ++i) {
      RrSet nsec;
      nsec.owner = links_[i].owner;
      nsec.type = RrType::kNsec;
      nsec.ttl = 86'400;
      nsec.rdatas.Add(dnssec::NsecRdata(links_[(i + 1) % links_.size()].owner, links_[i].types));
      text += wire::ToText(nsec);
    }
    return text;
  }

 private:
  /// A name and what it has.
  struct Link {
    wire::Name owner;
    std::vector<RrType> types;
  };
  std::vector<Link> links_;
};

/// Returns a copy without signatures.
RrSet Bare(const RrSet& rrset) {
  RrSet bare = rrset;
  bare.signatures = {};
  return bare;
}

/// Returns the SOA set under another serial, which the last 20 octets of its rdata begin with (RFC 1035
/// section 3.3.13).
RrSet Renumbered(const RrSet& soa, uint32_t serial) {
  constexpr size_t kSerialFromEnd = 20;
  const world::OctetView old = *soa.rdatas.begin();
  world::Octets rdata(old.begin(), old.end());
  for (size_t i = 0; i < 4; ++i)
    rdata[rdata.size() - kSerialFromEnd + i] = static_cast<uint8_t>(serial >> (24 - 8 * i));
  RrSet renumbered = soa;
  renumbered.rdatas = {};
  renumbered.rdatas.Add(rdata);
  return renumbered;
}

/// Returns the NSECs among the sets that a look-up in the root zone gave.
zone::Denial DenialOf(const zone::Lookup& lookup) {
  if (const auto* referral = std::get_if<zone::Referral>(&lookup)) return referral->denial;
  if (const auto* none = std::get_if<zone::NoData>(&lookup)) return none->denial;
  if (const auto* none = std::get_if<zone::NxDomain>(&lookup)) return none->denial;
  return {};
}

}  // namespace

zone::Snapshot PrepareRoot(const zone::Zone& root, const Trust& trust) {
  Notary notary;
  Signer signer(notary, trust.WallAt(world::Instant()));
  const ZonePlan zone = trust.RootPlan();
  std::string text;
  DenialChain chain;
  chain.Add(zone.apex, {RrType::kNs, RrType::kSoa, RrType::kRrsig, RrType::kNsec, RrType::kDnskey, RrType::kZonemd});
  // The SOA comes first, as in every dump of a zone.
  text += wire::ToText(Bare(root.soa_rrset()));
  text += wire::ToText(signer.DnskeySet({zone, trust.PlanOf(zone, zone)}));
  for (const RrSet& rrset : root.rrsets()) {
    if (IsOfSigner(rrset) || rrset.type == RrType::kSoa) continue;
    text += wire::ToText(Bare(rrset));
    if (rrset.type != RrType::kNs || rrset.owner.IsRoot()) continue;
    const ZonePlan tld = trust.TldPlan(rrset.owner.Lowered());
    const TrustPlan plan = trust.PlanOf(tld, zone);
    std::vector<RrType> types = {RrType::kNs, RrType::kRrsig, RrType::kNsec};
    if (plan.has_ds) types.push_back(RrType::kDs);
    if (plan.has_ds) text += wire::ToText(signer.DsSet({tld, plan}));
    chain.Add(rrset.owner, std::move(types));
  }
  text += chain.ToText();
  auto parsed = zone::Zone::Parse({reinterpret_cast<const uint8_t*>(text.data()), text.size()}, "signed root", {});
  CHECK(parsed.ok());
  return *std::move(parsed);
}

void SignedRoot::Refresh(Signer& signer, RrSet& rrset) const {
  const ZonePlan zone = trust_.RootPlan();
  if (rrset.type == RrType::kDnskey) rrset = signer.DnskeySet({zone, trust_.PlanOf(zone, zone)});
  if (rrset.type != RrType::kDs) return;
  const ZonePlan tld = trust_.TldPlan(rrset.owner.Lowered());
  rrset = signer.DsSet({tld, trust_.PlanOf(tld, zone)});
}

void SignedRoot::Sign(Signer& signer, RrSet& rrset) const {
  const ZonePlan zone = trust_.RootPlan();
  signer.Sign({zone, trust_.PlanOf(zone, zone)}, rrset);
}

void SignedRoot::CompletePlain(Signer& signer, wire::Message& response) const {
  const wire::Question& question = *response.question;
  if (question.type == RrType::kZonemd && question.name.IsRoot()) {
    response.authority.clear();
    response.answer = {Zonemd(signer)};
    response.answer.front().signatures = {};
  }
  for (RrSet& rrset : response.answer) Refresh(signer, rrset);
  std::erase_if(response.authority, [](const RrSet& rrset) { return rrset.type == RrType::kDs; });
}

void SignedRoot::CompleteSigned(Signer& signer, wire::Message& response) const {
  for (RrSet& rrset : response.answer) Sign(signer, rrset);
  if (!response.answer.empty()) return;
  const zone::Lookup lookup = root_.Find(response.question->name, response.question->type);
  if (const auto* referral = std::get_if<zone::Referral>(&lookup); referral != nullptr && referral->ds != nullptr) {
    response.authority.push_back(*referral->ds);
    Refresh(signer, response.authority.back());
  }
  for (const RrSet* nsec : DenialOf(lookup)) response.authority.push_back(*nsec);
  for (RrSet& rrset : response.authority) {
    if (rrset.type != RrType::kNs) Sign(signer, rrset);
  }
}

std::vector<RrSet> SignedRoot::SetsToDigest(Signer& signer, uint32_t serial) const {
  std::vector<RrSet> sets = root_.rrsets();
  for (RrSet& rrset : sets) {
    Refresh(signer, rrset);
    if (rrset.type == RrType::kSoa) rrset = Renumbered(rrset, serial);
    if (IsSigned(rrset)) Sign(signer, rrset);
  }
  return sets;
}

RrSet SignedRoot::ZonemdOf(std::span<const RrSet> sets, Signer& signer, uint32_t serial) const {
  RrSet set;
  set.type = RrType::kZonemd;
  set.ttl = 86'400;
  set.rdatas.Add(dnssec::ZonemdRdata(sets, root_.origin(), serial, dnssec::ZonemdHash::kSha384));
  Sign(signer, set);
  return set;
}

RrSet SignedRoot::Zonemd(Signer& signer) const {
  return ZonemdOf(SetsToDigest(signer, root_.serial()), signer, root_.serial());
}

std::vector<RrSet> SignedRoot::AllSets(Signer& signer, uint32_t serial) const {
  std::vector<RrSet> sets = SetsToDigest(signer, serial);
  RrSet zonemd = ZonemdOf(sets, signer, serial);
  const auto below = std::ranges::find_if(sets, [](const RrSet& rrset) { return !rrset.owner.IsRoot(); });
  sets.insert(below, std::move(zonemd));
  return sets;
}

}  // namespace simulator
