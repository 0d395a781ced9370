// Proofs by NSEC, and the forgeries that a validator has been known to take for one.
#include "engine/dnssec/nsec.h"

#include <doctest/doctest.h>

#include "tests/dnssec/sets.h"

namespace {

using dnssec::DenialOutcome;
using dnssec::NsecProof;
using dnssec_test::N;
using dnssec_test::Set;
using dnssec_test::Sets;
using wire::RrType;

/// The NSECs of a small zone, all of them.
///
///   example.  a  *.w  b.c (c is empty)  d (delegation, no DS)  e (delegation, DS)  o (DNAME)  z (CNAME)
const Sets& Zone() {
  static const Sets sets({
      "example. 60 NSEC a.example. NS SOA RRSIG NSEC DNSKEY",
      "a.example. 60 NSEC b.c.example. A RRSIG NSEC",
      "b.c.example. 60 NSEC d.example. A RRSIG NSEC",
      "d.example. 60 NSEC e.example. NS RRSIG NSEC",
      "e.example. 60 NSEC o.example. NS DS RRSIG NSEC",
      "o.example. 60 NSEC *.w.example. DNAME RRSIG NSEC",
      "*.w.example. 60 NSEC z.example. A RRSIG NSEC",
      "z.example. 60 NSEC example. CNAME RRSIG NSEC",
  });
  return sets;
}

/// Returns the whole zone's proof.
NsecProof Whole() { return NsecProof(Zone().views(), N("example.")); }

/// Returns the proof by a few NSECs.
struct Few {
  Few(std::initializer_list<std::string> texts, std::string_view zone = "example.")
      : sets(texts), proof(sets.views(), N(zone)) {}
  Sets sets;
  NsecProof proof;
};

}  // namespace

TEST_CASE("NSEC proves a type absent at a name (RFC 4035 5.4)") {
  CHECK(Whole().TypeDoesNotExist(N("a.example."), RrType::kMx) == DenialOutcome::kProven);
  CHECK(Whole().TypeDoesNotExist(N("A.EXAMPLE."), RrType::kMx) == DenialOutcome::kProven);
  CHECK(Whole().TypeDoesNotExist(N("a.example."), RrType::kA) == DenialOutcome::kTypeExists);
  CHECK(Whole().TypeDoesNotExist(N("example."), RrType::kA) == DenialOutcome::kProven);
}

TEST_CASE("Forged: NODATA by an NSEC that lists CNAME (RFC 6840 4.3)") {
  CHECK(Whole().TypeDoesNotExist(N("z.example."), RrType::kA) == DenialOutcome::kAliasExists);
  CHECK(Whole().TypeDoesNotExist(N("z.example."), RrType::kDs) == DenialOutcome::kAliasExists);
  CHECK(Whole().TypeDoesNotExist(N("z.example."), RrType::kCname) == DenialOutcome::kTypeExists);
}

TEST_CASE("Forged: NODATA by the parent's NSEC of a cut (RFC 6840 4.4)") {
  CHECK(Whole().TypeDoesNotExist(N("d.example."), RrType::kA) == DenialOutcome::kParentSide);
  CHECK(Whole().TypeDoesNotExist(N("d.example."), RrType::kSoa) == DenialOutcome::kParentSide);
}

TEST_CASE("Forged: NODATA for DS by the child's apex NSEC (RFC 4035 5.2)") {
  CHECK(Whole().TypeDoesNotExist(N("example."), RrType::kDs) == DenialOutcome::kChildSide);
  CHECK(Whole().IsInsecureDelegation(N("example.")) == DenialOutcome::kChildSide);
  const Few root({". 60 NSEC a. NS SOA NSEC"}, ".");
  CHECK(root.proof.TypeDoesNotExist(N("."), RrType::kDs) == DenialOutcome::kProven);
}

TEST_CASE("NSEC proves that a name does not exist, with its wildcard (RFC 4035 5.4)") {
  CHECK(Whole().NameDoesNotExist(N("b.example.")) == DenialOutcome::kProven);
  CHECK(Whole().NameDoesNotExist(N("x.y.a.example.")) == DenialOutcome::kProven);
  CHECK(Whole().NameDoesNotExist(N("zz.example.")) == DenialOutcome::kProven);
  CHECK(Whole().NameDoesNotExist(N("a.example.")) == DenialOutcome::kNameExists);
}

TEST_CASE("Forged: NXDOMAIN below a delegation, by the delegation's NSEC (RFC 6840 4.1)") {
  CHECK(Whole().NameDoesNotExist(N("www.d.example.")) == DenialOutcome::kBelowDelegation);
  CHECK(Whole().TypeDoesNotExist(N("www.e.example."), RrType::kA) == DenialOutcome::kBelowDelegation);
  CHECK(Whole().NoCloserName(N("www.d.example."), N("d.example.")) == DenialOutcome::kBelowDelegation);
}

TEST_CASE("Forged: NXDOMAIN below a DNAME, by the DNAME's NSEC (RFC 6840 4.1)") {
  CHECK(Whole().NameDoesNotExist(N("www.o.example.")) == DenialOutcome::kBelowDname);
}

TEST_CASE("Forged: NXDOMAIN where the closest encloser has a wildcard (RFC 4035 5.4)") {
  CHECK(Whole().NameDoesNotExist(N("x.w.example.")) == DenialOutcome::kWildcardExists);
  CHECK(Whole().NameDoesNotExist(N("x.y.w.example.")) == DenialOutcome::kWildcardExists);
  const Few few({"*.w.example. 60 NSEC z.example. A NSEC"});
  CHECK(few.proof.NameDoesNotExist(N("x.w.example.")) == DenialOutcome::kWildcardExists);
  const Few above_one({"a.w.example. 60 NSEC z.example. A NSEC", "o.example. 60 NSEC y.*.w.example. A NSEC"});
  CHECK(above_one.proof.NameDoesNotExist(N("x.w.example.")) == DenialOutcome::kWildcardExists);
}

TEST_CASE("Forged: NXDOMAIN without a word on the closest encloser's wildcard") {
  // The wildcard of the parent is denied, but the closest encloser is deeper: what ldns looks at alone.
  const Few few({"a.w.example. 60 NSEC z.w.example. A NSEC", "example. 60 NSEC a.example. NS SOA NSEC"});
  CHECK(few.proof.NameDoesNotExist(N("b.c.w.example.")) == DenialOutcome::kWildcardNotDenied);
}

TEST_CASE("Forged: NXDOMAIN for an empty non-terminal (RFC 8020)") {
  CHECK(Whole().NameDoesNotExist(N("c.example.")) == DenialOutcome::kNameExists);
}

TEST_CASE("NSEC proves that an empty non-terminal has no type") {
  CHECK(Whole().TypeDoesNotExist(N("c.example."), RrType::kA) == DenialOutcome::kProven);
  CHECK(Whole().TypeDoesNotExist(N("w.example."), RrType::kDs) == DenialOutcome::kProven);
}

TEST_CASE("Forged: NODATA for a name that does not exist at all") {
  CHECK(Whole().TypeDoesNotExist(N("b.example."), RrType::kA) == DenialOutcome::kWildcardNotDenied);
}

TEST_CASE("NSEC proves that a wildcard has no type (RFC 4035 5.4)") {
  CHECK(Whole().TypeDoesNotExist(N("x.w.example."), RrType::kMx) == DenialOutcome::kProven);
  CHECK(Whole().TypeDoesNotExist(N("x.w.example."), RrType::kA) == DenialOutcome::kTypeExists);
}

TEST_CASE("NSEC proves that no closer name exists for a wildcard's answer (RFC 4035 5.3.4)") {
  CHECK(Whole().NoCloserName(N("x.w.example."), N("w.example.")) == DenialOutcome::kProven);
  CHECK(Whole().NoCloserName(N("x.y.w.example."), N("w.example.")) == DenialOutcome::kProven);
}

TEST_CASE("Forged: a wildcard's answer for a name that exists, or has a closer encloser") {
  CHECK(Whole().NoCloserName(N("a.example."), N("example.")) == DenialOutcome::kNameExists);
  CHECK(Whole().NoCloserName(N("x.a.example."), N("example.")) == DenialOutcome::kNameExists);
  CHECK(Whole().NoCloserName(N("x.c.example."), N("example.")) == DenialOutcome::kNameExists);
}

TEST_CASE("NSEC proves a delegation insecure, when it lists NS and not DS (RFC 6840 4.4)") {
  CHECK(Whole().IsInsecureDelegation(N("d.example.")) == DenialOutcome::kProven);
  CHECK(Whole().IsInsecureDelegation(N("e.example.")) == DenialOutcome::kTypeExists);
  CHECK(Whole().IsInsecureDelegation(N("a.example.")) == DenialOutcome::kNotDelegated);
  CHECK(Whole().IsInsecureDelegation(N("b.example.")) == DenialOutcome::kNotCovered);
}

TEST_CASE("The last NSEC of a zone reaches to its end, and a zone's only one over all of it (RFC 4034 4.1.1)") {
  const Few last({"z.example. 60 NSEC example. A NSEC", "example. 60 NSEC b.example. NS SOA NSEC"});
  CHECK(last.proof.NameDoesNotExist(N("zz.example.")) == DenialOutcome::kProven);
  const Few only({"example. 60 NSEC example. NS SOA NSEC"});
  CHECK(only.proof.NameDoesNotExist(N("a.example.")) == DenialOutcome::kProven);
  CHECK(only.proof.NameDoesNotExist(N("example.")) == DenialOutcome::kNameExists);
}

TEST_CASE("Forged: an NSEC whose next name is outside its zone, or whose owner is") {
  const Few outside({"a.example. 60 NSEC z.org. A NSEC"});
  CHECK(outside.proof.NameDoesNotExist(N("b.example.")) == DenialOutcome::kNoRecord);
  const Few others({"a.org. 60 NSEC z.org. A NSEC"});
  CHECK(others.proof.NameDoesNotExist(N("b.org.")) == DenialOutcome::kNoRecord);
  // A name outside the zone is none of its business.
  CHECK(Whole().NameDoesNotExist(N("b.org.")) == DenialOutcome::kNotCovered);
}

TEST_CASE("Forged: an NSEC that runs backwards covers nothing") {
  const Few backwards({"m.example. 60 NSEC c.example. A NSEC"});
  CHECK(backwards.proof.NameDoesNotExist(N("z.example.")) == DenialOutcome::kNotCovered);
  CHECK(backwards.proof.NameDoesNotExist(N("a.example.")) == DenialOutcome::kNotCovered);
}

TEST_CASE("A set of two NSECs, or a malformed one, proves nothing") {
  const Few two({"a.example. 60 NSEC z.example. A\na.example. 60 NSEC y.example. A"});
  CHECK(two.proof.NameDoesNotExist(N("b.example.")) == DenialOutcome::kNoRecord);
  wire::RrSet broken = Set("a.example. 60 NSEC z.example. A");
  broken.rdatas = {};
  broken.rdatas.Add(world::Octets{1, 'z', 0, 0, 0});
  CHECK_FALSE(dnssec::Nsec::FromRrSet(broken, N(".")));
}
