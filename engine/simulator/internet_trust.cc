#include "engine/simulator/internet_trust.h"

#include <array>

namespace simulator {
namespace {

using dnssec::Algorithm;

/// TLDs in a thousand that are signed: as in reality, most.
constexpr int kSignedTldPermille = 920;

/// Signed zones in a thousand that their signed parent does not vouch for: islands.
constexpr int kIslandPermille = 60;

/// Zones in a thousand whose DS has a digest that nobody knows.
constexpr int kUnknownDigestPermille = 20;

/// NSEC3 zones in a thousand that hash more than once (against RFC 9276 section 3.1).
constexpr int kIteratingPermille = 80;

/// Returns the algorithm of a zone: those that are common in reality come often.
Algorithm AlgorithmOf(Lot lot) {
  const uint64_t roll = Roll(lot, Matter::kAlgorithm) % 100;
  if (roll < 45) return Algorithm::kEcdsaP256Sha256;
  if (roll < 65) return Algorithm::kEd25519;
  if (roll < 84) return Algorithm::kRsaSha256;
  if (roll < 92) return Algorithm::kRsaSha512;
  return roll < 96 ? Algorithm::kEcdsaP384Sha384 : Algorithm::kEd448;
}

/// Returns how a zone denies: TLDs mostly with opt-out, others mostly without.
DenialKind DenialOf(const ZonePlan& zone) {
  const uint64_t roll = Roll(zone.lot, Matter::kDenialKind) % 100;
  if (roll < 45) return DenialKind::kNsec;
  const uint64_t opt_out = zone.kind == ZoneKind::kTld ? 75 : 92;
  return roll < opt_out ? DenialKind::kNsec3 : DenialKind::kNsec3OptOut;
}

/// Returns how an NSEC3 zone hashes: almost always once and without salt (RFC 9276 section 3.1).
dnssec::Nsec3Parameters HashingOf(Lot lot) {
  if (!Happens(lot, Matter::kNsec3, kIteratingPermille)) return {};
  const uint64_t roll = Roll(lot, Matter::kNsec3, 1);
  dnssec::Nsec3Parameters parameters;
  parameters.iterations = static_cast<uint16_t>(roll % 11);
  for (uint64_t i = 0; i < (roll >> 8) % 9; ++i) parameters.salt.push_back(static_cast<uint8_t>(roll >> (i + 16)));
  return parameters;
}

}  // namespace

ZonePlan Trust::RootPlan() const {
  return {wire::Name(), 0, simulator::LotOf(seed_, wire::Name()), ZoneKind::kRoot, 0};
}

ZonePlan Trust::TldPlan(const wire::Name& name) const {
  return {name, 1, simulator::LotOf(seed_, name), ZoneKind::kTld, 1};
}

bool Trust::IsSigned(const ZonePlan& zone) const {
  if (!options_.on) return false;
  switch (zone.kind) {
    case ZoneKind::kRoot:
      return true;
    case ZoneKind::kTld:
      return Happens(zone.lot, Matter::kSigned, kSignedTldPermille);
    case ZoneKind::kAnchored:
    case ZoneKind::kHoster:
    case ZoneKind::kSite:
      break;
  }
  return Happens(zone.lot, Matter::kSigned, options_.signed_permille);
}

Flaw Trust::FlawOf(const ZonePlan& zone) const {
  // Nameservers of others are no part of the experiment: a fault is that of the names below it alone.
  if (zone.kind != ZoneKind::kSite || !Happens(zone.lot, Matter::kFlaw, options_.flawed_permille)) return Flaw::kNone;
  return static_cast<Flaw>(1 + Roll(zone.lot, Matter::kFlaw, 1) % (kFlaws - 1));
}

TrustPlan Trust::PlanOf(ZoneAt zone) const {
  return PlanOf(zone.plan(), zone.index == 0 ? zone.plan() : zone.above().plan());
}

TrustPlan Trust::PlanOf(const ZonePlan& zone, const ZonePlan& above) const {
  TrustPlan plan;
  if (!IsSigned(zone)) return plan;
  plan.is_signed = true;
  if (zone.kind == ZoneKind::kRoot) {
    plan.algorithm = Algorithm::kEcdsaP256Sha256;
    return plan;
  }
  plan.has_ds = IsSigned(above) && !Happens(zone.lot, Matter::kNoDs, kIslandPermille);
  plan.is_readable = zone.kind == ZoneKind::kTld || !Happens(zone.lot, Matter::kChildDs, kUnknownDigestPermille);
  plan.has_single_key = Happens(zone.lot, Matter::kSingleKey, 300);
  plan.algorithm = AlgorithmOf(zone.lot);
  plan.denial = DenialOf(zone);
  if (plan.denial != DenialKind::kNsec) plan.nsec3 = HashingOf(zone.lot);
  plan.flaw = FlawOf(zone);
  return plan;
}

Security Trust::SecurityOfKeys(const Chain& chain) const {
  if (!options_.on || chain.size() == 1) return SecurityOf(chain);
  const Chain above(chain.begin(), chain.end() - 1);
  const Flaw flaw = PlanOf({chain, chain.size() - 1}).flaw;
  const bool spares_keys = flaw == Flaw::kWrongKey || flaw == Flaw::kWrongLabels;
  return SecurityOf(chain) == Security::kBogus && spares_keys ? SecurityOf(above) : SecurityOf(chain);
}

Security Trust::SecurityOf(const Chain& chain) const {
  if (!options_.on) return Security::kInsecure;
  Flaw above = Flaw::kNone;
  for (size_t i = 1; i < chain.size(); ++i) {
    const TrustPlan plan = PlanOf({chain, i});
    if (!plan.has_ds) return above == Flaw::kForgedDenial ? Security::kBogus : Security::kInsecure;
    if (!plan.is_readable) return Security::kInsecure;
    if (plan.flaw != Flaw::kNone && plan.flaw != Flaw::kForgedDenial) return Security::kBogus;
    above = plan.flaw;
  }
  return Security::kSecure;
}

}  // namespace simulator
