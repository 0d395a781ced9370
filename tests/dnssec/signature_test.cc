// Signatures, keys and DSs: what RFC 4035 section 5.3 asks of them.
#include "engine/dnssec/signature.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/sign.h"
#include "engine/world/limits.h"
#include "tests/dnssec/rsa_key.h"
#include "tests/dnssec/sets.h"

namespace {

using dnssec::Algorithm;
using dnssec::Signature;
using dnssec::SignatureOutcome;
using dnssec::SigningKey;
using dnssec::Verifier;
using dnssec_test::At;
using dnssec_test::N;
using dnssec_test::Octets;
using dnssec_test::Set;
using wire::RrSet;
using wire::RrType;

constexpr dnssec::Validity kValidity{.inception = 1'000, .expiration = 2'000};

/// Returns a key of the algorithm.
SigningKey Key(Algorithm algorithm, std::string_view seed = "seed") {
  const bool is_rsa = algorithm == Algorithm::kRsaSha256 || algorithm == Algorithm::kRsaSha512;
  std::optional<SigningKey> key =
      is_rsa ? SigningKey::FromPem(algorithm, SigningKey::Role::kZoneSigning, dnssec_test::kRsaPem)
             : SigningKey::FromSeed(algorithm, SigningKey::Role::kZoneSigning, Octets(seed));
  return *std::move(key);
}

/// Returns the keys of a zone from their DNSKEYs.
dnssec::ZoneKeys KeysOf(std::string_view zone, const std::vector<world::Octets>& dnskeys) {
  RrSet rrset;
  rrset.owner = N(zone);
  rrset.type = RrType::kDnskey;
  for (const world::Octets& rdata : dnskeys) rrset.rdatas.Add(rdata);
  return dnssec::ZoneKeysOf(rrset);
}

/// A set signed by a key of a zone.
struct Signed {
  explicit Signed(const std::string& text, std::string_view zone = "example.",
                  Algorithm algorithm = Algorithm::kEd25519)
      : key(Key(algorithm)), rrset(Set(text)), keys(KeysOf(zone, {key.dnskey().rdata})) {
    rrset.signatures.Add(dnssec::SignSet(rrset, N(zone), key, kValidity));
  }

  /// Returns what a verifier says at a time.
  SignatureOutcome Judge(int64_t seconds = 1'500) const {
    return Verifier(10).Verify(rrset, keys, At(seconds)).outcome;
  }

  SigningKey key;
  RrSet rrset;
  dnssec::ZoneKeys keys;
};

constexpr auto kAlgorithms = std::to_array({Algorithm::kRsaSha256, Algorithm::kRsaSha512, Algorithm::kEcdsaP256Sha256,
                                            Algorithm::kEcdsaP384Sha384, Algorithm::kEd25519, Algorithm::kEd448});

const std::string kText = "a.example. 60 A 192.0.2.2\na.example. 60 A 192.0.2.1";

}  // namespace

TEST_CASE("A signature of every algorithm verifies, and not over changed octets") {
  for (const Algorithm algorithm : kAlgorithms) {
    INFO(static_cast<int>(algorithm));
    Signed example(kText, "example.", algorithm);
    CHECK(example.Judge() == SignatureOutcome::kValid);
    example.rrset.rdatas.Add(world::Octets{192, 0, 2, 3});
    CHECK(example.Judge() == SignatureOutcome::kForged);
  }
}

TEST_CASE("A signature that is cut short or changed is none") {
  for (const Algorithm algorithm : kAlgorithms) {
    INFO(static_cast<int>(algorithm));
    Signed example(kText, "example.", algorithm);
    const world::OctetView whole = *example.rrset.signatures.begin();
    world::Octets changed(whole.begin(), whole.end());
    changed.back() ^= 1;
    wire::RdataList signatures;
    signatures.Add(changed);
    signatures.Add(whole.first(whole.size() - 1));
    example.rrset.signatures = signatures;
    CHECK(example.Judge() == SignatureOutcome::kForged);
  }
}

TEST_CASE("Ed25519 verifies the example of RFC 8080 section 6.1") {
  const RrSet dnskeys = Set("example.com. 3600 DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=");
  RrSet mx = Set("example.com. 3600 MX 10 mail.example.com.");
  const RrSet signature =
      Set("example.com. 3600 RRSIG MX 15 2 3600 1440021600 1438207200 3613 example.com. "
          "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==");
  mx.signatures = signature.rdatas;
  const dnssec::ZoneKeys keys = dnssec::ZoneKeysOf(dnskeys);
  REQUIRE(keys.keys.size() == 1);
  CHECK(keys.keys[0].dnskey.tag == 3613);
  CHECK(Verifier(1).Verify(mx, keys, At(1440000000)).outcome == SignatureOutcome::kValid);
  const dnssec::Ds ds = *dnssec::Ds::FromRdata(
      *Set("example.com. 3600 DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b")
           .rdatas.begin());
  CHECK(dnssec::Match(ds, N("example.com."), keys.keys[0].dnskey) == dnssec::DsOutcome::kMatches);
}

TEST_CASE("A signature holds from its inception to its expiration (RFC 4034 3.1.5)") {
  const Signed example(kText);
  CHECK(example.Judge(999) == SignatureOutcome::kNotYetValid);
  CHECK(example.Judge(1'000) == SignatureOutcome::kValid);
  CHECK(example.Judge(2'000) == SignatureOutcome::kValid);
  CHECK(example.Judge(2'001) == SignatureOutcome::kExpired);
}

TEST_CASE("The times of a signature are of RFC 1982 arithmetic, beyond 2106 too") {
  Signed example(kText);
  const auto judge_at = [&](uint32_t inception, uint32_t expiration, int64_t now) {
    example.rrset.signatures = {};
    const dnssec::Validity validity{.inception = inception, .expiration = expiration};
    example.rrset.signatures.Add(dnssec::SignSet(example.rrset, N("example."), example.key, validity));
    return example.Judge(now);
  };
  CHECK(judge_at(0xffffff00U, 0x100, 0x1'0000'0000) == SignatureOutcome::kValid);
  CHECK(judge_at(0xffffff00U, 0x100, 0x1'0000'0101) == SignatureOutcome::kExpired);
  CHECK(judge_at(2'000, 1'000, 1'500) == SignatureOutcome::kExpiredBeforeValid);
}

TEST_CASE("The signer is the zone, and the zone holds the owner (RFC 4035 5.3.1)") {
  Signed example(kText);
  example.keys.zone = N("a.example.");
  CHECK(example.Judge() == SignatureOutcome::kSignerOutsideZone);
  const Signed other("a.org. 60 A 192.0.2.1");
  CHECK(other.Judge() == SignatureOutcome::kSignerOutsideZone);
}

TEST_CASE("A signature covers its own type alone") {
  Signed example(kText);
  example.rrset.type = RrType::kAaaa;
  CHECK(example.Judge() == SignatureOutcome::kCoversOtherType);
}

TEST_CASE("A set made of a wildcard verifies as the wildcard's, and says so (RFC 4035 5.3.2)") {
  Signed example("*.w.example. 60 A 192.0.2.1");
  CHECK(example.Judge() == SignatureOutcome::kValid);
  CHECK_FALSE(Verifier(1).Verify(example.rrset, example.keys, At(1'500)).wildcard_encloser);
  example.rrset.owner = N("x.y.W.example.");
  const dnssec::Verification verification = Verifier(1).Verify(example.rrset, example.keys, At(1'500));
  CHECK(verification.outcome == SignatureOutcome::kValid);
  REQUIRE(verification.wildcard_encloser);
  CHECK(*verification.wildcard_encloser == N("w.example."));
}

TEST_CASE("A signature has as many labels as its owner at most, and as its zone at least (Unbound CVE-2026-44690)") {
  Signed deep("a.b.example. 60 A 192.0.2.1");
  deep.rrset.owner = N("b.example.");
  CHECK(deep.Judge() == SignatureOutcome::kLabelsOutOfRange);
  Signed top("*. 60 A 192.0.2.1", ".");
  top.rrset.owner = N("a.example.");
  CHECK(top.Judge() == SignatureOutcome::kValid);
  // The same octets as the word of a zone below the wildcard.
  const world::OctetView rdata = *top.rrset.signatures.begin();
  Signature forged = *Signature::FromRdata(rdata);
  forged.signer = N("example.");
  CHECK(dnssec::Precheck(top.rrset, forged, N("example."), At(1'500)) == SignatureOutcome::kLabelsOutOfRange);
}

TEST_CASE("The case of owner, signer and names in rdata is of no account (RFC 4034 6.2)") {
  Signed example("a.example. 60 NS b.example.");
  example.rrset = Set("A.EXAMPLE. 60 NS B.Example.");
  example.rrset.signatures.Add(
      dnssec::SignSet(Set("a.example. 60 NS b.example."), N("EXAMPLE."), example.key, kValidity));
  CHECK(example.Judge() == SignatureOutcome::kValid);
}

TEST_CASE("The TTL is limited by the signature, and a greater one received does not break it (RFC 4035 5.3.3)") {
  Signed example("a.example. 600 A 192.0.2.1");
  const auto ttl_at = [&](int64_t now) { return Verifier(1).Verify(example.rrset, example.keys, At(now)).ttl; };
  CHECK(ttl_at(1'000) == 600);
  CHECK(ttl_at(1'500) == 500);
  CHECK(ttl_at(2'000) == 0);
  example.rrset.ttl = 100'000;
  CHECK(ttl_at(1'000) == 600);
  example.rrset.ttl = 10;
  CHECK(ttl_at(1'000) == 10);
}

TEST_CASE("Only a zone key that is not revoked verifies (RFC 4034 2.1.1, RFC 5011 2.1)") {
  Signed example(kText);
  const auto judge_with_flags = [&](uint16_t flags, uint8_t protocol) {
    world::Octets rdata = example.key.dnskey().rdata;
    rdata[0] = static_cast<uint8_t>(flags >> 8);
    rdata[1] = static_cast<uint8_t>(flags);
    rdata[2] = protocol;
    example.keys = KeysOf("example.", {rdata});
    Signature signature = *Signature::FromRdata(*example.rrset.signatures.begin());
    example.rrset.signatures = {};
    world::Octets signed_rdata = dnssec::SignSet(example.rrset, N("example."), example.key, kValidity);
    signed_rdata[16] = static_cast<uint8_t>(example.keys.keys[0].dnskey.tag >> 8);
    signed_rdata[17] = static_cast<uint8_t>(example.keys.keys[0].dnskey.tag);
    example.rrset.signatures.Add(signed_rdata);
    return example.Judge();
  };
  CHECK(judge_with_flags(0x0100, 3) == SignatureOutcome::kValid);
  CHECK(judge_with_flags(0x0000, 3) == SignatureOutcome::kNoKey);
  CHECK(judge_with_flags(0x0100, 2) == SignatureOutcome::kNoKey);
  CHECK(judge_with_flags(0x0180, 3) == SignatureOutcome::kKeyRevoked);
}

TEST_CASE("An algorithm that is unknown here says nothing, for or against (RFC 6840 5.2)") {
  Signed example(kText);
  world::OctetView rdata = *example.rrset.signatures.begin();
  world::Octets unknown(rdata.begin(), rdata.end());
  unknown[2] = 12;
  example.rrset.signatures = {};
  example.rrset.signatures.Add(unknown);
  CHECK(example.Judge() == SignatureOutcome::kUnsupportedAlgorithm);
  world::Octets dnskey = example.key.dnskey().rdata;
  dnskey[3] = 12;
  CHECK_FALSE(dnssec::PublicKey::From(*dnssec::Dnskey::FromRdata(dnskey)));
}

TEST_CASE("One valid signature among others suffices, and without one the furthest is told") {
  Signed example(kText);
  const world::OctetView rdata = *example.rrset.signatures.begin();
  world::Octets forged(rdata.begin(), rdata.end());
  forged.back() ^= 1;
  wire::RdataList both;
  both.Add(world::Octets{1, 2, 3});
  both.Add(forged);
  both.Add(rdata);
  example.rrset.signatures = both;
  CHECK(example.Judge() == SignatureOutcome::kValid);
  wire::RdataList none;
  none.Add(forged);
  none.Add(world::Octets{1, 2, 3});
  example.rrset.signatures = none;
  CHECK(example.Judge() == SignatureOutcome::kForged);
  example.rrset.signatures = {};
  CHECK(example.Judge() == SignatureOutcome::kNoKey);
}

TEST_CASE("kMaxSignaturesPerSet signatures are tried and no more (KeyTrap)") {
  Signed example(kText);
  const world::OctetView rdata = *example.rrset.signatures.begin();
  const world::Octets valid(rdata.begin(), rdata.end());
  const auto judge_after = [&](size_t forged_ones) {
    wire::RdataList list;
    for (size_t i = 0; i < forged_ones; ++i) {
      world::Octets forged = valid;
      forged.back() = static_cast<uint8_t>(forged.back() + i + 1);
      list.Add(forged);
    }
    list.Add(valid);
    example.rrset.signatures = list;
    return Verifier(100).Verify(example.rrset, example.keys, At(1'500)).outcome;
  };
  CHECK(judge_after(world::limits::kMaxSignaturesPerSet - 1) == SignatureOutcome::kValid);
  CHECK(judge_after(world::limits::kMaxSignaturesPerSet) == SignatureOutcome::kTooMuchWork);
}

TEST_CASE("kMaxKeysPerSignature keys of one tag are tried and no more (KeyTrap)") {
  Signed example(kText);
  const auto judge_after = [&](size_t colliding) {
    dnssec::ZoneKeys keys{.zone = N("example."), .keys = {}};
    for (size_t i = 0; i < colliding; ++i) {
      dnssec::Dnskey other = Key(Algorithm::kEd25519, "x" + std::to_string(i)).dnskey();
      other.tag = example.key.dnskey().tag;
      std::optional<dnssec::PublicKey> public_key = dnssec::PublicKey::From(other);
      keys.keys.push_back({std::move(other), std::move(public_key)});
    }
    keys.keys.push_back(std::move(KeysOf("example.", {example.key.dnskey().rdata}).keys[0]));
    return Verifier(100).Verify(example.rrset, keys, At(1'500)).outcome;
  };
  CHECK(judge_after(world::limits::kMaxKeysPerSignature - 1) == SignatureOutcome::kValid);
  CHECK(judge_after(world::limits::kMaxKeysPerSignature) == SignatureOutcome::kTooMuchWork);
}

TEST_CASE("A verifier does as many operations as it is allowed") {
  const Signed example(kText);
  Verifier verifier(2);
  CHECK(verifier.Verify(example.rrset, example.keys, At(1'500)).outcome == SignatureOutcome::kValid);
  CHECK(verifier.Verify(example.rrset, example.keys, At(9'999)).outcome == SignatureOutcome::kExpired);
  CHECK(verifier.operations_left() == 1);
  CHECK(verifier.Verify(example.rrset, example.keys, At(1'500)).outcome == SignatureOutcome::kValid);
  CHECK(verifier.Verify(example.rrset, example.keys, At(1'500)).outcome == SignatureOutcome::kTooMuchWork);
}

TEST_CASE("kMaxKeysPerZone keys of a zone are looked at and no more") {
  std::vector<world::Octets> dnskeys;
  for (size_t i = 0; i < world::limits::kMaxKeysPerZone; ++i) dnskeys.push_back({1, 0, 3, 99, static_cast<uint8_t>(i)});
  CHECK(KeysOf("example.", dnskeys).keys.size() == world::limits::kMaxKeysPerZone);
  dnskeys.push_back({1, 0, 3, 99, 1, 1});
  CHECK(KeysOf("example.", dnskeys).keys.size() == world::limits::kMaxKeysPerZone);
}

TEST_CASE("A key verifies what it signed itself alone, whichever key verified before it") {
  // Not RSA, of which Key() has but one.
  for (const Algorithm algorithm :
       {Algorithm::kEcdsaP256Sha256, Algorithm::kEcdsaP384Sha384, Algorithm::kEd25519, Algorithm::kEd448}) {
    CAPTURE(static_cast<int>(algorithm));
    const world::Octets octets(200, 7);
    const SigningKey one = Key(algorithm, "one");
    const SigningKey two = Key(algorithm, "two");
    const auto public_one = *dnssec::PublicKey::From(one.dnskey());
    const auto public_two = *dnssec::PublicKey::From(two.dnskey());
    for (int turn = 0; turn < 2; ++turn) {
      CHECK(public_one.Verifies(octets, one.Sign(octets)));
      CHECK_FALSE(public_two.Verifies(octets, one.Sign(octets)));
      CHECK(public_two.Verifies(octets, two.Sign(octets)));
      CHECK_FALSE(public_one.Verifies(octets, two.Sign(octets)));
      // What is no key leaves none behind.
      dnssec::Dnskey broken = one.dnskey();
      broken.rdata.back() ^= 1;
      static_cast<void>(dnssec::PublicKey::From(broken));
      CHECK(public_one.Verifies(octets, one.Sign(octets)));
    }
  }
}

TEST_CASE("A key of the wrong size, off the curve or with a long exponent is no key") {
  const auto is_key = [](Algorithm algorithm, world::Octets octets) {
    octets.insert(octets.begin(), {1, 0, 3, static_cast<uint8_t>(algorithm)});
    return dnssec::PublicKey::From(*dnssec::Dnskey::FromRdata(octets)).has_value();
  };
  const auto rsa = [](size_t exponent_octets, size_t modulus_octets) {
    world::Octets octets = {static_cast<uint8_t>(exponent_octets)};
    octets.insert(octets.end(), exponent_octets, 3);
    octets.insert(octets.end(), modulus_octets, 0xc5);
    return octets;
  };
  CHECK(is_key(Algorithm::kRsaSha256, rsa(1, 64)));
  CHECK_FALSE(is_key(Algorithm::kRsaSha256, rsa(1, 63)));
  CHECK(is_key(Algorithm::kRsaSha256, rsa(1, 512)));
  CHECK_FALSE(is_key(Algorithm::kRsaSha256, rsa(1, 513)));
  CHECK(is_key(Algorithm::kRsaSha512, rsa(1, 128)));
  CHECK_FALSE(is_key(Algorithm::kRsaSha512, rsa(1, 127)));
  CHECK(is_key(Algorithm::kRsaSha256, rsa(world::limits::kMaxRsaExponentOctets, 128)));
  CHECK_FALSE(is_key(Algorithm::kRsaSha256, rsa(world::limits::kMaxRsaExponentOctets + 1, 128)));
  CHECK_FALSE(is_key(Algorithm::kRsaSha256, {}));
  CHECK_FALSE(is_key(Algorithm::kRsaSha256, {3, 1, 0, 1}));
  CHECK_FALSE(is_key(Algorithm::kEcdsaP256Sha256, world::Octets(64, 1)));
  CHECK_FALSE(is_key(Algorithm::kEcdsaP256Sha256, world::Octets(63, 1)));
  CHECK_FALSE(is_key(Algorithm::kEd25519, world::Octets(31, 1)));
  CHECK_FALSE(is_key(Algorithm::kEd448, world::Octets(58, 1)));
}

TEST_CASE("A DS matches the key that it was made of and no other") {
  const SigningKey key = Key(Algorithm::kEd25519);
  using dnssec::DigestType;
  using dnssec::DsOutcome;
  for (const DigestType type : {DigestType::kSha1, DigestType::kSha256, DigestType::kSha384}) {
    dnssec::Ds ds = *dnssec::Ds::FromRdata(dnssec::DsRdataFor(N("Example."), key.dnskey(), type));
    CHECK(dnssec::Match(ds, N("example."), key.dnskey()) == DsOutcome::kMatches);
    CHECK(dnssec::Match(ds, N("example.org."), key.dnskey()) == DsOutcome::kDigestDiffers);
    CHECK(dnssec::Match(ds, N("example."), Key(Algorithm::kEd25519, "x").dnskey()) == DsOutcome::kOtherKey);
    ds.digest.pop_back();
    CHECK(dnssec::Match(ds, N("example."), key.dnskey()) == DsOutcome::kDigestDiffers);
  }
  dnssec::Ds unknown = *dnssec::Ds::FromRdata(dnssec::DsRdataFor(N("example."), key.dnskey(), DigestType::kSha256));
  unknown.digest_type = DigestType{3};
  CHECK(dnssec::Match(unknown, N("example."), key.dnskey()) == DsOutcome::kUnsupportedDigest);
}

TEST_CASE("Only DSs that are supported count, and SHA-1 only where it stands alone (RFC 4509 3, RFC 6840 5.2)") {
  const auto usable = [](const std::string& text) { return dnssec::UsableDs(Set(text)).size(); };
  CHECK(usable("a. 1 DS 1 13 1 00") == 1);
  CHECK(usable("a. 1 DS 1 13 1 00\na. 1 DS 1 13 2 00") == 1);
  CHECK(usable("a. 1 DS 1 13 1 00\na. 1 DS 1 8 2 00") == 2);
  CHECK(usable("a. 1 DS 1 13 3 00") == 0);
  CHECK(usable("a. 1 DS 1 12 2 00") == 0);
  std::string many;
  for (size_t i = 0; i < world::limits::kMaxDsPerSet; ++i) many += "a. 1 DS " + std::to_string(i) + " 13 2 00\n";
  CHECK(usable(many) == world::limits::kMaxDsPerSet);
  CHECK(usable(many + "a. 1 DS 999 13 2 00") == world::limits::kMaxDsPerSet);
}

TEST_CASE("The same seed makes the same key") {
  CHECK(Key(Algorithm::kEcdsaP256Sha256).dnskey().rdata == Key(Algorithm::kEcdsaP256Sha256).dnskey().rdata);
  CHECK(Key(Algorithm::kEd448).dnskey().rdata != Key(Algorithm::kEd448, "x").dnskey().rdata);
  CHECK_FALSE(SigningKey::FromSeed(Algorithm::kRsaSha256, SigningKey::Role::kZoneSigning, Octets("seed")));
  CHECK(SigningKey::FromSeed(Algorithm::kEd25519, SigningKey::Role::kKeySigning, Octets("s"))
            ->dnskey()
            .IsSecureEntryPoint());
}
