#include "engine/validation/root_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "engine/dnssec/nsec.h"
#include "engine/validation/key_set.h"

namespace validation {
namespace {

using dnssec::SignatureOutcome;
using dnssec::ZonemdOutcome;
using wire::RrSet;
using wire::RrType;

/// What stands in the root zone; an RR of another type may mean something that is not done here.
constexpr std::array kKnownTypes = {
    RrType::kNs,    RrType::kSoa,  RrType::kA,   RrType::kAaaa,   RrType::kDs,
    RrType::kRrsig, RrType::kNsec, RrType::kTxt, RrType::kDnskey, RrType::kZonemd,
};

/// Returns whether the zone signs the set: not the delegations, and not their glue (RFC 4035 section 2.2).
bool HasToBeSigned(const RrSet& rrset, const wire::Name& apex) {
  return rrset.owner == apex || rrset.type == RrType::kDs || rrset.type == RrType::kNsec;
}

/// Returns what is wrong with a set by its signatures, if anything is.
std::optional<BrokenSet> FaultOf(const RrSet& rrset, const dnssec::Verification& verification) {
  if (verification.outcome == SignatureOutcome::kValid) return std::nullopt;
  return BrokenSet{.owner = rrset.owner,
                   .type = rrset.type,
                   .has_signature = !rrset.signatures.empty(),
                   .outcome = verification.outcome,
                   .key_tag = verification.key_tag};
}

/// Returns the time of an expiration: the one nearest to `now` that fits (RFC 4034 section 3.1.5).
world::WallTime TimeOf(uint32_t expiration, world::WallTime now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  return now + world::Seconds(static_cast<int32_t>(expiration - static_cast<uint32_t>(seconds)));
}

/// Returns when the last of a set's signatures ends.
world::WallTime EndOf(const RrSet& rrset, world::WallTime now) {
  world::WallTime last = now;
  for (const world::OctetView rdata : rrset.signatures) {
    const auto signature = dnssec::Signature::FromRdata(rdata);
    if (signature) last = std::max(last, TimeOf(signature->expiration, now));
  }
  return last;
}

/// Returns whether a signed NSEC says that the apex has a ZONEMD.
bool NsecListsZonemd(const zone::Zone& zone) {
  const RrSet* const rrset = zone.Exact(zone.origin(), RrType::kNsec);
  if (rrset == nullptr) return false;
  const auto nsec = dnssec::Nsec::FromRrSet(*rrset, zone.origin());
  return nsec && nsec->types.Has(RrType::kZonemd);
}

/// Judges the DNSKEY set by the anchors; returns the keys of the zone when they are trusted, else null.
SharedKeys JudgeKeys(const zone::Zone& zone, const ZoneTrust& trust, world::WallTime now, Work& work,
                     RootProof& proof) {
  const RrSet* const dnskeys = zone.Exact(zone.origin(), RrType::kDnskey);
  if (dnskeys == nullptr) return nullptr;
  const Anchor anchor{zone.origin(), {trust.ds.begin(), trust.ds.end()}, {trust.keys.begin(), trust.keys.end()}};
  const SharedAnchors anchors = Anchors::From({anchor});
  const settings::Settings::Dnssec policy;
  const KeySetOutcome outcome = JudgeByAnchor(*dnskeys, anchor, {*anchors, policy, now}, work);
  proof.keys = outcome.has_vouched_key ? ApexKeys::kBadSignature : ApexKeys::kNotAnchored;
  proof.keys_outcome = outcome.verification.outcome;
  if (outcome.keys == nullptr) return nullptr;
  proof.keys = ApexKeys::kTrusted;
  proof.anchor_tag = outcome.verification.key_tag;
  return outcome.keys;
}

/// Verifies every set that has to be signed, or is.
void VerifySets(const zone::Zone& zone, const dnssec::ZoneKeys& keys, world::WallTime now, dnssec::Verifier& verifier,
                RootProof& proof) {
  proof.valid_until = world::WallTime::max();
  world::WallTime first_end = world::WallTime::max();
  for (const RrSet& rrset : zone.rrsets()) {
    if (rrset.signatures.empty() && !HasToBeSigned(rrset, zone.origin())) continue;
    const bool is_needed =
        rrset.owner == zone.origin() &&
        (rrset.type == RrType::kSoa || rrset.type == RrType::kDnskey || rrset.type == RrType::kZonemd);
    if (is_needed) proof.valid_until = std::min(proof.valid_until, EndOf(rrset, now));
    const dnssec::Verification verification = verifier.Verify(rrset, keys, now);
    std::optional<BrokenSet> fault = FaultOf(rrset, verification);
    if (!fault) {
      ++proof.verified;
      first_end = std::min(first_end, TimeOf(verification.expiration, now));
      continue;
    }
    if (is_needed && !proof.apex) proof.apex = fault;
    if (!proof.broken) proof.broken = std::move(fault);
    if (verifier.operations_left() > 0) continue;
    proof.exhausted = true;
    return;
  }
  if (!proof.broken && proof.digest == ZonemdOutcome::kMatches) proof.proven_until = first_end;
}

/// Returns what is wrong with the keys of a zone, in words.
std::string FaultOfKeys(const RootProof& proof) {
  switch (proof.keys) {
    case ApexKeys::kNone:
      return proof.has_signatures ? "the zone has no DNSKEY" : "the zone is not signed: it has no RRSIG and no DNSKEY";
    case ApexKeys::kNotAnchored:
      return "none of the zone's keys is a trust anchor";
    case ApexKeys::kBadSignature:
      return fmt::format("the DNSKEY set is not validly signed by a trust anchor: {}",
                         dnssec::ToText(proof.keys_outcome));
    case ApexKeys::kTrusted:
      break;
  }
  return "";
}

/// Returns whether there is no ZONEMD that could be checked (RFC 8976 section 4 step 4).
bool HasNoDigest(const RootProof& proof) {
  return proof.digest == ZonemdOutcome::kNoRecord || proof.digest == ZonemdOutcome::kUnsupported;
}

/// Returns the refusal.
absl::Status Refuse(std::string_view why) { return absl::FailedPreconditionError(std::string(why)); }

}  // namespace

std::string BrokenSet::ToText() const {
  const std::string set = fmt::format("{} {}", owner.ToText(), wire::ToText(type));
  if (!has_signature) return set + ": no signature";
  return fmt::format("{}: {} (key {})", set, dnssec::ToText(outcome), key_tag);
}

std::string RootProof::SignaturesText() const {
  if (keys != ApexKeys::kTrusted) return FaultOfKeys(*this);
  if (!broken) return fmt::format("valid, all {} sets, from key {} down", verified, anchor_tag);
  const BrokenSet& first = apex ? *apex : *broken;
  return fmt::format("keys trusted by key {}; {} sets valid; {}", anchor_tag, verified, first.ToText());
}

std::string RootProof::ToText() const {
  std::string text = fmt::format("ZONEMD:     {}\nsignatures: {}\n", dnssec::ToText(digest), SignaturesText());
  if (hides_zonemd) text += "            the apex NSEC lists a ZONEMD that is not there\n";
  if (unknown_type) text += fmt::format("types:      {} is unknown in a root zone\n", wire::ToText(*unknown_type));
  return text;
}

ZoneTrust RootTrust(const Anchors* anchors) {
  const Anchor* const anchor = anchors == nullptr ? nullptr : anchors->Above(wire::Name(), 0);
  if (anchor == nullptr) return {};
  return {.ds = anchor->ds, .keys = anchor->keys};
}

RootProof ProveRoot(const zone::Zone& zone, const ZoneTrust& trust, world::WallTime now, int most_checks) {
  RootProof proof;
  proof.digest = dnssec::JudgeZonemd(zone.rrsets(), zone.origin());
  for (const RrSet& rrset : zone.rrsets()) {
    proof.has_signatures |= !rrset.signatures.empty();
    const bool is_known = std::ranges::find(kKnownTypes, rrset.type) != kKnownTypes.end();
    if (!is_known && !proof.unknown_type) proof.unknown_type = rrset.type;
  }
  proof.hides_zonemd = zone.Exact(zone.origin(), RrType::kZonemd) == nullptr && NsecListsZonemd(zone);
  Work work(most_checks, 0);
  if (const SharedKeys keys = JudgeKeys(zone, trust, now, work, proof))
    VerifySets(zone, *keys, now, work.verifier, proof);
  return proof;
}

absl::Status JudgeRoot(settings::ZonemdPolicy policy, const RootProof& proof) {
  if (policy == settings::ZonemdPolicy::kOff) return absl::OkStatus();
  const bool goes_without = policy == settings::ZonemdPolicy::kIfPresent && HasNoDigest(proof);
  // The digest is told first: it is wrong whatever the time and the keys.
  if (!goes_without && proof.digest != ZonemdOutcome::kMatches) {
    return Refuse(fmt::format("ZONEMD: {}{}", dnssec::ToText(proof.digest),
                              proof.keys == ApexKeys::kTrusted ? "" : "; and " + FaultOfKeys(proof)));
  }
  if (proof.unknown_type && policy == settings::ZonemdPolicy::kRequire) {
    return Refuse(
        fmt::format("records of type {}, which is unknown in a root zone", wire::ToText(*proof.unknown_type)));
  }
  if (proof.keys != ApexKeys::kTrusted) return Refuse(FaultOfKeys(proof));
  if (proof.apex) return Refuse(proof.apex->ToText());
  if (proof.exhausted) return Refuse("it takes more signature checks than a zone may have");
  if (!goes_without) return absl::OkStatus();
  if (proof.hides_zonemd) return Refuse("the apex NSEC lists a ZONEMD that is not in the zone");
  if (proof.broken) return Refuse(proof.broken->ToText());
  return absl::OkStatus();
}

std::string VerifiedBy(settings::ZonemdPolicy policy, const RootProof& proof) {
  if (policy == settings::ZonemdPolicy::kOff) return "nothing: root.zonemd is off";
  if (proof.digest == ZonemdOutcome::kMatches) return fmt::format("ZONEMD and signatures, key {}", proof.anchor_tag);
  return fmt::format("signatures of all {} sets, key {}; no ZONEMD", proof.verified, proof.anchor_tag);
}

}  // namespace validation
