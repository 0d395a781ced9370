#include "engine/resolver/trial.h"

#include <doctest/doctest.h>

#include "engine/world/limits.h"
#include "tests/validation/court.h"
#include "tests/world/chances.h"

namespace resolver {
namespace {

namespace limits = world::limits;

using dnssec::Security;
using metrics::Metric;
using validation_test::At;
using validation_test::DsSet;
using validation_test::KeySet;
using validation_test::kNow;
using validation_test::N;
using validation_test::Octets;
using validation_test::Set;
using validation_test::Signed;
using wire::RrSet;
using wire::RrType;

/// What a trial takes place with: an anchor for `example.`, whose keys are in the cache.
struct Fixture {
  Fixture() {
    const auto keys = std::make_shared<const dnssec::ZoneKeys>(dnssec::ZoneKeysOf(KeySet("example.")));
    store.PutRrSet(KeySet("example."), cache::Rank::kAuthAnswer, context.now.mono, world::kNever,
                   {Security::kSecure, std::make_shared<const cache::Backing>(cache::Backing{{}, keys, {}})});
  }

  validation::Trust trust() const { return {*anchors, settings.dnssec, At(kNow)}; }

  /// Judges an answer of one set; no evidence is missing.
  Security Judge(const RrSet& rrset) {
    iteration::Result result;
    result.answer.push_back({std::make_shared<const RrSet>(rrset), 60});
    Trial trial({rrset.owner, rrset.type, wire::RrClass::kIn}, std::move(result), context);
    return std::get<validation::Ruling>(trial.Go(trust(), context)).security;
  }

  validation::SharedAnchors anchors = *validation::Anchors::Parse(Octets(wire::ToText(DsSet("example."))), "test");
  settings::Settings settings;
  cache::Store store{cache::StoreOptions{}};
  servers::Book book;
  zone::Snapshot root;
  zone::SharedRootHints hints = zone::BuiltInRootHints();
  policy::UpstreamGuard guard{{}};
  policy::Routes routes{settings};
  world_test::Zeros random;
  metrics::Counters counters;
  iteration::Budget budget;
  iteration::Context context{settings, store,  book,   root,     *hints,
                             guard,    routes, random, counters, {world::Instant(world::Seconds(1)), At(kNow)},
                             budget,   true};
};

TEST_CASE("kMaxSignatureChecksPerQuery signatures are checked for one client query, and not one more (KeyTrap)") {
  Fixture fixture;
  const RrSet rrset = Signed("www.example. 60 IN A 192.0.2.1", "example.");
  fixture.budget.signature_checks = limits::kMaxSignatureChecksPerQuery - 1;
  CHECK(fixture.Judge(rrset) == Security::kSecure);
  CHECK(fixture.counters.Get(Metric::kSignatureChecks) == 1);
  CHECK(fixture.counters.Get(Metric::kLimitSignatureChecks) == 0);
  CHECK(fixture.Judge(rrset) == Security::kBogus);
  CHECK(fixture.counters.Get(Metric::kSignatureChecks) == 1);
  CHECK(fixture.counters.Get(Metric::kLimitSignatureChecks) == 1);
}

TEST_CASE("kMaxNsec3HashesPerQuery names are hashed for one client query, and not one more (CVE-2023-50868)") {
  const RrSet nsec3 = Signed(
      "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv.example. 60 IN NSEC3 1 0 0 - 00000000000000000000000000000000 A", "example.");
  for (const bool allowed : {true, false}) {
    Fixture fixture;
    // The name and its parents up to the zone's apex: four hashes, and then nothing matches.
    fixture.budget.nsec3_hashes = limits::kMaxNsec3HashesPerQuery - (allowed ? 4 : 3);
    iteration::Result result;
    result.rcode = wire::Rcode::kNxDomain;
    result.negation = iteration::Negation{N("c.b.a.example."), {}, {}};
    result.denial.push_back({std::make_shared<const RrSet>(nsec3), 60});
    Trial trial({N("c.b.a.example."), RrType::kA, wire::RrClass::kIn}, std::move(result), fixture.context);
    const auto ruling = std::get<validation::Ruling>(trial.Go(fixture.trust(), fixture.context));
    CHECK(ruling.security == Security::kBogus);
    CHECK(ruling.error->text.ends_with(allowed ? "name not covered" : "too much work"));
    CHECK(fixture.counters.Get(Metric::kNsec3Hashes) == (allowed ? 4 : 3));
    CHECK(fixture.counters.Get(Metric::kLimitNsec3Hashes) == (allowed ? 0 : 1));
  }
}

TEST_CASE("kMaxTrustLookups questions are asked to judge one answer; then it is bogus") {
  Fixture fixture;
  std::string name = "example.";
  for (int i = 0; i <= limits::kMaxTrustLookups; ++i) name = "a." + name;
  iteration::Result result;
  result.answer.push_back({std::make_shared<const RrSet>(Set(name + " 60 IN A 192.0.2.1")), 60});
  Trial trial({N(name), RrType::kA, wire::RrClass::kIn}, std::move(result), fixture.context);
  iteration::Result none;
  none.security = Security::kSecure;
  for (int i = 0; i < limits::kMaxTrustLookups; ++i) {
    const auto verdict = trial.Go(fixture.trust(), fixture.context);
    REQUIRE(std::holds_alternative<validation::Missing>(verdict));
    trial.Learn(std::get<validation::Missing>(verdict).question, none, fixture.trust(), fixture.context);
  }
  CHECK(fixture.counters.Get(Metric::kLimitTrustLookups) == 0);
  const auto verdict = trial.Go(fixture.trust(), fixture.context);
  CHECK(std::get<validation::Ruling>(verdict).security == Security::kBogus);
  CHECK(fixture.counters.Get(Metric::kLimitTrustLookups) == 1);
}

TEST_CASE("A DS that a referral brought is judged on the spot where it is secure, by a look-up of its own where not") {
  const RrSet good = Signed(DsSet("sub.example."), "example.");
  RrSet forged = good;
  forged.rdatas = DsSet("stranger.").rdatas;
  for (const RrSet& ds : {good, forged}) {
    const bool is_good = ds == good;
    Fixture fixture;
    const world::Instant now = fixture.context.now.mono;
    fixture.store.PutRrSet(ds, cache::Rank::kReferral, now, world::kNever);
    iteration::Result result;
    const RrSet address = Signed("www.sub.example. 60 IN A 192.0.2.1", "sub.example.");
    result.answer.push_back({std::make_shared<const RrSet>(address), 60});
    Trial trial({address.owner, RrType::kA, wire::RrClass::kIn}, std::move(result), fixture.context);
    const auto verdict = trial.Go(fixture.trust(), fixture.context);
    const auto* const missing = std::get_if<validation::Missing>(&verdict);
    REQUIRE(missing != nullptr);
    const RrType type = is_good ? RrType::kDnskey : RrType::kDs;
    CHECK(missing->question == wire::Question{N("sub.example."), type, wire::RrClass::kIn});
    // What was found is kept, at the expense of the client's query; what was not is for the look-up to say.
    const auto kept = fixture.store.Find(N("sub.example."), RrType::kDs, now);
    REQUIRE(kept);
    CHECK(kept->assurance.security == (is_good ? Security::kSecure : Security::kUnchecked));
    CHECK(fixture.counters.Get(Metric::kSignatureChecks) == 1);
  }
}

}  // namespace
}  // namespace resolver
