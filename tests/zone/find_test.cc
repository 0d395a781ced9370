// What a zone says of a question (RFC 1034 section 4.3.2).
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>

#include "tests/zone/zone_text.h"

namespace {

using wire::RrType;
using zone_test::kMiniature;
using zone_test::N;
using zone_test::Parse;

/// Adds `owner TYPE, ` of each set.
template <typename Sets>
std::string Names(const Sets& sets) {
  std::string names;
  for (const wire::RrSet* rrset : sets) {
    names += (names.empty() ? "" : ", ") + rrset->owner.ToText() + " " + wire::ToText(rrset->type);
  }
  return names;
}

/// Says in a line what the zone answers.
std::string Ask(const zone::Snapshot& zone, std::string_view name, RrType type) {
  const zone::Lookup lookup = zone->Find(N(name), type);
  if (const auto* found = std::get_if<zone::Found>(&lookup)) {
    return "found " + found->rrset->owner.ToText() + " " + wire::ToText(found->rrset->type) +
           (found->denial.empty() ? "" : " | " + Names(found->denial));
  }
  if (const auto* nodata = std::get_if<zone::NoData>(&lookup)) return "no data | " + Names(nodata->denial);
  if (const auto* denied = std::get_if<zone::NxDomain>(&lookup)) return "no name | " + Names(denied->denial);
  const auto& referral = std::get<zone::Referral>(lookup);
  return "to " + referral.ns->owner.ToText() + (referral.ds == nullptr ? "" : " DS") + " | " + Names(referral.glue) +
         " | " + Names(referral.denial);
}

/// A zone that is not the root, with a wildcard, aliases and empty non-terminals.
constexpr std::string_view kExample = R"(
$ORIGIN example.
$TTL 60
@ SOA ns x 1 1 1 1 1
@ NS ns
ns A 192.0.2.1
alias CNAME www
old DNAME new
*.wild TXT text
*.wild A 192.0.2.9
here.wild A 192.0.2.2
a.b.c A 192.0.2.3
sub NS ns
sub NS ns.other.sub
deep.sub NS ns.deep.sub
ns.deep.sub A 192.0.2.4
www A 192.0.2.5
)";

}  // namespace

TEST_CASE("A name at or below a delegation is referred, with the glue that the zone has") {
  const zone::Snapshot zone = *Parse(kMiniature);
  const std::string alpha = "to alpha. DS | ns.beta. A, ns1.nic.alpha. A, ns1.nic.alpha. AAAA | ";
  CHECK(Ask(zone, "www.deep.alpha.", RrType::kA) == alpha);
  CHECK(Ask(zone, "ALPHA.", RrType::kNs) == alpha);
  CHECK(Ask(zone, "ns1.nic.alpha.", RrType::kA) == alpha);
}

TEST_CASE("A delegation without DS comes with its NSEC (RFC 4035 3.1.4)") {
  CHECK(Ask(*Parse(kMiniature), "x.beta.", RrType::kA) == "to beta. | ns.beta. A | beta. NSEC");
}

TEST_CASE("The parent answers for the DS at a cut, and refers for one below (RFC 4035 3.1.4.1)") {
  const zone::Snapshot zone = *Parse(kMiniature);
  CHECK(Ask(zone, "alpha.", RrType::kDs) == "found alpha. DS");
  CHECK(Ask(zone, "beta.", RrType::kDs) == "no data | beta. NSEC");
  CHECK(Ask(zone, "x.beta.", RrType::kDs) == "to beta. | ns.beta. A | beta. NSEC");
}

TEST_CASE("The apex answers for itself") {
  const zone::Snapshot zone = *Parse(kMiniature);
  CHECK(Ask(zone, ".", RrType::kSoa) == "found . SOA");
  CHECK(Ask(zone, ".", RrType::kNs) == "found . NS");
  CHECK(Ask(zone, ".", RrType::kDs) == "no data | . NSEC");
  CHECK(Ask(zone, ".", RrType::kA) == "no data | . NSEC");
}

TEST_CASE("A name that is not there is denied with the NSECs of the name and of the wildcard (RFC 4035 3.1.3.2)") {
  const zone::Snapshot zone = *Parse(kMiniature);
  CHECK(Ask(zone, "b.aaa.", RrType::kA) == "no name | . NSEC");
  CHECK(Ask(zone, "alphb.", RrType::kA) == "no name | alpha. NSEC, . NSEC");
  CHECK(Ask(zone, "zzz.", RrType::kA) == "no name | test. NSEC, . NSEC");
}

TEST_CASE("Glue is found at its exact name alone") {
  const zone::Snapshot zone = *Parse(kMiniature);
  CHECK(zone->Exact(N("ns1.nic.ALPHA."), RrType::kA) != nullptr);
  CHECK(zone->Exact(N("nic.alpha."), RrType::kA) == nullptr);
  CHECK(zone->Exact(N("ns1.nic.alpha."), RrType::kMx) == nullptr);
}

TEST_CASE("A name finds its set, or its CNAME for other types") {
  const zone::Snapshot zone = *Parse(kExample, "example.");
  CHECK(Ask(zone, "www.example.", RrType::kA) == "found www.example. A");
  CHECK(Ask(zone, "www.example.", RrType::kMx) == "no data | ");
  CHECK(Ask(zone, "alias.example.", RrType::kA) == "found alias.example. CNAME");
  CHECK(Ask(zone, "alias.example.", RrType::kCname) == "found alias.example. CNAME");
}

TEST_CASE("A question for ANY finds one set of the name (RFC 8482 4.1)") {
  const zone::Snapshot zone = *Parse(kExample, "example.");
  CHECK(Ask(zone, "www.example.", RrType::kAny) == "found www.example. A");
  CHECK(Ask(zone, "b.c.example.", RrType::kAny) == "no data | ");
}

TEST_CASE("A DNAME answers for what is below it, and not for its own name (RFC 6672 2.3)") {
  const zone::Snapshot zone = *Parse(kExample, "example.");
  CHECK(Ask(zone, "x.y.old.example.", RrType::kA) == "found old.example. DNAME");
  CHECK(Ask(zone, "old.example.", RrType::kA) == "no data | ");
}

TEST_CASE("An empty non-terminal exists without data (RFC 4592 2.2.2)") {
  const zone::Snapshot zone = *Parse(kExample, "example.");
  CHECK(Ask(zone, "b.c.example.", RrType::kA) == "no data | ");
  CHECK(Ask(zone, "c.example.", RrType::kA) == "no data | ");
  CHECK(Ask(zone, "x.c.example.", RrType::kA) == "no name | ");
}

TEST_CASE("A wildcard answers for names that are not there, below its closest encloser alone (RFC 4592 3.3.1)") {
  const zone::Snapshot zone = *Parse(kExample, "example.");
  CHECK(Ask(zone, "x.wild.example.", RrType::kA) == "found *.wild.example. A");
  CHECK(Ask(zone, "x.y.wild.example.", RrType::kTxt) == "found *.wild.example. TXT");
  CHECK(Ask(zone, "x.wild.example.", RrType::kMx) == "no data | ");
  CHECK(Ask(zone, "here.wild.example.", RrType::kTxt) == "no data | ");
  CHECK(Ask(zone, "x.here.wild.example.", RrType::kA) == "no name | ");
}

TEST_CASE("The uppermost of nested cuts is the zone's only one (RFC 2181 6)") {
  const zone::Snapshot zone = *Parse(kExample, "example.");
  CHECK(Ask(zone, "ns.deep.sub.example.", RrType::kA) == "to sub.example. | ns.example. A | ");
  CHECK(zone->delegation_count() == 1);
}

TEST_CASE("A wildcard's answer comes with the proof that the name is not there (RFC 4035 3.1.3.3, 3.1.3.4)") {
  const zone::Snapshot zone = *Parse(
      "$TTL 60\n"
      "@ SOA ns x 1 1 1 1 1\n@ NS ns\n@ NSEC * NS SOA NSEC\n* A 192.0.2.1\n* NSEC ns A NSEC\nns A 192.0.2.2\n"
      "ns NSEC @ A NSEC\n",
      "example.");
  CHECK(Ask(zone, "x.example.", RrType::kA) == "found *.example. A | ns.example. NSEC");
  CHECK(Ask(zone, "x.example.", RrType::kMx) == "no data | *.example. NSEC, ns.example. NSEC");
  CHECK(Ask(zone, "x.ns.example.", RrType::kA) == "no name | ns.example. NSEC");
  CHECK(Ask(zone, "b.example.", RrType::kMx) == "no data | *.example. NSEC");
}
