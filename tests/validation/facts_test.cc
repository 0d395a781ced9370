#include "engine/validation/facts.h"

#include <doctest/doctest.h>

#include "engine/validation/sentinel.h"
#include "engine/world/limits.h"
#include "tests/validation/court.h"

namespace validation_test {
namespace {

using dnssec::Security;
using validation::CutFact;
using validation::Learnt;
using wire::EdeCode;
using wire::RrSet;

/// Returns what follows of a look-up for the DS of `example.`.
CutFact FactOf(const Learnt& learnt, const settings::Settings::Dnssec& policy = {}) {
  validation::Work work(0, 8);
  return validation::CutFactOf(N("example."), learnt, {*validation::Anchors::BuiltIn(), policy, At(kNow)}, work);
}

TEST_CASE("A secure DS vouches for keys; one of an unknown algorithm or digest for none (RFC 6840 5.2)") {
  const RrSet good = DsSet("example.");
  CHECK(std::holds_alternative<validation::SignedCut>(FactOf({&good, {}, Security::kSecure, {}})));
  const RrSet algorithm = Set("example. 60 IN DS 1 250 2 " + std::string(64, '0'));
  const CutFact unknown = FactOf({&algorithm, {}, Security::kSecure, {}});
  CHECK(std::get<validation::UnsignedCut>(unknown).why->code == EdeCode::kUnsupportedDnskeyAlgorithm);
  const RrSet digest = Set("example. 60 IN DS 1 13 99 " + std::string(64, '0'));
  const CutFact strange = FactOf({&digest, {}, Security::kSecure, {}});
  CHECK(std::get<validation::UnsignedCut>(strange).why->code == EdeCode::kUnsupportedDsDigest);
}

TEST_CASE("Algorithms with SHA-1 count only where the operator wants them (RFC 9905 2)") {
  const RrSet ds = Set("example. 60 IN DS 1 5 2 " + std::string(64, '0'));
  settings::Settings::Dnssec policy;
  CHECK(std::holds_alternative<validation::UnsignedCut>(FactOf({&ds, {}, Security::kSecure, {}}, policy)));
  policy.sha1 = true;
  CHECK(std::holds_alternative<validation::SignedCut>(FactOf({&ds, {}, Security::kSecure, {}}, policy)));
}

TEST_CASE(
    "No DS means an unsigned zone where an NSEC shows a delegation, and no zone where it does not (RFC 4035 5.2)") {
  const RrSet delegation = Set("example. 60 IN NSEC f. NS NSEC RRSIG");
  const RrSet data = Set("example. 60 IN NSEC f. A NSEC RRSIG");
  const RrSet before = Set("d. 60 IN NSEC f. NS NSEC RRSIG");
  CHECK(std::holds_alternative<validation::UnsignedCut>(FactOf({nullptr, {&delegation}, Security::kSecure, {}})));
  CHECK(std::holds_alternative<validation::NoCut>(FactOf({nullptr, {&data}, Security::kSecure, {}})));
  CHECK(std::holds_alternative<validation::NoCut>(FactOf({nullptr, {&before}, Security::kSecure, {}})));
}

TEST_CASE("A DS that is insecure leads nowhere, and one that is bogus or not to be had breaks the chain") {
  const RrSet good = DsSet("example.");
  CHECK(std::holds_alternative<validation::UnsignedCut>(FactOf({&good, {}, Security::kInsecure, {}})));
  CHECK(std::holds_alternative<validation::BrokenLink>(FactOf({&good, {}, Security::kBogus, {}})));
  const CutFact lost = FactOf({nullptr, {}, Security::kUnchecked, wire::ExtendedError{EdeCode::kNetworkError, "why"}});
  CHECK(std::get<validation::BrokenLink>(lost).error.text == "why");
}

TEST_CASE("Anchors are DS and DNSKEY records of any zone; the deepest one above a name counts") {
  const std::string text = wire::ToText(DsSet(".")) + wire::ToText(DsSet("a.example."));
  const auto anchors = *validation::Anchors::Parse(Octets(text), "anchors");
  CHECK(anchors->Above(N("b.example."), 2)->zone == N("."));
  CHECK(anchors->Above(N("x.a.example."), 3)->zone == N("a.example."));
  CHECK(anchors->Above(N("a.example."), 1)->zone == N("."));
  const auto bad = validation::Anchors::Parse(Octets(". 60 IN NS a.\n"), "anchors");
  CHECK(bad.status().message() == "anchors:1: type NS: trust anchors are DS and DNSKEY records alone");
  CHECK(!validation::Anchors::Parse(Octets("; nothing\n"), "anchors").ok());
}

TEST_CASE("The anchors that are built in are the root's KSK-2017 and KSK-2024") {
  const auto anchors = validation::Anchors::BuiltIn();
  REQUIRE(anchors->all().size() == 1);
  CHECK(anchors->all()[0].zone.IsRoot());
  CHECK(anchors->all()[0].ds[0].key_tag == 20'326);
  CHECK(anchors->all()[0].ds[1].key_tag == 38'696);
}

TEST_CASE("kMaxTrustAnchors anchors are taken, and a file with one more is refused") {
  std::string text;
  for (size_t i = 0; i < world::limits::kMaxTrustAnchors; ++i) {
    text += "z" + std::to_string(i) + ". 60 IN DS 1 13 2 " + std::string(64, '0') + "\n";
  }
  CHECK(validation::Anchors::Parse(Octets(text), "anchors").ok());
  text += "more. 60 IN DS 1 13 2 " + std::string(64, '0') + "\n";
  CHECK(!validation::Anchors::Parse(Octets(text), "anchors").ok());
}

TEST_CASE("A sentinel's name is refused where what it says of the root's anchors is not so (RFC 8509 2.1)") {
  const auto anchors = validation::Anchors::BuiltIn();
  const auto refuses = [&](const std::string& label, wire::RrType type = wire::RrType::kA) {
    return validation::SentinelRefusal({N(label + ".example."), type, wire::RrClass::kIn}, *anchors).has_value();
  };
  CHECK(!refuses("root-key-sentinel-is-ta-20326"));
  CHECK(refuses("Root-Key-Sentinel-is-ta-00001"));
  CHECK(refuses("root-key-sentinel-not-ta-20326"));
  CHECK(!refuses("root-key-sentinel-not-ta-00001"));
  CHECK(!refuses("root-key-sentinel-not-ta-20326", wire::RrType::kTxt));
  CHECK(!refuses("root-key-sentinel-is-ta-1"));
  CHECK(!refuses("www"));
}

}  // namespace
}  // namespace validation_test
