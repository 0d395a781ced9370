#include "engine/validation/judge.h"

#include <doctest/doctest.h>

#include "tests/validation/court.h"

namespace validation_test {
namespace {

using dnssec::Security;
using validation::CutFact;
using validation::Fault;
using validation::Ruling;
using wire::EdeCode;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

TEST_CASE(
    "A set is secure whose zone is vouched for from the anchor down, with the TTL of its signature (RFC 4035 5.3)") {
  Fixture fixture;
  fixture.Delegates("example.");
  RrSet rrset = Signed(Set("www.example. 7200 IN A 192.0.2.1"), "example.", {kNow - 60, kNow + 60});
  const Ruling ruling = fixture.Answer(rrset);
  CHECK(ruling.security == Security::kSecure);
  CHECK(ruling.answer[0].ttl == 60);
  CHECK(!ruling.error);
}

TEST_CASE("What is missing is asked for from the anchor down: keys, DS, keys; and nothing is verified before") {
  Fixture fixture;
  fixture.evidence = {};
  const RrSet rrset = Signed("www.example. 60 IN A 192.0.2.1", "example.");
  fixture.Answer(rrset);
  CHECK(fixture.missing == ". IN DNSKEY");
  fixture.Trusts(".");
  fixture.Answer(rrset);
  CHECK(fixture.missing == "example. IN DS");
  fixture.evidence.Add(N("example."), CutFact(validation::SignedCut{dnssec::UsableDs(DsSet("example."))}));
  fixture.Answer(rrset);
  CHECK(fixture.missing == "example. IN DNSKEY");
  CHECK(fixture.checks == 0);
  fixture.Trusts("example.");
  CHECK(fixture.Answer(rrset).security == Security::kSecure);
  CHECK(fixture.checks == 1);
}

TEST_CASE(
    "A set without signature in a signed zone is bogus, once no unsigned zone begins at its name (RFC 4035 5.2)") {
  Fixture fixture;
  fixture.Delegates("example.");
  const RrSet rrset = Set("www.example. 60 IN A 192.0.2.1");
  fixture.Answer(rrset);
  CHECK(fixture.missing == "www.example. IN DS");
  fixture.evidence.Add(N("www.example."), CutFact(validation::NoCut{}));
  const Ruling ruling = fixture.Answer(rrset);
  CHECK(ruling.security == Security::kBogus);
  CHECK(ruling.fault == Fault::kAnswer);
  CHECK(ruling.error->code == EdeCode::kRrsigsMissing);
  CHECK(ruling.error->text == "www.example. A from ns.example. [192.0.2.1]: no signature of example.");
}

TEST_CASE("Below a delegation that is proven to be unsigned all is insecure, whatever it is signed by (RFC 4035 5.2)") {
  Fixture fixture;
  fixture.Delegates("example.");
  fixture.evidence.Suspect(N("island.example."));
  fixture.evidence.Add(N("island.example."), CutFact(validation::UnsignedCut{}));
  CHECK(fixture.Answer(Set("www.island.example. 60 IN A 192.0.2.1")).security == Security::kInsecure);
  const RrSet rrset = Signed("www.island.example. 60 IN A 192.0.2.1", "island.example.");
  CHECK(fixture.Answer(rrset).security == Security::kInsecure);
  CHECK(fixture.checks == 0);
}

TEST_CASE("A broken link on the way makes an answer bogus, and no other answer can help") {
  Fixture fixture;
  fixture.evidence.Suspect(N("example."));
  fixture.evidence.Add(N("example."), CutFact(validation::BrokenLink{{EdeCode::kDnssecBogus, "example. DS: why"}}));
  const Ruling ruling = fixture.Answer(Signed("www.example. 60 IN A 192.0.2.1", "example."));
  CHECK(ruling.security == Security::kBogus);
  CHECK(ruling.fault == Fault::kChain);
  CHECK(ruling.error->text == "example. DS: why");
}

TEST_CASE("What is signed by a zone above the anchor's is not insecure for that: the anchor's zone has to sign it") {
  Fixture fixture("example.");
  fixture.evidence.Add(N("www.example."), CutFact(validation::NoCut{}));
  CHECK(fixture.Answer(Signed("www.example. 60 IN A 192.0.2.1", ".")).security == Security::kBogus);
  CHECK(fixture.Answer(Signed("www.example. 60 IN A 192.0.2.1", "example.")).security == Security::kSecure);
  CHECK(fixture.Answer(Set("www.other. 60 IN A 192.0.2.1")).security == Security::kInsecure);
}

TEST_CASE("A bad signature says what is wrong: zone, key tag and server (RFC 8914)") {
  Fixture fixture;
  fixture.Delegates("example.");
  const RrSet plain = Set("www.example. 60 IN A 192.0.2.1");
  const Ruling expired = fixture.Answer(Signed(plain, "example.", {kNow - 100, kNow - 1}));
  CHECK(expired.security == Security::kBogus);
  CHECK(expired.error->code == EdeCode::kSignatureExpired);
  CHECK(expired.error->text == "www.example. A from ns.example. [192.0.2.1]: signature of example. with key " +
                                   std::to_string(KeyOf("example.").dnskey().tag) + ": expired");
  CHECK(fixture.Answer(Signed(plain, "example.", {kNow + 1, kNow + 100})).error->code ==
        EdeCode::kSignatureNotYetValid);
  RrSet forged = Signed(plain, "example.");
  forged.rdatas = Set("www.example. 60 IN A 192.0.2.2").rdatas;
  CHECK(fixture.Answer(forged).error->code == EdeCode::kDnssecBogus);
}

TEST_CASE("Each way in which a signature or a key fails has its own error (RFC 8914 4.7 to 4.13, 4.26)") {
  Fixture fixture;
  fixture.Delegates("example.");
  const RrSet plain = Set("www.example. 60 IN A 192.0.2.1");
  CHECK(fixture.Answer(Signed(plain, "example.", {kNow + 100, kNow - 100})).error->code ==
        EdeCode::kSignatureExpiredBeforeValid);
  RrSet stranger = plain;
  const dnssec::SigningKey other = KeyOf("stranger.");
  stranger.signatures.Add(dnssec::SignSet(plain, N("example."), other, {kNow - 60, kNow + 60}));
  const Ruling ruling = fixture.Answer(stranger);
  CHECK(ruling.error->code == EdeCode::kDnskeyMissing);
  CHECK(ruling.error->text.find("key " + std::to_string(other.dnskey().tag)) != std::string::npos);
}

TEST_CASE(
    "A key that is vouched for and is no zone key verifies nothing, and says so (RFC 4034 2.1.1, RFC 8914 4.12)") {
  Fixture fixture;
  fixture.evidence.Suspect(N("example."));
  RrSet keys{N("example."), RrType::kDnskey, wire::RrClass::kIn, 60, {}, {}};
  world::Octets rdata = KeyOf("example.").dnskey().rdata;
  rdata[0] = 0;
  keys.rdatas.Add(rdata);
  const auto key = *dnssec::Dnskey::FromRdata(rdata);
  const RrSet ds = Set("example. 60 IN DS " + std::to_string(key.tag) + " 15 2 " + std::string(64, '0'));
  fixture.evidence.Add(N("example."), CutFact(validation::SignedCut{dnssec::UsableDs(ds)}));
  const Ruling ruling = fixture.Answer(Signed(keys, "example."));
  CHECK(ruling.security == Security::kBogus);
  CHECK(ruling.error->code == EdeCode::kNoZoneKeyBitSet);
  CHECK(ruling.error->text == "example. DNSKEY from ns.example. [192.0.2.1]: key " + std::to_string(key.tag) +
                                  " is vouched for and is no zone key");
}

TEST_CASE("A wildcard's answer is secure with the proof that no name is nearer, and bogus without (RFC 4035 5.3.4)") {
  Fixture fixture;
  fixture.Delegates("example.");
  RrSet rrset = Signed("*.example. 60 IN A 192.0.2.1", "example.");
  rrset.owner = N("www.example.");
  const RrSet nsec = Signed("*.example. 60 IN NSEC zzz.example. A NSEC RRSIG", "example.");
  const RrSet elsewhere = Signed("xxx.example. 60 IN NSEC zzz.example. A NSEC RRSIG", "example.");
  CHECK(fixture.Answer(rrset, {&nsec}).security == Security::kSecure);
  const Ruling unproven = fixture.Answer(rrset, {&elsewhere});
  CHECK(unproven.security == Security::kBogus);
  CHECK(unproven.error->code == EdeCode::kNsecMissing);
  const RrSet unsigned_proof = Set("*.example. 60 IN NSEC zzz.example. A NSEC RRSIG");
  CHECK(fixture.Answer(rrset, {&unsigned_proof}).security == Security::kBogus);
}

TEST_CASE("A denial is secure where signed NSECs prove it, and bogus where they do not (RFC 4035 5.4)") {
  Fixture fixture;
  fixture.Delegates("example.");
  const RrSet soa = Signed("example. 60 IN SOA ns.example. a.example. 1 2 3 4 60", "example.");
  const RrSet apex = Signed("example. 60 IN NSEC www.example. SOA NS DNSKEY NSEC RRSIG", "example.");
  const RrSet www = Signed("www.example. 60 IN NSEC example. A NSEC RRSIG", "example.");
  CHECK(fixture.Denies("nope.example.", RrType::kA, Rcode::kNxDomain, {soa, apex}).security == Security::kSecure);
  CHECK(fixture.Denies("www.example.", RrType::kAaaa, Rcode::kNoError, {soa, www}).security == Security::kSecure);
  const Ruling there = fixture.Denies("www.example.", RrType::kA, Rcode::kNoError, {soa, www});
  CHECK(there.security == Security::kBogus);
  CHECK(there.error->code == EdeCode::kNsecMissing);
  CHECK(fixture.Denies("www.example.", RrType::kA, Rcode::kNxDomain, {soa, apex}).security == Security::kBogus);
  const RrSet bare_soa = Set("example. 60 IN SOA ns.example. a.example. 1 2 3 4 60");
  CHECK(fixture.Denies("nope.example.", RrType::kA, Rcode::kNxDomain, {bare_soa, apex}).security == Security::kBogus);
}

TEST_CASE("A denial without proofs in a signed zone is bogus (RFC 4035 5.4)") {
  Fixture fixture;
  fixture.Delegates("example.");
  fixture.evidence.Add(N("nope.example."), CutFact(validation::NoCut{}));
  const RrSet soa = Signed("example. 60 IN SOA ns.example. a.example. 1 2 3 4 60", "example.");
  CHECK(fixture.Denies("nope.example.", RrType::kA, Rcode::kNxDomain, {soa}).security == Security::kBogus);
  CHECK(fixture.Denies("nope.example.", RrType::kA, Rcode::kNxDomain, {}).security == Security::kBogus);
}

TEST_CASE("The DS of a zone is its parent's to sign, not its own (RFC 4035 4.2)") {
  Fixture fixture;
  fixture.Delegates("example.");
  CHECK(fixture.Answer(Signed(DsSet("example."), ".")).security == Security::kSecure);
  CHECK(fixture.Answer(Signed(DsSet("example."), "example.")).security == Security::kBogus);
}

TEST_CASE("Keys are judged by the DS of the parent, and are then ready to verify with (RFC 4035 5.2)") {
  Fixture fixture;
  fixture.evidence.Suspect(N("example."));
  fixture.Answer(KeySet("example."));
  CHECK(fixture.missing == "example. IN DS");
  fixture.evidence.Add(N("example."), CutFact(validation::SignedCut{dnssec::UsableDs(DsSet("example."))}));
  const Ruling ruling = fixture.Answer(KeySet("example."));
  CHECK(ruling.security == Security::kSecure);
  REQUIRE(ruling.keys);
  CHECK(ruling.keys->keys.size() == 1);
  RrSet others = KeySet("other.");
  others.owner = N("example.");
  const Ruling unvouched = fixture.Answer(others);
  CHECK(unvouched.security == Security::kBogus);
  CHECK(unvouched.error->code == EdeCode::kDnskeyMissing);
  CHECK(unvouched.error->text.ends_with("no key that its DS " + std::to_string(KeyOf("example.").dnskey().tag) +
                                        " vouches for"));
}

TEST_CASE("The keys of an anchored zone are judged by the anchor (RFC 4035 5)") {
  Fixture fixture("example.");
  fixture.evidence = {};
  CHECK(fixture.Answer(KeySet("example.")).security == Security::kSecure);
  RrSet others = KeySet("other.");
  others.owner = N("example.");
  CHECK(fixture.Answer(others).security == Security::kBogus);
}

TEST_CASE("A zone that its parent vouches for and that denies having keys is bogus (RFC 4035 5.2)") {
  Fixture fixture;
  fixture.evidence.Suspect(N("example."));
  fixture.evidence.Add(N("example."), CutFact(validation::SignedCut{dnssec::UsableDs(DsSet("example."))}));
  const RrSet soa = Set("example. 60 IN SOA ns.example. a.example. 1 2 3 4 60");
  const Ruling ruling = fixture.Denies("example.", RrType::kDnskey, Rcode::kNoError, {soa});
  CHECK(ruling.security == Security::kBogus);
  CHECK(ruling.error->code == EdeCode::kDnskeyMissing);
}

TEST_CASE(
    "A negative trust anchor makes a zone insecure until its end, and not what has an anchor below it (RFC 7646)") {
  Fixture fixture;
  fixture.Delegates("example.");
  const RrSet bad = Signed(Set("www.example. 60 IN A 192.0.2.1"), "example.", {kNow - 100, kNow - 1});
  fixture.policy.negative_anchors = {{N("example."), At(kNow + 1)}};
  CHECK(fixture.Answer(bad).security == Security::kInsecure);
  fixture.policy.negative_anchors = {{N("example."), At(kNow)}};
  CHECK(fixture.Answer(bad).security == Security::kBogus);
  Fixture island("sub.example.");
  island.policy.negative_anchors = {{N("example."), At(kNow + 1)}};
  const RrSet below = Signed(Set("www.sub.example. 60 IN A 192.0.2.1"), "sub.example.", {kNow - 100, kNow - 1});
  CHECK(island.Answer(below).security == Security::kBogus);
}

TEST_CASE("A CNAME that its DNAME makes needs no signature, another one does (RFC 6672 5.3.1)") {
  Fixture fixture;
  fixture.Delegates("example.");
  fixture.evidence.Add(N("a.old.example."), CutFact(validation::NoCut{}));
  fixture.evidence.Add(N("old.example."), CutFact(validation::NoCut{}));
  const RrSet dname = Signed("old.example. 60 IN DNAME new.example.", "example.");
  const RrSet made = Set("a.old.example. 60 IN CNAME a.new.example.");
  validation::Subject subject;
  subject.question = {N("a.old.example."), RrType::kCname, wire::RrClass::kIn};
  subject.answer = {{&dname, {}, Security::kUnchecked}, {&made, {}, Security::kUnchecked}};
  CHECK(fixture.Rule(subject).security == Security::kSecure);
  subject.answer = {{&made, {}, Security::kUnchecked}};
  CHECK(fixture.Rule(subject).security == Security::kBogus);
}

TEST_CASE("An answer is no better than its worst part") {
  Fixture fixture;
  fixture.Delegates("example.");
  fixture.evidence.Suspect(N("plain."));
  fixture.evidence.Add(N("plain."), CutFact(validation::UnsignedCut{}));
  const RrSet alias = Signed("www.example. 60 IN CNAME www.plain.", "example.");
  const RrSet data = Set("www.plain. 60 IN A 192.0.2.1");
  validation::Subject subject;
  subject.question = {N("www.example."), RrType::kA, wire::RrClass::kIn};
  subject.answer = {{&alias, {}, Security::kUnchecked}, {&data, {}, Security::kUnchecked}};
  const Ruling ruling = fixture.Rule(subject);
  CHECK(ruling.security == Security::kInsecure);
  CHECK(ruling.answer[0].security == Security::kSecure);
  CHECK(ruling.answer[1].security == Security::kInsecure);
}

TEST_CASE(
    "Without work left nothing is believed: a signature more than may be checked makes an answer bogus (KeyTrap)") {
  Fixture fixture;
  fixture.Delegates("example.");
  const RrSet rrset = Signed("www.example. 60 IN A 192.0.2.1", "example.");
  fixture.most_checks = 1;
  CHECK(fixture.Answer(rrset).security == Security::kSecure);
  fixture.most_checks = 0;
  const Ruling ruling = fixture.Answer(rrset);
  CHECK(ruling.security == Security::kBogus);
  CHECK(ruling.error->text.ends_with("too much work"));
}

}  // namespace
}  // namespace validation_test
