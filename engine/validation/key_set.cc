#include "engine/validation/key_set.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/world/limits.h"

namespace validation {
namespace {

using dnssec::Dnskey;
using dnssec::Ds;
using dnssec::DsOutcome;

/// Returns all keys of a set; those that are ready already are not made again.
dnssec::ZoneKeys AllKeys(const wire::RrSet& rrset, dnssec::ZoneKeys ready) {
  dnssec::ZoneKeys all{rrset.owner, {}};
  for (const world::OctetView rdata : rrset.rdatas) {
    if (all.keys.size() == world::limits::kMaxKeysPerZone) break;
    const auto at = std::ranges::find_if(
        ready.keys, [&](const dnssec::ZoneKey& key) { return std::ranges::equal(key.dnskey.rdata, rdata); });
    if (at != ready.keys.end()) {
      all.keys.push_back(std::move(*at));
      ready.keys.erase(at);
    } else if (std::optional<Dnskey> key = Dnskey::FromRdata(rdata)) {
      std::optional<dnssec::PublicKey> public_key = dnssec::PublicKey::From(*key);
      all.keys.push_back({*std::move(key), std::move(public_key)});
    }
  }
  return all;
}

/// Judges a set whose keys are vouched for where `match_of(key)` is kMatches.
template <typename MatchOf>
KeySetOutcome JudgeBy(const wire::RrSet& rrset, world::WallTime now, Work& work, MatchOf match_of) {
  KeySetOutcome outcome;
  dnssec::ZoneKeys vouched{rrset.owner, {}};
  size_t looked_at = 0;
  for (const world::OctetView rdata : rrset.rdatas) {
    if (looked_at++ == world::limits::kMaxKeysPerZone) break;
    std::optional<Dnskey> key = Dnskey::FromRdata(rdata);
    if (!key) continue;
    const DsOutcome match = match_of(*key);
    if (match == DsOutcome::kNoZoneKey && !key->IsRevoked()) outcome.unfit_key = key->tag;
    if (match != DsOutcome::kMatches) continue;
    std::optional<dnssec::PublicKey> public_key = dnssec::PublicKey::From(*key);
    vouched.keys.push_back({*std::move(key), std::move(public_key)});
  }
  outcome.has_vouched_key = !vouched.keys.empty();
  if (!outcome.has_vouched_key) return outcome;
  outcome.verification = work.verifier.Verify(rrset, vouched, now);
  // A wildcard's keys would be keys of any name.
  if (outcome.verification.wildcard_encloser) {
    outcome.verification.outcome = dnssec::SignatureOutcome::kLabelsOutOfRange;
  }
  if (outcome.verification.outcome == dnssec::SignatureOutcome::kValid) {
    outcome.keys = std::make_shared<const dnssec::ZoneKeys>(AllKeys(rrset, std::move(vouched)));
  }
  return outcome;
}

/// Returns what the DS says of a key that comes nearest to it: a match, or else a key that is not to sign zones.
DsOutcome BestMatch(std::span<const Ds> ds, const wire::Name& zone, const Dnskey& key) {
  DsOutcome best = DsOutcome::kOtherKey;
  for (const Ds& one : ds) {
    const DsOutcome outcome = dnssec::Match(one, zone, key);
    if (outcome == DsOutcome::kMatches) return outcome;
    if (outcome == DsOutcome::kNoZoneKey) best = outcome;
  }
  return best;
}

/// Returns whether an algorithm counts by the policy.
bool Counts(dnssec::Algorithm algorithm, const settings::Settings::Dnssec& policy) {
  return dnssec::IsSupported(algorithm) && (policy.sha1 || !dnssec::UsesSha1(algorithm));
}

/// Returns the set of an anchor's DSs, so that they are chosen as those of a parent are.
wire::RrSet DsSetOf(const Anchor& anchor) {
  wire::RrSet rrset{anchor.zone, wire::RrType::kDs, wire::RrClass::kIn, 0, {}, {}};
  for (const Ds& ds : anchor.ds) {
    world::Octets rdata{static_cast<uint8_t>(ds.key_tag >> 8), static_cast<uint8_t>(ds.key_tag & 0xff),
                        static_cast<uint8_t>(ds.algorithm), static_cast<uint8_t>(ds.digest_type)};
    rdata.insert(rdata.end(), ds.digest.begin(), ds.digest.end());
    rrset.rdatas.Add(rdata);
  }
  return rrset;
}

}  // namespace

KeySetOutcome JudgeByDs(const wire::RrSet& rrset, std::span<const Ds> ds, world::WallTime now, Work& work) {
  return JudgeBy(rrset, now, work, [&](const Dnskey& key) { return BestMatch(ds, rrset.owner, key); });
}

KeySetOutcome JudgeByAnchor(const wire::RrSet& rrset, const Anchor& anchor, const Trust& trust, Work& work) {
  const std::vector<Ds> ds = CountingDs(DsSetOf(anchor), trust.policy);
  std::vector<const Dnskey*> keys;
  for (const Dnskey& key : anchor.keys) {
    if (Counts(key.algorithm, trust.policy)) keys.push_back(&key);
  }
  if (ds.empty() && keys.empty()) {
    KeySetOutcome outcome;
    outcome.unsupported = {wire::EdeCode::kUnsupportedDnskeyAlgorithm, anchor.zone.ToText() + ": trust anchor"};
    return outcome;
  }
  return JudgeBy(rrset, trust.now, work, [&](const Dnskey& key) {
    const auto is_same = [&](const Dnskey* anchored) { return anchored->rdata == key.rdata; };
    return std::ranges::any_of(keys, is_same) ? DsOutcome::kMatches : BestMatch(ds, anchor.zone, key);
  });
}

}  // namespace validation
