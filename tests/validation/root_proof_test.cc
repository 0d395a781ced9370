#include "engine/validation/root_proof.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/dnssec/sign.h"
#include "engine/validation/anchors.h"

namespace validation {
namespace {

using dnssec::SignatureOutcome;
using dnssec::SigningKey;
using dnssec::ZonemdOutcome;
using settings::ZonemdPolicy;
using wire::RrSet;
using wire::RrType;

constexpr int64_t kNow = 1'790'000'000;

/// Returns the time of seconds since 1970.
world::WallTime At(int64_t seconds) { return world::WallTime(world::Seconds(seconds)); }

/// Returns the octets of text.
world::OctetView Octets(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// Returns the zone of its text.
zone::Snapshot Parse(const std::string& text) {
  auto parsed = zone::Zone::Parse(Octets(text), "root.zone", {});
  REQUIRE_MESSAGE(parsed.ok(), std::string(parsed.status().message()));
  return *std::move(parsed);
}

/// A small root zone before it is signed.
std::string UnsignedText(const std::string& apex_types) {
  return ". 86400 SOA a.root-servers.net. nobody. 7 1800 900 604800 86400\n"
         ". 86400 NS a.root-servers.net.\n"
         ". 86400 NSEC com. " +
         apex_types +
         "\ncom. 172800 NS a.gtld-servers.net.\n"
         "com. 86400 DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000\n"
         "com. 86400 NSEC . NS DS RRSIG NSEC\n"
         "a.root-servers.net. 3600 A 198.41.0.4\n"
         "a.gtld-servers.net. 3600 A 192.5.6.30\n";
}

/// Signs a root zone with one key, and may spoil it.
class Signing {
 public:
  /// The signatures of DS sets last so many seconds, others a day.
  explicit Signing(uint32_t ds_seconds = 86'400) : ds_seconds_(ds_seconds) {}

  /// A stranger's signature, that lasts for two days, stands beside each.
  Signing& WithStrangers() {
    has_strangers_ = true;
    return *this;
  }

  /// Adds DNSKEY and, where wanted, a ZONEMD whose place the digest does not cover.
  std::string Text(const std::string& apex_types = "NS SOA RRSIG NSEC DNSKEY ZONEMD") {
    std::string text = UnsignedText(apex_types);
    RrSet keys{.owner = wire::Name(), .type = RrType::kDnskey, .ttl = 172'800};
    keys.rdatas.Add(key_.dnskey().rdata);
    sets_ = Parse(text + wire::ToText(keys))->rrsets();
    for (RrSet& rrset : sets_) {
      const bool is_signed = rrset.owner.IsRoot() || rrset.type == RrType::kDs || rrset.type == RrType::kNsec;
      if (is_signed) Sign(rrset);
    }
    const bool has_zonemd = apex_types.find("ZONEMD") != std::string::npos;
    std::string signed_text;
    for (const RrSet& rrset : sets_) signed_text += wire::ToText(rrset);
    return has_zonemd ? signed_text + ZonemdText(signed_text) : signed_text;
  }

  /// Returns the digest with which the key is trusted.
  dnssec::Ds Ds() const {
    return *dnssec::Ds::FromRdata(dnssec::DsRdataFor(wire::Name(), key_.dnskey(), dnssec::DigestType::kSha256));
  }

 private:
  /// Adds the key's signature.
  void Sign(RrSet& rrset) const {
    const uint32_t seconds = rrset.type == RrType::kDs ? ds_seconds_ : 86'400;
    const auto now = static_cast<uint32_t>(kNow);
    rrset.signatures.Add(dnssec::SignSet(rrset, wire::Name(), key_, {now - 3'600, now + seconds}));
    if (!has_strangers_) return;
    rrset.signatures.Add(dnssec::SignSet(rrset, wire::Name(), stranger_, {now - 3'600, now + 2 * 86'400}));
  }

  /// Returns the ZONEMD of the zone, signed.
  std::string ZonemdText(const std::string& text) const {
    RrSet zonemd{.owner = wire::Name(), .type = RrType::kZonemd, .ttl = 86'400};
    zonemd.rdatas.Add(dnssec::ZonemdRdata(Parse(text)->rrsets(), wire::Name(), 7, dnssec::ZonemdHash::kSha384));
    Sign(zonemd);
    return wire::ToText(zonemd);
  }

  SigningKey key_ =
      *SigningKey::FromSeed(dnssec::Algorithm::kEcdsaP256Sha256, SigningKey::Role::kKeySigning, Octets("root"));
  SigningKey stranger_ =
      *SigningKey::FromSeed(dnssec::Algorithm::kEcdsaP256Sha256, SigningKey::Role::kKeySigning, Octets("stranger"));
  std::vector<RrSet> sets_;
  uint32_t ds_seconds_;
  bool has_strangers_ = false;
};

/// Returns the proof of a text under the signer's key.
RootProof Prove(const std::string& text, int64_t now = kNow) {
  const dnssec::Ds ds = Signing().Ds();
  return ProveRoot(*Parse(text), {.ds = {&ds, 1}, .keys = {}}, At(now));
}

/// Returns the text with a piece of it replaced; it has to be there.
std::string Replaced(std::string text, const std::string& piece, const std::string& other) {
  const size_t at = text.find(piece);
  REQUIRE(at != std::string::npos);
  return text.replace(at, piece.size(), other);
}

/// Returns the text without the lines that hold a piece; some do.
std::string Without(const std::string& text, const std::string& piece) {
  std::string rest;
  size_t left_out = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    const bool is_meant = line.find(piece) != std::string::npos;
    left_out += is_meant ? 1 : 0;
    if (!is_meant) rest += line;
    at = end;
  }
  REQUIRE(left_out > 0);
  return rest;
}

/// Returns why the policy refuses the proof; empty: it does not.
std::string Refusal(ZonemdPolicy policy, const RootProof& proof) {
  return std::string(JudgeRoot(policy, proof).message());
}

TEST_CASE("A zone whose ZONEMD matches and whose apex is signed from the anchor down is authentic (RFC 8976 4)") {
  const RootProof proof = Prove(Signing().Text());
  CHECK(proof.digest == ZonemdOutcome::kMatches);
  CHECK(proof.keys == ApexKeys::kTrusted);
  CHECK_FALSE(proof.broken.has_value());
  CHECK(proof.verified == 7);
  for (const auto policy : {ZonemdPolicy::kRequire, ZonemdPolicy::kIfPresent}) CHECK(Refusal(policy, proof).empty());
}

TEST_CASE("Glue that was changed breaks the digest, and no signature: both are told apart") {
  const RootProof proof = Prove(Replaced(Signing().Text(), "192.5.6.30", "192.5.6.31"));
  CHECK(proof.digest == ZonemdOutcome::kDigestDiffers);
  CHECK_FALSE(proof.broken.has_value());
  CHECK(Refusal(ZonemdPolicy::kRequire, proof) == "ZONEMD: digest does not match");
  CHECK(Refusal(ZonemdPolicy::kIfPresent, proof) == "ZONEMD: digest does not match");
  CHECK(Refusal(ZonemdPolicy::kOff, proof).empty());
}

TEST_CASE("A zone without ZONEMD is taken with if-present once all of it verifies, and never with require") {
  const RootProof proof = Prove(Signing().Text("NS SOA RRSIG NSEC DNSKEY"));
  CHECK(proof.digest == ZonemdOutcome::kNoRecord);
  CHECK(Refusal(ZonemdPolicy::kIfPresent, proof).empty());
  CHECK(Refusal(ZonemdPolicy::kRequire, proof) == "ZONEMD: no ZONEMD");
}

TEST_CASE("A ZONEMD that was taken away is missed, since the signed NSEC lists it (RFC 8976 4)") {
  const RootProof proof = Prove(Without(Signing().Text(), "\tZONEMD\t"));
  CHECK(proof.hides_zonemd);
  CHECK(Refusal(ZonemdPolicy::kIfPresent, proof) == "the apex NSEC lists a ZONEMD that is not in the zone");
}

TEST_CASE("A zone without any signature is refused, and the reason says so") {
  const RootProof proof = Prove(UnsignedText("NS SOA RRSIG NSEC"));
  CHECK(proof.keys == ApexKeys::kNone);
  CHECK(Refusal(ZonemdPolicy::kIfPresent, proof) == "the zone is not signed: it has no RRSIG and no DNSKEY");
  CHECK(Refusal(ZonemdPolicy::kOff, proof).empty());
}

TEST_CASE("A delegation's DS without signature is refused where no digest covers it") {
  const std::string text = Signing().Text("NS SOA RRSIG NSEC DNSKEY");
  const RootProof proof = Prove(Without(text, "RRSIG\tDS"));
  CHECK(Refusal(ZonemdPolicy::kIfPresent, proof) == "com. DS: no signature");
  const RootProof changed = Prove(Replaced(text, "com.\t86400\tIN\tDS\t1 ", "com.\t86400\tIN\tDS\t2 "));
  REQUIRE(changed.broken.has_value());
  CHECK(changed.broken->outcome == SignatureOutcome::kForged);
}

TEST_CASE("A zone whose keys nobody vouches for is refused, digest or not") {
  RootProof proof = ProveRoot(*Parse(Signing().Text()), {}, At(kNow));
  CHECK(proof.digest == ZonemdOutcome::kMatches);
  CHECK(proof.keys == ApexKeys::kNotAnchored);
  CHECK(Refusal(ZonemdPolicy::kRequire, proof) == "none of the zone's keys is a trust anchor");
}

TEST_CASE("A zone is refused before and after its signatures are valid") {
  const std::string text = Signing().Text();
  CHECK(Refusal(ZonemdPolicy::kRequire, Prove(text, kNow + 86'401)) ==
        "the DNSKEY set is not validly signed by a trust anchor: expired");
  CHECK(Refusal(ZonemdPolicy::kRequire, Prove(text, kNow - 3'601)) ==
        "the DNSKEY set is not validly signed by a trust anchor: not yet valid");
}

TEST_CASE("A record of a type that is unknown in a root zone is refused by require") {
  const std::string text = Signing().Text("NS SOA RRSIG NSEC DNSKEY") + "com. 60 TYPE65280 \\# 1 00\n";
  RootProof proof = Prove(text);
  CHECK(proof.unknown_type == static_cast<RrType>(65280));
  proof.digest = ZonemdOutcome::kMatches;
  CHECK(Refusal(ZonemdPolicy::kRequire, proof) == "records of type TYPE65280, which is unknown in a root zone");
}

TEST_CASE("A zone has kMaxZoneSignatureChecks operations, and is refused with one more (KeyTrap)") {
  static_assert(world::limits::kMaxZoneSignatureChecks == 20'000);
  const zone::Snapshot root = Parse(Signing().Text());
  const auto ds = Signing().Ds();
  constexpr int kNeeded = 8;  // One for each signed set, and the anchor's.
  const RootProof enough = ProveRoot(*root, {.ds = {&ds, 1}, .keys = {}}, At(kNow), kNeeded);
  CHECK_FALSE(enough.exhausted);
  CHECK(Refusal(ZonemdPolicy::kRequire, enough).empty());
  const RootProof cut_off = ProveRoot(*root, {.ds = {&ds, 1}, .keys = {}}, At(kNow), kNeeded - 1);
  CHECK(cut_off.exhausted);
  CHECK(Refusal(ZonemdPolicy::kRequire, cut_off) == "it takes more signature checks than a zone may have");
}

TEST_CASE("A zone is valid until the first signature of its apex ends") {
  CHECK(Prove(Signing(600).Text()).valid_until == At(kNow + 86'400));
}

TEST_CASE("A zone needs no other proof until its first signature ends, and only if all is signed and the digest matches") {
  CHECK(Prove(Signing(600).Text()).proven_until == At(kNow + 600));
  CHECK(Prove(Signing(600).WithStrangers().Text()).proven_until == At(kNow + 600));
  CHECK(Prove(Signing(600).Text(), kNow + 601).proven_until == world::WallTime::min());
  CHECK(Prove(Signing().Text("NS SOA RRSIG NSEC DNSKEY")).proven_until == world::WallTime::min());
  CHECK(Prove(Replaced(Signing().Text(), "192.5.6.30", "192.5.6.31")).proven_until == world::WallTime::min());
}

/// Returns a root zone from beside the repository, or null.
zone::Snapshot SharedRoot(const std::string& file) {
  const char* folder = std::getenv("TAPROOT_SHARED");
  std::ifstream stream(std::string(folder != nullptr ? folder : "../shared") + "/data/" + file, std::ios::binary);
  if (!stream) return nullptr;
  return Parse(std::string(std::istreambuf_iterator<char>(stream), {}));
}

/// Returns the proof under the anchors that ship.
RootProof ProveShared(const zone::Zone& zone, int64_t now) {
  const auto anchors = Anchors::BuiltIn();
  const Anchor* const root = anchors->Above(wire::Name(), 0);
  return ProveRoot(zone, {.ds = root->ds, .keys = root->keys}, At(now));
}

TEST_CASE("The root zone of 2020 proves itself on its day by all its signatures, and has no ZONEMD") {
  const zone::Snapshot root = SharedRoot("root-2020101902-signed.zone");
  if (root == nullptr) return;
  constexpr int64_t kOctober20 = 1'603'152'000;
  const RootProof proof = ProveShared(*root, kOctober20);
  CHECK(proof.keys == ApexKeys::kTrusted);
  CHECK(proof.anchor_tag == 20326);
  CHECK(proof.verified == 2884);
  CHECK(Refusal(ZonemdPolicy::kIfPresent, proof).empty());
  CHECK(Refusal(ZonemdPolicy::kRequire, proof) == "ZONEMD: no ZONEMD");
}

TEST_CASE("The archive's root zone of 2026 is refused: its signatures were left out, so its digest differs") {
  const zone::Snapshot root = SharedRoot("root-2026082201.zone");
  if (root == nullptr) return;
  constexpr int64_t kAugust25 = 1'787'616'000;
  const RootProof proof = ProveShared(*root, kAugust25);
  CHECK(proof.keys == ApexKeys::kTrusted);
  CHECK(proof.digest == ZonemdOutcome::kDigestDiffers);
  CHECK(Refusal(ZonemdPolicy::kIfPresent, proof) == "ZONEMD: digest does not match");
}

}  // namespace
}  // namespace validation
