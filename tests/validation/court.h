#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/sign.h"
#include "engine/validation/facts.h"
#include "engine/validation/judge.h"
#include "tests/dnssec/sets.h"

namespace validation_test {

using dnssec_test::At;
using dnssec_test::N;
using dnssec_test::Octets;
using dnssec_test::Set;

/// When all judgements take place.
inline constexpr uint32_t kNow = 1'700'000'000;

/// Returns the key of a zone, the same for the same name.
inline dnssec::SigningKey KeyOf(const std::string& zone) {
  return *dnssec::SigningKey::FromSeed(dnssec::Algorithm::kEd25519, dnssec::SigningKey::Role::kKeySigning,
                                       Octets(zone));
}

/// Returns the set with a signature of the zone, valid for an hour before and after kNow.
inline wire::RrSet Signed(wire::RrSet rrset, const std::string& zone,
                          dnssec::Validity validity = {kNow - 3'600, kNow + 3'600}) {
  const dnssec::SigningKey key = KeyOf(zone);
  rrset.signatures.Add(dnssec::SignSet(rrset, N(zone), key, validity));
  return rrset;
}

/// Returns the records of a text with a signature of the zone.
inline wire::RrSet Signed(const std::string& text, const std::string& zone) { return Signed(Set(text), zone); }

/// Returns the DNSKEY set of a zone, signed by itself.
inline wire::RrSet KeySet(const std::string& zone) {
  wire::RrSet rrset{N(zone), wire::RrType::kDnskey, wire::RrClass::kIn, 3'600, {}, {}};
  rrset.rdatas.Add(KeyOf(zone).dnskey().rdata);
  return Signed(std::move(rrset), zone);
}

/// Returns the DS set of a zone, unsigned.
inline wire::RrSet DsSet(const std::string& zone) {
  wire::RrSet rrset{N(zone), wire::RrType::kDs, wire::RrClass::kIn, 3'600, {}, {}};
  rrset.rdatas.Add(dnssec::DsRdataFor(N(zone), KeyOf(zone).dnskey(), dnssec::DigestType::kSha256));
  return rrset;
}

/// What a judgement takes place with: the anchor of the root, or of another zone, and evidence as tests give it.
struct Fixture {
  explicit Fixture(const std::string& anchored = ".") {
    const wire::RrSet ds = DsSet(anchored);
    const std::string text = wire::ToText(ds);
    anchors = *validation::Anchors::Parse(Octets(text), "test");
    Trusts(anchored);
  }

  /// The keys of the zone are believed.
  void Trusts(const std::string& zone) {
    evidence.Add(N(zone),
                 validation::KeyFact(std::make_shared<const dnssec::ZoneKeys>(dnssec::ZoneKeysOf(KeySet(zone)))));
  }

  /// The zone begins below one that vouches for it, and its keys are believed.
  void Delegates(const std::string& zone) {
    evidence.Suspect(N(zone));
    evidence.Add(N(zone), validation::CutFact(validation::SignedCut{dnssec::UsableDs(DsSet(zone))}));
    Trusts(zone);
  }

  /// Judges an answer of one set.
  validation::Ruling Answer(const wire::RrSet& rrset, validation::Sets proofs = {}) {
    validation::Subject subject;
    subject.question = {rrset.owner, rrset.type, wire::RrClass::kIn};
    subject.answer.push_back({&rrset, std::move(proofs), dnssec::Security::kUnchecked});
    subject.server = "ns.example. [192.0.2.1]";
    return Rule(subject);
  }

  /// Judges a denial.
  validation::Ruling Denies(const std::string& name, wire::RrType type, wire::Rcode rcode,
                            const std::vector<wire::RrSet>& sets) {
    validation::Subject subject;
    subject.question = {N(name), type, wire::RrClass::kIn};
    subject.denial = validation::Denial{N(name), type, rcode, {}, dnssec::Security::kUnchecked};
    for (const wire::RrSet& rrset : sets) subject.denial->sets.push_back(&rrset);
    return Rule(subject);
  }

  /// Judges; what is missing is written down in `missing`, and then the ruling is an empty one.
  validation::Ruling Rule(const validation::Subject& subject) {
    validation::Work work(most_checks, most_hashes);
    auto verdict = validation::Judge(subject, evidence, {*anchors, policy, At(kNow)}, work);
    checks = most_checks - work.verifier.operations_left();
    missing.clear();
    if (const auto* wanted = std::get_if<validation::Missing>(&verdict)) {
      missing = wire::ToText(wanted->question);
      return {};
    }
    return std::get<validation::Ruling>(std::move(verdict));
  }

  validation::SharedAnchors anchors;
  settings::Settings::Dnssec policy;
  validation::Evidence evidence;
  std::string missing;
  int most_checks = 64;
  int most_hashes = 64;
  int checks = 0;
};

}  // namespace validation_test
