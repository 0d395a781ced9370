// Proofs by NSEC3: RFC 5155's own zone, a small one made here, and the twins of the forgeries by NSEC.
#include "engine/dnssec/nsec3.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/world/limits.h"
#include "tests/dnssec/sets.h"

namespace {

using dnssec::DenialOutcome;
using dnssec::Nsec3Hasher;
using dnssec::Nsec3Proof;
using dnssec_test::N;
using dnssec_test::Octets;
using dnssec_test::Set;
using dnssec_test::Sets;
using wire::RrType;

/// Returns the hash of a name as text.
std::string HashOf(std::string_view name, const dnssec::Nsec3Parameters& parameters) {
  Nsec3Hasher hasher(1);
  return dnssec::ToBase32Hex(*hasher.Hash(N(name), parameters));
}

/// A name of a zone and the types that it has.
using Names = std::vector<std::pair<std::string, std::string>>;

/// Whether the zone's NSEC3s opt out.
enum class OptOut : uint8_t { kNo, kYes };

/// Returns the NSEC3 chain over the names, of `example.`, without salt.
std::vector<wire::RrSet> Chain(const Names& names, OptOut opt_out, int iterations) {
  std::vector<std::pair<std::string, std::string>> hashed;
  for (const auto& [name, types] : names) {
    hashed.emplace_back(HashOf(name, {.iterations = static_cast<uint16_t>(iterations), .salt = {}}), types);
  }
  std::ranges::sort(hashed);
  std::vector<wire::RrSet> chain;
  for (size_t i = 0; i < hashed.size(); ++i) {
    chain.push_back(
        Set(fmt::format("{}.example. 60 NSEC3 1 {} {} - {} {}", hashed[i].first, opt_out == OptOut::kYes ? 1 : 0,
                        iterations, hashed[(i + 1) % hashed.size()].first, hashed[i].second)));
  }
  return chain;
}

/// A proof by some NSEC3s, with all that it borrows.
struct Proof {
  explicit Proof(std::vector<wire::RrSet> chain, int hashes = 100) : sets(std::move(chain)), hasher(hashes) {
    for (const wire::RrSet& rrset : sets) views.push_back(&rrset);
  }
  Nsec3Proof operator*() { return Nsec3Proof(views, N("example."), hasher); }

  std::vector<wire::RrSet> sets;
  std::vector<const wire::RrSet*> views;
  Nsec3Hasher hasher;
};

/// The zone of nsec_test.cc; with opt-out, its unsigned delegation has no record.
Proof Zone(OptOut opt_out = OptOut::kNo) {
  Names names = {{"example.", "NS SOA RRSIG DNSKEY"},
                 {"a.example.", "A RRSIG"},
                 {"c.example.", ""},
                 {"b.c.example.", "A RRSIG"},
                 {"e.example.", "NS DS RRSIG"},
                 {"o.example.", "DNAME RRSIG"},
                 {"w.example.", ""},
                 {"*.w.example.", "A RRSIG"},
                 {"z.example.", "CNAME RRSIG"}};
  if (opt_out == OptOut::kNo) names.emplace_back("d.example.", "NS");
  return Proof(Chain(names, opt_out, 0));
}

}  // namespace

TEST_CASE("Names hash as in RFC 5155 appendix A") {
  const dnssec::Nsec3Parameters parameters{.iterations = 12, .salt = {0xaa, 0xbb, 0xcc, 0xdd}};
  CHECK(HashOf("example.", parameters) == "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom");
  CHECK(HashOf("A.example.", parameters) == "35mthgpgcu1qg68fab165klnsnk3dpvl");
  CHECK(HashOf("*.w.example.", parameters) == "r53bq7cc2uvmubfu5ocmm6pers9tk9en");
}

TEST_CASE("A hash reads back from its text, in either case, and nothing else does") {
  const std::string text = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
  CHECK(dnssec::ToBase32Hex(*dnssec::FromBase32Hex(Octets(text))) == text);
  CHECK(dnssec::ToBase32Hex(*dnssec::FromBase32Hex(Octets("0P9MHAVEQVM6T7VBL5LOP2U3T2RP3TOM"))) == text);
  CHECK_FALSE(dnssec::FromBase32Hex(Octets("0p9mhaveqvm6t7vbl5lop2u3t2rp3to")));
  CHECK_FALSE(dnssec::FromBase32Hex(Octets("wp9mhaveqvm6t7vbl5lop2u3t2rp3tom")));
}

TEST_CASE("The name error of RFC 5155 appendix B.1 is proven") {
  const Sets sets({
      "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 60 NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY "
      "NS "
      "SOA NSEC3PARAM RRSIG",
      "b4um86eghhds6nea196smvmlo4ors995.example. 60 NSEC3 1 1 12 aabbccdd gjeqe526plbf1g8mklp59enfd789njgi MX RRSIG",
      "35mthgpgcu1qg68fab165klnsnk3dpvl.example. 60 NSEC3 1 1 12 aabbccdd b4um86eghhds6nea196smvmlo4ors995 NS DS RRSIG",
  });
  Nsec3Hasher hasher(20);
  Nsec3Proof proof(sets.views(), N("example."), hasher);
  // The zone opts out, so an unsigned delegation could be there all the same.
  CHECK(proof.NameDoesNotExist(N("a.c.x.w.example.")) == DenialOutcome::kProvenByOptOut);
}

TEST_CASE("NSEC3 proves a type absent at a name (RFC 5155 8.5)") {
  Proof zone = Zone();
  CHECK((*zone).TypeDoesNotExist(N("a.example."), RrType::kMx) == DenialOutcome::kProven);
  CHECK((*zone).TypeDoesNotExist(N("A.example."), RrType::kA) == DenialOutcome::kTypeExists);
  CHECK((*zone).TypeDoesNotExist(N("c.example."), RrType::kA) == DenialOutcome::kProven);
}

TEST_CASE("Forged: NODATA by an NSEC3 that lists CNAME (RFC 6840 4.3)") {
  Proof zone = Zone();
  CHECK((*zone).TypeDoesNotExist(N("z.example."), RrType::kA) == DenialOutcome::kAliasExists);
}

TEST_CASE("Forged: NODATA by the parent's NSEC3 of a cut (RFC 6840 4.4)") {
  Proof zone = Zone();
  CHECK((*zone).TypeDoesNotExist(N("d.example."), RrType::kA) == DenialOutcome::kParentSide);
}

TEST_CASE("Forged: NODATA for DS by the child's apex NSEC3 (RFC 4035 5.2)") {
  Proof zone = Zone();
  CHECK((*zone).TypeDoesNotExist(N("example."), RrType::kDs) == DenialOutcome::kChildSide);
  CHECK((*zone).IsInsecureDelegation(N("example.")) == DenialOutcome::kChildSide);
}

TEST_CASE("NSEC3 proves that a name does not exist, with its wildcard (RFC 5155 8.4)") {
  Proof zone = Zone();
  CHECK((*zone).NameDoesNotExist(N("b.example.")) == DenialOutcome::kProven);
  CHECK((*zone).NameDoesNotExist(N("x.y.a.example.")) == DenialOutcome::kProven);
  CHECK((*zone).NameDoesNotExist(N("a.example.")) == DenialOutcome::kNameExists);
  CHECK((*zone).NameDoesNotExist(N("c.example.")) == DenialOutcome::kNameExists);
  CHECK((*zone).NameDoesNotExist(N("a.org.")) == DenialOutcome::kNoRecord);
}

TEST_CASE("Forged: NXDOMAIN below a delegation, its NSEC3 as closest encloser (RFC 5155 8.3)") {
  Proof zone = Zone();
  CHECK((*zone).NameDoesNotExist(N("www.d.example.")) == DenialOutcome::kBelowDelegation);
  CHECK((*zone).TypeDoesNotExist(N("x.www.e.example."), RrType::kA) == DenialOutcome::kBelowDelegation);
}

TEST_CASE("Forged: NXDOMAIN below a DNAME, its NSEC3 as closest encloser (RFC 5155 8.3)") {
  Proof zone = Zone();
  CHECK((*zone).NameDoesNotExist(N("www.o.example.")) == DenialOutcome::kBelowDname);
}

TEST_CASE("Forged: NXDOMAIN where the closest encloser has a wildcard (RFC 5155 8.4)") {
  Proof zone = Zone();
  CHECK((*zone).NameDoesNotExist(N("x.w.example.")) == DenialOutcome::kWildcardExists);
  CHECK((*zone).NameDoesNotExist(N("x.y.w.example.")) == DenialOutcome::kWildcardExists);
}

TEST_CASE("Forged: NXDOMAIN with a part of the proof left out") {
  const Proof whole = Zone();
  const size_t count = whole.sets.size();
  int refused = 0;
  for (size_t left_out = 0; left_out < count; ++left_out) {
    std::vector<wire::RrSet> rest = whole.sets;
    rest.erase(rest.begin() + static_cast<ptrdiff_t>(left_out));
    Proof part(rest);
    const DenialOutcome outcome = (*part).NameDoesNotExist(N("b.a.example."));
    if (outcome != DenialOutcome::kProven) ++refused;
  }
  // The closest encloser's record, the next closer name's, and the wildcard's, unless one is two of them.
  CHECK(refused >= 2);
  CHECK(refused <= 3);
}

TEST_CASE("NSEC3 proves that a wildcard has no type (RFC 5155 8.7)") {
  Proof zone = Zone();
  CHECK((*zone).TypeDoesNotExist(N("x.w.example."), RrType::kMx) == DenialOutcome::kProven);
  CHECK((*zone).TypeDoesNotExist(N("x.w.example."), RrType::kA) == DenialOutcome::kTypeExists);
}

TEST_CASE("Forged: NODATA for a name that does not exist at all") {
  Proof zone = Zone();
  CHECK((*zone).TypeDoesNotExist(N("b.example."), RrType::kA) == DenialOutcome::kWildcardNotDenied);
  CHECK((*zone).TypeDoesNotExist(N("b.example."), RrType::kDs) == DenialOutcome::kWildcardNotDenied);
}

TEST_CASE("NSEC3 proves that no closer name exists for a wildcard's answer (RFC 5155 8.8)") {
  Proof zone = Zone();
  CHECK((*zone).NoCloserName(N("x.y.w.example."), N("w.example.")) == DenialOutcome::kProven);
  CHECK((*zone).NoCloserName(N("a.example."), N("example.")) == DenialOutcome::kNotCovered);
  CHECK((*zone).NoCloserName(N("x.c.example."), N("example.")) == DenialOutcome::kNotCovered);
}

TEST_CASE("NSEC3 proves a delegation insecure, by its own record or by opt-out (RFC 5155 8.9)") {
  Proof zone = Zone();
  CHECK((*zone).IsInsecureDelegation(N("d.example.")) == DenialOutcome::kProven);
  CHECK((*zone).IsInsecureDelegation(N("e.example.")) == DenialOutcome::kTypeExists);
  CHECK((*zone).IsInsecureDelegation(N("a.example.")) == DenialOutcome::kNotDelegated);
  CHECK((*zone).IsInsecureDelegation(N("b.example.")) == DenialOutcome::kNotCovered);
  Proof opting_out = Zone(OptOut::kYes);
  CHECK((*opting_out).IsInsecureDelegation(N("d.example.")) == DenialOutcome::kProvenByOptOut);
  CHECK((*opting_out).IsInsecureDelegation(N("e.example.")) == DenialOutcome::kTypeExists);
}

TEST_CASE("What opt-out proves is insecure at best (RFC 5155 6)") {
  Proof zone = Zone(OptOut::kYes);
  CHECK((*zone).NameDoesNotExist(N("b.example.")) == DenialOutcome::kProvenByOptOut);
  CHECK((*zone).TypeDoesNotExist(N("b.example."), RrType::kDs) == DenialOutcome::kProvenByOptOut);
  CHECK((*zone).TypeDoesNotExist(N("b.example."), RrType::kA) == DenialOutcome::kProvenByOptOut);
  CHECK((*zone).TypeDoesNotExist(N("x.w.example."), RrType::kMx) == DenialOutcome::kProvenByOptOut);
  CHECK((*zone).NoCloserName(N("x.w.example."), N("w.example.")) == DenialOutcome::kProvenByOptOut);
  CHECK((*zone).TypeDoesNotExist(N("a.example."), RrType::kMx) == DenialOutcome::kProven);
}

TEST_CASE("A zone's only NSEC3 covers all but its own name") {
  Proof only(Chain({{"example.", "NS SOA"}}, OptOut::kNo, 0));
  CHECK((*only).NameDoesNotExist(N("a.example.")) == DenialOutcome::kProven);
  CHECK((*only).NameDoesNotExist(N("example.")) == DenialOutcome::kNameExists);
}

TEST_CASE("Up to kMaxNsec3Iterations are hashed, more are insecure (RFC 9276 3.2)") {
  constexpr int kMost = world::limits::kMaxNsec3Iterations;
  Proof most(Chain({{"example.", "NS SOA"}}, OptOut::kNo, kMost));
  CHECK((*most).NameDoesNotExist(N("a.example.")) == DenialOutcome::kProven);
  Proof more(Chain({{"example.", "NS SOA"}}, OptOut::kNo, kMost + 1));
  CHECK((*more).NameDoesNotExist(N("a.example.")) == DenialOutcome::kTooManyIterations);
  CHECK((*more).IsInsecureDelegation(N("a.example.")) == DenialOutcome::kTooManyIterations);
  CHECK(more.hasher.hashes_left() == 100);
}

TEST_CASE("A proof makes as many hashes as it is allowed, each name's once (CVE-2023-50868)") {
  // The name, its encloser, and the encloser's wildcard.
  Proof enough(Chain({{"example.", "NS SOA"}}, OptOut::kNo, 0), 3);
  CHECK((*enough).NameDoesNotExist(N("a.example.")) == DenialOutcome::kProven);
  CHECK(enough.hasher.hashes_left() == 0);
  CHECK((*enough).NameDoesNotExist(N("a.example.")) == DenialOutcome::kProven);
  Proof too_few(Chain({{"example.", "NS SOA"}}, OptOut::kNo, 0), 2);
  CHECK((*too_few).NameDoesNotExist(N("a.example.")) == DenialOutcome::kTooMuchWork);
}

TEST_CASE("An NSEC3 of unknown algorithm or flags, or that is not right below its zone, is none (RFC 5155 8.1, 8.2)") {
  const std::string hash = "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom";
  const auto reads = [&](const std::string& owner, const std::string& rest) {
    return dnssec::Nsec3::FromRrSet(Set(owner + ". 60 NSEC3 " + rest), N("example.")).has_value();
  };
  CHECK(reads(hash + ".example", "1 0 0 - " + hash + " A"));
  CHECK(reads(hash + ".example", "1 1 0 aabb " + hash + " A"));
  CHECK_FALSE(reads(hash + ".example", "2 0 0 - " + hash + " A"));
  CHECK_FALSE(reads(hash + ".example", "1 2 0 - " + hash + " A"));
  CHECK_FALSE(reads(hash + ".a.example", "1 0 0 - " + hash + " A"));
  CHECK_FALSE(reads("a.example", "1 0 0 - " + hash + " A"));
  CHECK_FALSE(reads("example", "1 0 0 - " + hash + " A"));
  CHECK_FALSE(reads(hash + ".example", "1 0 0 - 0p9mhaveqvm6t7vb A"));
}

TEST_CASE("NSEC3s of other parameters than the first's are left out (RFC 5155 8.2)") {
  Proof zone = Zone();
  std::vector<wire::RrSet> mixed = Chain({{"x.example.", "A"}}, OptOut::kNo, 1);
  for (const wire::RrSet& rrset : zone.sets) mixed.push_back(rrset);
  Proof proof(mixed);
  CHECK((*proof).TypeDoesNotExist(N("a.example."), RrType::kMx) == DenialOutcome::kNotCovered);
}
