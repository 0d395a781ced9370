// The root zones as IANA signed them, at a set time.
#include <doctest/doctest.h>

#include <string>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/nsec.h"
#include "engine/dnssec/signature.h"
#include "engine/dnssec/zonemd.h"
#include "engine/zone/zone.h"
#include "tests/dnssec/files.h"
#include "tests/dnssec/sets.h"

namespace {

using dnssec::SignatureOutcome;
using dnssec_test::At;
using dnssec_test::N;
using wire::RrSet;
using wire::RrType;

constexpr int64_t kOctober20 = 1603152000;  // 2020-10-20 00:00 UTC

/// The anchor of the root: KSK 20326 (data.iana.org/root-anchors).
const std::string kAnchor = ". 1 DS 20326 8 2 e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d";

/// Returns a root zone from beside the repository, or null where it is not.
zone::Snapshot Root(const std::string& file) {
  const std::string text = dnssec_test::SharedText(SHARED_FOLDER, file);
  if (text.empty()) return nullptr;
  return *zone::Zone::Parse(dnssec_test::Octets(text), file, {});
}

/// Returns the tag of the key that the anchor's DS is of, or 0.
uint16_t AnchoredTag(const dnssec::ZoneKeys& keys) {
  const dnssec::Ds ds = dnssec::UsableDs(dnssec_test::Set(kAnchor)).at(0);
  for (const dnssec::ZoneKey& key : keys.keys) {
    if (dnssec::Match(ds, keys.zone, key.dnskey) == dnssec::DsOutcome::kMatches) return key.dnskey.tag;
  }
  return 0;
}

}  // namespace

TEST_CASE("Every set of the root zone of 2020 verifies from KSK 20326, on its day") {
  const zone::Snapshot root = Root("root-2020101902-signed.zone");
  if (root == nullptr) return;
  const RrSet& dnskeys = *root->Exact(N("."), RrType::kDnskey);
  const dnssec::ZoneKeys keys = dnssec::ZoneKeysOf(dnskeys);
  CHECK(AnchoredTag(keys) == 20326);
  const dnssec::Verification of_keys = dnssec::Verifier(1).Verify(dnskeys, keys, At(kOctober20));
  CHECK(of_keys.outcome == SignatureOutcome::kValid);
  CHECK(of_keys.key_tag == 20326);
  dnssec::Verifier verifier(5'000);
  int valid = 0;
  for (const RrSet& rrset : root->rrsets()) {
    if (rrset.signatures.empty()) continue;
    const SignatureOutcome outcome = verifier.Verify(rrset, keys, At(kOctober20)).outcome;
    REQUIRE_MESSAGE(outcome == SignatureOutcome::kValid, rrset.owner.ToText());
    ++valid;
  }
  CHECK(valid == 2884);
}

TEST_CASE("The root zone of 2020 is expired in 2026, and has no ZONEMD") {
  const zone::Snapshot root = Root("root-2020101902-signed.zone");
  if (root == nullptr) return;
  const dnssec::ZoneKeys keys = dnssec::ZoneKeysOf(*root->Exact(N("."), RrType::kDnskey));
  CHECK(dnssec::Verifier(1).Verify(root->soa_rrset(), keys, At(1'795'000'000)).outcome == SignatureOutcome::kExpired);
  CHECK(dnssec::JudgeZonemd(root->rrsets(), root->origin()) == dnssec::ZonemdOutcome::kNoRecord);
}

TEST_CASE("The root zone's own denials prove themselves") {
  const zone::Snapshot root = Root("root-2020101902-signed.zone");
  if (root == nullptr) return;
  const auto denied = std::get<zone::NxDomain>(root->Find(N("www.doesnotexist."), RrType::kA)).denial;
  const dnssec::NsecProof proof({denied.data(), denied.size()}, N("."));
  CHECK(proof.NameDoesNotExist(N("www.doesnotexist.")) == dnssec::DenialOutcome::kProven);
  int insecure = 0;
  for (const RrSet& rrset : root->rrsets()) {
    if (rrset.type != RrType::kNs || rrset.owner.IsRoot()) continue;
    const auto referral = std::get<zone::Referral>(root->Find(rrset.owner, RrType::kA));
    if (referral.ds != nullptr) continue;
    const dnssec::NsecProof of_cut({referral.denial.data(), referral.denial.size()}, N("."));
    REQUIRE(of_cut.IsInsecureDelegation(rrset.owner) == dnssec::DenialOutcome::kProven);
    ++insecure;
  }
  CHECK(insecure > 100);
}

TEST_CASE("The root zone of 2026, its signatures left out by the archive, does not match its ZONEMD") {
  const zone::Snapshot root = Root("root-2026082201.zone");
  if (root == nullptr) return;
  CHECK(dnssec::JudgeZonemd(root->rrsets(), root->origin()) == dnssec::ZonemdOutcome::kDigestDiffers);
  const dnssec::ZoneKeys keys = dnssec::ZoneKeysOf(*root->Exact(N("."), RrType::kDnskey));
  CHECK(AnchoredTag(keys) == 20326);
  constexpr int64_t kAugust25 = 1787616000;  // 2026-08-25 00:00 UTC
  CHECK(dnssec::Verifier(1).Verify(root->soa_rrset(), keys, At(kAugust25)).outcome == SignatureOutcome::kValid);
}
