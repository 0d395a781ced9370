#include "engine/simulator/internet_signer.h"

#include "engine/dnssec/ds.h"

namespace simulator {
namespace {

using wire::RrType;

constexpr uint32_t kDay = 86'400;

/// TTLs of a zone's own keys, and of what its parent says of them; the root's are longer.
constexpr uint32_t kKeyTtl = 3'600;
constexpr uint32_t kRootKeyTtl = 172'800;
constexpr uint32_t kRootDsTtl = 86'400;

/// Generations that no zone comes to: keys of nobody. With those of the pool they are others than the zone's own.
constexpr uint32_t kGoneKey = 1'001;
constexpr uint32_t kForgersKey = 1'003;

/// A digest type that is not assigned.
constexpr uint8_t kUnknownDigest = 250;

/// Where these stand in the rdata of a DS and of an RRSIG (RFC 4034 sections 5.1 and 3.1).
constexpr size_t kDigestTypeAt = 3;
constexpr size_t kLabelsAt = 3;
constexpr size_t kKeyTagAt = 16;

/// Returns an empty set.
wire::RrSet Blank(const wire::Name& owner, RrType type, uint32_t ttl) {
  wire::RrSet set;
  set.owner = owner;
  set.type = type;
  set.ttl = ttl;
  return set;
}

/// Returns the validity that a zone of that flaw gives its signatures.
dnssec::Validity Shifted(dnssec::Validity validity, Flaw flaw) {
  if (flaw == Flaw::kExpired) return {validity.inception - 60 * kDay, validity.expiration - 30 * kDay};
  if (flaw == Flaw::kNotYetValid) return {validity.inception + 30 * kDay, validity.expiration + 30 * kDay};
  return validity;
}

/// Returns the RRSIG as it is where the zone's flaw is in its fields.
world::Octets Spoiled(world::Octets rrsig, Flaw flaw, uint16_t key_tag) {
  if (flaw == Flaw::kWrongLabels) ++rrsig[kLabelsAt];
  if (flaw == Flaw::kWrongKey) {
    rrsig[kKeyTagAt] = static_cast<uint8_t>(key_tag >> 8);
    rrsig[kKeyTagAt + 1] = static_cast<uint8_t>(key_tag);
  }
  return rrsig;
}

}  // namespace

void Signer::Sign(const SignedZone& by, wire::RrSet& rrset) {
  const Flaw flaw = by.plan.flaw;
  if (flaw == Flaw::kStripped) return;
  const KeySchedule schedule = ScheduleOf(by.zone, by.plan, now_);
  const dnssec::Validity validity = Shifted(ValidityAt(by.zone, now_), flaw);
  if (rrset.type == RrType::kDnskey) {
    for (const KeyId& id : schedule.signs_keys) {
      rrset.signatures.Add(notary_.Signature(rrset, by.zone.apex, id, validity));
    }
    return;
  }
  KeyId id = schedule.signs_zone;
  const uint16_t key_tag = notary_.Key(id).dnskey().tag;
  if (flaw == Flaw::kWrongKey) id.generation += kForgersKey;
  rrset.signatures.Add(Spoiled(notary_.Signature(rrset, by.zone.apex, id, validity), flaw, key_tag));
}

wire::RrSet Signer::DnskeySet(const SignedZone& of) {
  const bool is_root = of.zone.kind == ZoneKind::kRoot;
  wire::RrSet set = Blank(of.zone.apex, RrType::kDnskey, is_root ? kRootKeyTtl : kKeyTtl);
  for (const KeyId& id : ScheduleOf(of.zone, of.plan, now_).published) {
    const world::Octets& rdata = notary_.Key(id).dnskey().rdata;
    if (!set.rdatas.Contains(rdata)) set.rdatas.Add(rdata);
  }
  return set;
}

wire::RrSet Signer::DsSet(const SignedZone& of) {
  wire::RrSet set = Blank(of.zone.apex, RrType::kDs, of.zone.depth <= 1 ? kRootDsTtl : kKeyTtl);
  for (KeyId id : ScheduleOf(of.zone, of.plan, now_).vouched_for) {
    if (of.plan.flaw == Flaw::kMissingKey) id.generation += kGoneKey;
    world::Octets rdata = dnssec::DsRdataFor(of.zone.apex, notary_.Key(id).dnskey(), dnssec::DigestType::kSha256);
    if (!of.plan.is_readable && of.zone.kind != ZoneKind::kRoot) rdata[kDigestTypeAt] = kUnknownDigest;
    set.rdatas.Add(rdata);
    // The pool of RSA keys is small: a second key of nobody would be one of the zone's own.
    if (of.plan.flaw == Flaw::kMissingKey) break;
  }
  return set;
}

wire::RrSet Signer::WishForParent(const SignedZone& of, RrType type) {
  wire::RrSet set = Blank(of.zone.apex, type, kKeyTtl);
  for (const KeyId& id : ScheduleOf(of.zone, of.plan, now_).vouched_for) {
    const dnssec::Dnskey& key = notary_.Key(id).dnskey();
    set.rdatas.Add(type == kCds ? dnssec::DsRdataFor(of.zone.apex, key, dnssec::DigestType::kSha256) : key.rdata);
  }
  return set;
}

}  // namespace simulator
