// The signed pocket internet, held against the rules of engine/dnssec/.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/nsec.h"
#include "engine/dnssec/nsec3.h"
#include "engine/dnssec/signature.h"
#include "engine/dnssec/zonemd.h"
#include "engine/simulator/internet_parts.h"
#include "tests/simulator/small_root.h"

namespace simulator {
namespace {

using dnssec::DenialOutcome;
using dnssec::SignatureOutcome;
using wire::RrSet;
using wire::RrType;

constexpr world::WallTime kBegin{world::Seconds(1'790'000'000)};
constexpr world::Duration kDay = world::Seconds(86'400);

/// Returns the options of a signed internet.
InternetOptions Options(int flawed_permille) {
  InternetOptions options;
  options.tempers = false;
  options.signing = {.on = true, .signed_permille = 700, .flawed_permille = flawed_permille, .wall_at_zero = kBegin};
  return options;
}

/// A signed internet, its rules laid open.
struct Open : Parts {
  explicit Open(int flawed_permille) : Parts(SmallRoot(7), Options(flawed_permille)) {}

  Notary notary;

  /// Returns the response of the deepest zone of the chain.
  wire::Message Respond(const wire::Question& question, const Chain& chain, world::WallTime now) {
    const ZoneAt zone{chain, chain.size() - 1};
    Census census;
    wire::Message response = authority.Respond(question, zone, census);
    Signer signer(notary, now);
    attestor.Complete(Wish::kDnssec, zone, signer, response);
    return response;
  }

  /// Returns the keys that the chain's last zone publishes.
  dnssec::ZoneKeys KeysOf(const ZonePlan& zone, const TrustPlan& plan, world::WallTime now) {
    Signer signer(notary, now);
    return dnssec::ZoneKeysOf(signer.DnskeySet({zone, plan}));
  }
};

/// Returns the zones above the question's name, without that whose DS it asks for.
Chain ChainOf(const Open& open, const wire::Question& question) {
  Chain chain = open.atlas.ChainTo(question.name);
  if (question.type == RrType::kDs && chain.size() > 1 && chain.back().apex == question.name) chain.pop_back();
  return chain;
}

/// Returns the plan of the chain's last zone.
TrustPlan LastPlan(const Open& open, const Chain& chain) { return open.trust.PlanOf({chain, chain.size() - 1}); }

/// Verifies a set with any work that is needed.
SignatureOutcome Verify(const RrSet& rrset, const dnssec::ZoneKeys& keys, world::WallTime now) {
  return dnssec::Verifier(100).Verify(rrset, keys, now).outcome;
}

/// Returns the sets of a type.
std::vector<const RrSet*> Pick(const std::vector<RrSet>& section, RrType type) {
  std::vector<const RrSet*> sets;
  for (const RrSet& rrset : section) {
    if (rrset.type == type) sets.push_back(&rrset);
  }
  return sets;
}

/// Judges what a response without an answer claims, by whichever proof is in it.
template <typename Proof>
DenialOutcome JudgeDenial(Proof& proof, const wire::Message& response, const Match& match) {
  const wire::Question& question = *response.question;
  if (response.header.rcode == wire::Rcode::kNxDomain) return proof.NameDoesNotExist(question.name);
  const bool is_referral = !response.header.aa;
  if (is_referral || (match.kind == MatchKind::kCut && question.type == RrType::kDs)) {
    return proof.IsInsecureDelegation(match.owner);
  }
  return proof.TypeDoesNotExist(question.name, question.type);
}

/// Returns what the denial in the authority section comes to.
DenialOutcome DenialIn(const wire::Message& response, const ZonePlan& zone, const Match& match) {
  const auto nsecs = Pick(response.authority, RrType::kNsec);
  if (!nsecs.empty()) {
    dnssec::NsecProof proof(nsecs, zone.apex);
    return JudgeDenial(proof, response, match);
  }
  const auto nsec3s = Pick(response.authority, RrType::kNsec3);
  dnssec::Nsec3Hasher hasher(1'000);
  dnssec::Nsec3Proof proof(nsec3s, zone.apex, hasher);
  return JudgeDenial(proof, response, match);
}

/// Returns whether the set came with the response of a zone that has to sign it.
bool HasToBeSigned(const std::vector<RrSet>& answer, const RrSet& rrset) {
  const bool is_of_dname = rrset.type == RrType::kCname && std::ranges::any_of(answer, [&](const RrSet& other) {
                             return other.type == RrType::kDname && rrset.owner.IsBelow(other.owner);
                           });
  return !is_of_dname;
}

TEST_CASE("All that a signed zone answers verifies under its own keys, and its denials prove what they say") {
  Open open(0);
  int verified = 0;
  int denied = 0;
  int by_opt_out = 0;
  for (uint64_t i = 0; i < 1'200; ++i) {
    const wire::Question question = open.names.At(i);
    const Chain chain = ChainOf(open, question);
    const TrustPlan plan = LastPlan(open, chain);
    if (chain.size() < 2 || !plan.is_signed) continue;
    CAPTURE(question.name.ToText());
    CAPTURE(wire::ToText(question.type));
    const wire::Message response = open.Respond(question, chain, kBegin);
    const dnssec::ZoneKeys keys = open.KeysOf(chain.back(), plan, kBegin);
    for (const RrSet& rrset : response.answer) {
      if (!HasToBeSigned(response.answer, rrset)) continue;
      REQUIRE(Verify(rrset, keys, kBegin) == SignatureOutcome::kValid);
      ++verified;
    }
    for (const RrSet& rrset : response.authority) REQUIRE(Verify(rrset, keys, kBegin) == SignatureOutcome::kValid);
    if (!response.answer.empty() || response.authority.empty()) continue;
    const Match match = open.atlas.nodes().Find(chain.back(), question.name);
    const DenialOutcome outcome = DenialIn(response, chain.back(), match);
    by_opt_out += outcome == DenialOutcome::kProvenByOptOut ? 1 : 0;
    if (outcome != DenialOutcome::kProvenByOptOut) REQUIRE(outcome == DenialOutcome::kProven);
    ++denied;
  }
  CHECK(verified > 300);
  CHECK(denied > 100);
  CHECK(by_opt_out > 3);
}

TEST_CASE("A wildcard's answer comes with the proof that the name itself is not there (RFC 4035 section 5.3.4)") {
  Open open(0);
  int wildcards = 0;
  for (uint64_t i = 0; i < 2'000; ++i) {
    const wire::Question question = open.names.At(i);
    const Chain chain = ChainOf(open, question);
    const TrustPlan plan = LastPlan(open, chain);
    if (chain.size() < 2 || !plan.is_signed) continue;
    const Match match = open.atlas.nodes().Find(chain.back(), question.name);
    const wire::Message response = open.Respond(question, chain, kBegin);
    if (match.kind != MatchKind::kWildcard || response.answer.empty()) continue;
    CAPTURE(question.name.ToText());
    const auto keys = open.KeysOf(chain.back(), plan, kBegin);
    const auto verification = dnssec::Verifier(100).Verify(response.answer.front(), keys, kBegin);
    REQUIRE(verification.outcome == SignatureOutcome::kValid);
    REQUIRE(verification.wildcard_encloser.has_value());
    const wire::Name& encloser = *verification.wildcard_encloser;
    if (plan.denial == DenialKind::kNsec) {
      const dnssec::NsecProof proof(Pick(response.authority, RrType::kNsec), chain.back().apex);
      REQUIRE(proof.NoCloserName(question.name, encloser) == DenialOutcome::kProven);
    } else {
      dnssec::Nsec3Hasher hasher(100);
      dnssec::Nsec3Proof proof(Pick(response.authority, RrType::kNsec3), chain.back().apex, hasher);
      const DenialOutcome outcome = proof.NoCloserName(question.name, encloser);
      REQUIRE((outcome == DenialOutcome::kProven || outcome == DenialOutcome::kProvenByOptOut));
    }
    ++wildcards;
  }
  CHECK(wildcards > 10);
}

/// Returns what is wrong with a DNSKEY set by the parent's DS set, both of them as they come.
bool IsVouchedFor(const RrSet& ds_set, const RrSet& dnskeys, world::WallTime now) {
  const dnssec::ZoneKeys keys = dnssec::ZoneKeysOf(dnskeys);
  dnssec::ZoneKeys entries{keys.zone, {}};
  for (const dnssec::Ds& ds : dnssec::UsableDs(ds_set)) {
    for (const dnssec::ZoneKey& key : keys.keys) {
      if (dnssec::Match(ds, keys.zone, key.dnskey) != dnssec::DsOutcome::kMatches) continue;
      entries.keys.push_back(key);
    }
  }
  return Verify(dnskeys, entries, now) == SignatureOutcome::kValid;
}

TEST_CASE("Through a year of rollovers, what was fetched within the last two days fits together") {
  Open open(0);
  int zones = 0;
  for (uint64_t i = 0; i < 400 && zones < 5; ++i) {
    const Chain chain = open.atlas.ChainTo(open.names.At(i).name);
    const TrustPlan plan = LastPlan(open, chain);
    if (!plan.has_ds || !plan.is_readable) continue;
    const ZonePlan& zone = chain.back();
    CAPTURE(zone.apex.ToText());
    ++zones;
    const auto sign = [&](world::WallTime at, RrSet rrset) {
      Signer(open.notary, at).Sign({zone, plan}, rrset);
      return rrset;
    };
    for (int day = 2; day < 400; day += 3) {
      const world::WallTime now = kBegin + day * kDay;
      const world::WallTime before = now - 2 * kDay;
      CAPTURE(day);
      const RrSet keys_before = sign(before, Signer(open.notary, before).DnskeySet({zone, plan}));
      const RrSet keys_now = sign(now, Signer(open.notary, now).DnskeySet({zone, plan}));
      const RrSet soa_before = sign(before, open.records.Soa(zone));
      const RrSet soa_now = sign(now, open.records.Soa(zone));
      REQUIRE(Verify(soa_now, dnssec::ZoneKeysOf(keys_before), now) == SignatureOutcome::kValid);
      REQUIRE(Verify(soa_before, dnssec::ZoneKeysOf(keys_now), now) == SignatureOutcome::kValid);
      REQUIRE(IsVouchedFor(Signer(open.notary, before).DsSet({zone, plan}), keys_now, now));
      REQUIRE(IsVouchedFor(Signer(open.notary, now).DsSet({zone, plan}), keys_before, now));
    }
  }
  CHECK(zones == 5);
}

TEST_CASE("The root's next key is published more than 30 days before it signs, and revoked as long after (RFC 5011)") {
  Open open(0);
  const ZonePlan root = open.trust.RootPlan();
  const TrustPlan plan = open.trust.PlanOf(root, root);
  int rollovers = 0;
  KeySchedule last = ScheduleOf(root, plan, kBegin);
  for (int day = 1; day < 730; ++day) {
    const world::WallTime now = kBegin + day * kDay;
    const KeySchedule schedule = ScheduleOf(root, plan, now);
    if (schedule.signs_keys.front() != last.signs_keys.front()) {
      ++rollovers;
      const KeyIds ahead = ScheduleOf(root, plan, now - 31 * kDay).published;
      CHECK(std::ranges::count(ahead, schedule.signs_keys.front()) == 1);
      KeyId revoked = last.signs_keys.front();
      revoked.role = dnssec::SigningKey::Role::kRevoked;
      for (int after : {0, 28}) {
        const KeySchedule then = ScheduleOf(root, plan, now + after * kDay);
        CHECK(std::ranges::count(then.published, revoked) == 1);
        CHECK(std::ranges::count(then.signs_keys, revoked) == 1);
      }
    }
    last = schedule;
  }
  CHECK(rollovers == 4);
}

TEST_CASE("Each flaw shows as what it is") {
  Open open(1'000);
  std::array<int, kFlaws> met{};
  for (uint64_t i = 0; i < 2'000; ++i) {
    const wire::Question question = open.names.At(i);
    const Chain chain = ChainOf(open, question);
    const TrustPlan plan = LastPlan(open, chain);
    if (plan.flaw == Flaw::kNone || !plan.has_ds) continue;
    const wire::Message response = open.Respond({chain.back().apex, RrType::kSoa}, chain, kBegin);
    const auto keys = open.KeysOf(chain.back(), plan, kBegin);
    const RrSet& soa = response.answer.at(0);
    const SignatureOutcome outcome = Verify(soa, keys, kBegin);
    CAPTURE(ToText(plan.flaw));
    CAPTURE(dnssec::ToText(outcome));
    ++met[static_cast<size_t>(plan.flaw)];
    Signer signer(open.notary, kBegin);
    RrSet dnskeys = signer.DnskeySet({chain.back(), plan});
    signer.Sign({chain.back(), plan}, dnskeys);
    const bool is_vouched_for = IsVouchedFor(signer.DsSet({chain.back(), plan}), dnskeys, kBegin);
    switch (plan.flaw) {
      case Flaw::kNone:
        break;
      case Flaw::kExpired:
        CHECK(outcome == SignatureOutcome::kExpired);
        break;
      case Flaw::kNotYetValid:
        CHECK(outcome == SignatureOutcome::kNotYetValid);
        break;
      case Flaw::kWrongKey:
        CHECK(outcome == SignatureOutcome::kForged);
        CHECK((is_vouched_for || !plan.is_readable));
        break;
      case Flaw::kMissingKey:
        CHECK(outcome == SignatureOutcome::kValid);
        CHECK_FALSE(is_vouched_for);
        break;
      case Flaw::kStripped:
        CHECK(soa.signatures.empty());
        break;
      case Flaw::kWrongLabels:
        CHECK(outcome == SignatureOutcome::kLabelsOutOfRange);
        break;
      case Flaw::kForgedDenial:
        CHECK(outcome == SignatureOutcome::kValid);
        CHECK((is_vouched_for || !plan.is_readable));
        break;
    }
    const bool is_bogus = plan.flaw != Flaw::kForgedDenial;
    const Security above = open.trust.SecurityOf(Chain(chain.begin(), chain.end() - 1));
    if (above == Security::kSecure && plan.is_readable) {
      CHECK((open.trust.SecurityOf(chain) == Security::kBogus) == is_bogus);
      CHECK((open.trust.SecurityOfKeys(chain) == Security::kSecure) == is_vouched_for);
    }
  }
  for (size_t i = 1; i < kFlaws; ++i) CHECK_MESSAGE(met[i] > 5, ToText(static_cast<Flaw>(i)));
}

TEST_CASE("A forged denial is signed well and proves nothing") {
  Open open(1'000);
  int forged = 0;
  for (uint64_t i = 0; i < 6'000; ++i) {
    const wire::Question question = open.names.At(i);
    const Chain chain = ChainOf(open, question);
    const TrustPlan plan = LastPlan(open, chain);
    if (plan.flaw != Flaw::kForgedDenial) continue;
    const wire::Message response = open.Respond(question, chain, kBegin);
    if (!response.answer.empty()) continue;
    CAPTURE(question.name.ToText());
    CAPTURE(wire::ToText(question.type));
    const Match match = open.atlas.nodes().Find(chain.back(), question.name);
    const DenialOutcome outcome = DenialIn(response, chain.back(), match);
    CHECK(outcome != DenialOutcome::kProven);
    CHECK(outcome != DenialOutcome::kProvenByOptOut);
    ++forged;
  }
  CHECK(forged > 20);
}

TEST_CASE("The root zone that is signed here matches its ZONEMD and verifies under the anchored keys (RFC 8976)") {
  Open open(50);
  Signer signer(open.notary, kBegin + 3 * kDay);
  const std::vector<RrSet> sets = open.attestor.root().AllSets(signer, 2026112155);
  CHECK(dnssec::JudgeZonemd(sets, wire::Name()) == dnssec::ZonemdOutcome::kMatches);
  const ZonePlan root = open.trust.RootPlan();
  const TrustPlan plan = open.trust.PlanOf(root, root);
  const auto keys = open.KeysOf(root, plan, kBegin + 3 * kDay);
  int verified = 0;
  for (const RrSet& rrset : sets) {
    if (rrset.signatures.empty()) continue;
    REQUIRE(Verify(rrset, keys, kBegin + 3 * kDay) == SignatureOutcome::kValid);
    ++verified;
  }
  CHECK(verified > 70);
  const auto dnskeys = std::ranges::find_if(sets, [](const RrSet& set) { return set.type == RrType::kDnskey; });
  CHECK(IsVouchedFor(signer.DsSet({root, plan}), *dnskeys, kBegin + 3 * kDay));
}

TEST_CASE("Two notaries sign alike, octet by octet, so that a trace can be compared") {
  const Internet internet(SmallRoot(7), Options(50));
  Census census;
  Notary one;
  for (uint64_t i = 0; i < 40; ++i) {
    const wire::Question question{internet.NameToAsk(i).name, RrType::kA};
    wire::Edns edns;
    edns.dnssec_ok = true;
    const world::Octets query = wire::MakeQuery(7, question, wire::Recursion::kNotDesired, edns);
    const world::Address server = internet.RootServers()[i % 13];
    Notary other;
    const auto a = internet.Ask(server, world::Protocol::kUdp, query, {}, i, census, one);
    const auto b = internet.Ask(server, world::Protocol::kUdp, query, {}, i, census, other);
    REQUIRE(a.size() == 1);
    CHECK(a[0].octets == b.at(0).octets);
  }
}

TEST_CASE("Who does not ask for DNSSEC gets none of it (RFC 4035 section 3.1)") {
  const Internet internet(SmallRoot(7), Options(50));
  Census census;
  for (uint64_t i = 0; i < 40; ++i) {
    const wire::Question question{internet.NameToAsk(i).name, RrType::kA};
    const world::Octets query = wire::MakeQuery(7, question, wire::Recursion::kNotDesired, wire::Edns{});
    const auto replies = internet.Ask(internet.RootServers()[0], world::Protocol::kUdp, query, {}, i, census);
    const auto response = wire::Parse(replies.at(0).octets);
    REQUIRE(response.has_value());
    for (const RrSet& set : response->authority) CHECK((set.type == RrType::kNs || set.type == RrType::kSoa));
  }
}

}  // namespace
}  // namespace simulator
