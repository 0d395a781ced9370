#include "engine/validation/key_set.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/world/limits.h"

namespace validation {
namespace {

using dnssec::Dnskey;
using dnssec::Ds;

/// Judges a set whose keys are vouched for where `is_vouched(key)`.
template <typename IsVouched>
KeySetOutcome JudgeBy(const wire::RrSet& rrset, world::WallTime now, Work& work, IsVouched is_vouched) {
  KeySetOutcome outcome;
  dnssec::ZoneKeys vouched{rrset.owner, {}};
  size_t looked_at = 0;
  for (const world::OctetView rdata : rrset.rdatas) {
    if (looked_at++ == world::limits::kMaxKeysPerZone) break;
    std::optional<Dnskey> key = Dnskey::FromRdata(rdata);
    if (!key || !is_vouched(*key)) continue;
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
    outcome.keys = std::make_shared<const dnssec::ZoneKeys>(dnssec::ZoneKeysOf(rrset));
  }
  return outcome;
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
  return JudgeBy(rrset, now, work, [&](const Dnskey& key) {
    return std::ranges::any_of(
        ds, [&](const Ds& one) { return dnssec::Match(one, rrset.owner, key) == dnssec::DsOutcome::kMatches; });
  });
}

KeySetOutcome JudgeByAnchor(const wire::RrSet& rrset, const Anchor& anchor, const Trust& trust, Work& work) {
  const std::vector<Ds> ds = CountingDs(DsSetOf(anchor), trust.policy);
  std::vector<const Dnskey*> keys;
  for (const Dnskey& key : anchor.keys) {
    if (Counts(key.algorithm, trust.policy)) keys.push_back(&key);
  }
  if (ds.empty() && keys.empty()) {
    return {wire::ExtendedError{wire::EdeCode::kUnsupportedDnskeyAlgorithm, anchor.zone.ToText() + ": trust anchor"},
            false,
            {},
            nullptr};
  }
  return JudgeBy(rrset, trust.now, work, [&](const Dnskey& key) {
    const auto is_same = [&](const Dnskey* anchored) { return anchored->rdata == key.rdata; };
    const auto matches = [&](const Ds& one) {
      return dnssec::Match(one, anchor.zone, key) == dnssec::DsOutcome::kMatches;
    };
    return std::ranges::any_of(keys, is_same) || std::ranges::any_of(ds, matches);
  });
}

}  // namespace validation
