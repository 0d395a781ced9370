#include "engine/dnssec/zonemd.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/dnssec/signature.h"
#include "engine/zone/zone.h"
#include "tests/dnssec/files.h"
#include "tests/dnssec/sets.h"

namespace {

using dnssec::JudgeZonemd;
using dnssec::ZonemdHash;
using dnssec::ZonemdOutcome;
using dnssec_test::N;
using dnssec_test::Set;
using wire::RrSet;
using wire::RrType;

/// Returns the sets of the zone that ldns signed and digested.
std::vector<RrSet> Example() {
  const std::string text = dnssec_test::TextOf(std::string(TEST_FOLDER) + "/signed_example.zone");
  const auto parsed = zone::Zone::Parse(dnssec_test::Octets(text), "signed_example.zone", {.origin = N("example.")});
  REQUIRE_MESSAGE(parsed.ok(), std::string(parsed.status().message()));
  return (*parsed)->rrsets();
}

/// Returns the set of a type at the apex.
RrSet& AtApex(std::vector<RrSet>& rrsets, RrType type) {
  for (RrSet& rrset : rrsets) {
    if (rrset.type == type && rrset.owner == N("example.")) return rrset;
  }
  FAIL("no such set");
  return rrsets.front();
}

/// Returns the judgement after the ZONEMD records were replaced.
ZonemdOutcome JudgeWith(const std::string& text) {
  std::vector<RrSet> rrsets = Example();
  AtApex(rrsets, RrType::kZonemd).rdatas = Set(text).rdatas;
  return JudgeZonemd(rrsets, N("example."));
}

const std::string kSha384 =
    "73dd4cf6442fef57eb7e448889e24aa1e118c3c358de3ecc9d1c9e97a5c86ba6da89580e40b56844d55bdec26a80c890";

}  // namespace

TEST_CASE("The digests that ldns made of a signed zone match (RFC 8976 3.3.1)") {
  CHECK(JudgeZonemd(Example(), N("example.")) == ZonemdOutcome::kMatches);
  CHECK(JudgeWith("example. 60 ZONEMD 7 1 1 " + kSha384) == ZonemdOutcome::kMatches);
  std::vector<RrSet> rrsets = Example();
  for (const ZonemdHash hash : {ZonemdHash::kSha384, ZonemdHash::kSha512}) {
    const world::Octets rdata = dnssec::ZonemdRdata(rrsets, N("example."), 7, hash);
    CHECK(AtApex(rrsets, RrType::kZonemd).rdatas.Contains(rdata));
  }
}

TEST_CASE("Any change of a record, of its TTL or of a signature changes the digest") {
  for (size_t i = 0; i < Example().size(); ++i) {
    std::vector<RrSet> rrsets = Example();
    INFO(rrsets[i].owner.ToText(), " ", ToText(rrsets[i].type));
    const bool is_zonemd = rrsets[i].type == RrType::kZonemd;
    rrsets[i].ttl += 1;
    CHECK(JudgeZonemd(rrsets, N("example.")) == (is_zonemd ? ZonemdOutcome::kMatches : ZonemdOutcome::kDigestDiffers));
    rrsets = Example();
    rrsets[i].signatures.Add(world::Octets{0, 1, 2});
    CHECK(JudgeZonemd(rrsets, N("example.")) == (is_zonemd ? ZonemdOutcome::kMatches : ZonemdOutcome::kDigestDiffers));
    rrsets = Example();
    rrsets.erase(rrsets.begin() + static_cast<ptrdiff_t>(i));
    CHECK(JudgeZonemd(rrsets, N("example.")) != ZonemdOutcome::kMatches);
  }
}

TEST_CASE("A ZONEMD of another serial, unknown kind or twice the same kind does not count (RFC 8976 4)") {
  CHECK(JudgeWith("example. 60 ZONEMD 8 1 1 " + kSha384) == ZonemdOutcome::kSerialDiffers);
  CHECK(JudgeWith("example. 60 ZONEMD 7 2 1 " + kSha384) == ZonemdOutcome::kUnsupported);
  CHECK(JudgeWith("example. 60 ZONEMD 7 1 3 " + kSha384) == ZonemdOutcome::kUnsupported);
  CHECK(JudgeWith("example. 60 ZONEMD 7 1 1 " + kSha384 + "\nexample. 60 ZONEMD 7 1 1 " + std::string(96, '0')) ==
        ZonemdOutcome::kAmbiguous);
  CHECK(JudgeWith("example. 60 ZONEMD 7 1 1 " + kSha384 + "\nexample. 60 ZONEMD 7 240 1 " + std::string(96, '0')) ==
        ZonemdOutcome::kMatches);
  CHECK(JudgeWith("example. 60 ZONEMD 7 1 1 " + std::string(96, '0')) == ZonemdOutcome::kDigestDiffers);
  CHECK(JudgeWith("example. 60 ZONEMD 7 1 1 " + kSha384.substr(2)) == ZonemdOutcome::kDigestDiffers);
}

TEST_CASE("A zone without ZONEMD or without SOA says so") {
  std::vector<RrSet> rrsets = Example();
  std::erase_if(rrsets, [](const RrSet& rrset) { return rrset.type == RrType::kZonemd; });
  CHECK(JudgeZonemd(rrsets, N("example.")) == ZonemdOutcome::kNoRecord);
  CHECK(JudgeZonemd({}, N("example.")) == ZonemdOutcome::kMalformed);
}

TEST_CASE("Every signature of the zone that ldns signed verifies") {
  std::vector<RrSet> rrsets = Example();
  const dnssec::ZoneKeys keys = dnssec::ZoneKeysOf(AtApex(rrsets, RrType::kDnskey));
  int valid = 0;
  for (const RrSet& rrset : rrsets) {
    if (rrset.signatures.empty()) continue;
    const auto verification = dnssec::Verifier(2).Verify(rrset, keys, dnssec_test::At(1'800'000'000));
    CHECK(verification.outcome == dnssec::SignatureOutcome::kValid);
    CHECK_FALSE(verification.wildcard_encloser);
    ++valid;
  }
  CHECK(valid == 13);
}
