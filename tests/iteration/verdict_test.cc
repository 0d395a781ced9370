#include "engine/iteration/verdict.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <initializer_list>

#include "engine/world/limits.h"

namespace iteration {
namespace {

using wire::Message;
using wire::Name;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

const Name kZone = *Name::FromText("example.");
const wire::Question kAsked{*Name::FromText("www.example."), RrType::kA};

/// Returns a set of one record.
RrSet Set(const char* owner, RrType type, const char* rdata) {
  RrSet set{*Name::FromText(owner), type, wire::RrClass::kIn, 300, {}, {}};
  set.rdatas.Add(*wire::RdataFromText(type, rdata));
  return set;
}

/// Returns a response of the zone's server.
Message Response(Rcode rcode = Rcode::kNoError) {
  Message response;
  response.header.qr = true;
  response.header.aa = true;
  response.header.rcode = rcode;
  response.question = kAsked;
  return response;
}

/// Judges a response to the question.
Judgement Judged(Message response) { return Judge({kAsked, kZone, true}, std::move(response)); }

const char* const kSoaText = "ns.example. host.example. 1 3600 900 86400 60";

TEST_CASE("The set asked for is an answer") {
  Message response = Response();
  response.answer.push_back(Set("www.example.", RrType::kA, "192.0.2.1"));
  const Verdict verdict = Judged(response).verdict;
  REQUIRE(std::holds_alternative<Answered>(verdict));
  CHECK(std::get<Answered>(verdict).weight == Weight::kGood);
}

TEST_CASE("What a cache says (RA without AA) is the last resort") {
  Message response = Response();
  response.header.aa = false;
  response.header.ra = true;
  response.answer.push_back(Set("www.example.", RrType::kA, "192.0.2.1"));
  CHECK(std::get<Answered>(Judged(response).verdict).weight == Weight::kLastResort);
}

TEST_CASE("A set outside the zone asked is not believed, wherever it stands (RFC 5452 section 6)") {
  Message response = Response();
  response.answer.push_back(Set("www.example.", RrType::kCname, "www.victim."));
  response.answer.push_back(Set("www.victim.", RrType::kA, "192.0.2.66"));
  response.authority.push_back(Set("victim.", RrType::kNs, "ns.example."));
  response.additional.push_back(Set("ns.victim.", RrType::kA, "192.0.2.66"));
  const Judgement judgement = Judged(response);
  CHECK(judgement.scrubbed_sets == 3);
  REQUIRE(std::holds_alternative<Aliased>(judgement.verdict));
  CHECK(std::get<Aliased>(judgement.verdict).target == *Name::FromText("www.victim."));
  CHECK(std::get<Aliased>(judgement.verdict).chain.size() == 1);
}

TEST_CASE("A DNAME makes the CNAME, whatever CNAME stands beside it (RFC 6672 section 3.1)") {
  Message response = Response();
  response.question->name = *Name::FromText("a.www.example.");
  response.answer.push_back(Set("www.example.", RrType::kDname, "other.example."));
  response.answer.push_back(Set("a.www.example.", RrType::kCname, "evil.example."));
  const Verdict verdict = Judge({*response.question, kZone, true}, response).verdict;
  REQUIRE(std::holds_alternative<Aliased>(verdict));
  CHECK(std::get<Aliased>(verdict).target == *Name::FromText("a.other.example."));
}

TEST_CASE("A CNAME set of two records is malformed (RFC 1034 section 3.6.2)") {
  Message response = Response();
  response.answer.push_back(Set("www.example.", RrType::kCname, "a.example."));
  response.answer.back().rdatas.Add(*wire::RdataFromText(RrType::kCname, "b.example."));
  CHECK(std::holds_alternative<Lame>(Judged(response).verdict));
}

TEST_CASE("NS below the zone and above the name is a referral, with the glue of its own names alone") {
  Message response = Response();
  response.header.aa = false;
  response.authority.push_back(Set("www.example.", RrType::kNs, "ns.www.example."));
  response.additional.push_back(Set("ns.www.example.", RrType::kA, "192.0.2.2"));
  response.additional.push_back(Set("mail.example.", RrType::kA, "192.0.2.3"));
  const Verdict verdict = Judged(response).verdict;
  REQUIRE(std::holds_alternative<Referred>(verdict));
  CHECK(std::get<Referred>(verdict).glue.size() == 1);
}

TEST_CASE("NS of the zone itself, or of one above, is no referral: the server is lame") {
  for (const char* owner : {"example.", "."}) {
    Message response = Response();
    response.header.aa = false;
    response.authority.push_back(Set(owner, RrType::kNs, "ns.example."));
    CHECK(std::holds_alternative<Lame>(Judged(response).verdict));
  }
}

TEST_CASE("An empty answer with SOA is NODATA; without, the last resort") {
  Message response = Response();
  response.authority.push_back(Set("example.", RrType::kSoa, kSoaText));
  CHECK(std::get<NoDataAt>(Judged(response).verdict).weight == Weight::kGood);
  CHECK(std::get<NoDataAt>(Judged(Response()).verdict).weight == Weight::kLastResort);
}

TEST_CASE("NXDOMAIN behind an alias counts for the target only where the zone has the say (RFC 2308 section 2.1)") {
  Message response = Response(Rcode::kNxDomain);
  response.answer.push_back(Set("www.example.", RrType::kCname, "no.example."));
  response.authority.push_back(Set("example.", RrType::kSoa, kSoaText));
  CHECK(std::get<NxDomainAt>(Judged(response).verdict).name == *Name::FromText("no.example."));
  Message foreign = Response(Rcode::kNxDomain);
  foreign.answer.push_back(Set("www.example.", RrType::kCname, "no.other."));
  foreign.authority.push_back(Set("other.", RrType::kSoa, kSoaText));
  CHECK(std::holds_alternative<Aliased>(Judged(foreign).verdict));
}

TEST_CASE(
    "FORMERR without OPT to a query with EDNS is about EDNS, with OPT it is about the query (RFC 6891 section 7)") {
  Message response = Response(Rcode::kFormErr);
  CHECK(std::holds_alternative<EdnsRefused>(Judged(response).verdict));
  response.edns = wire::Edns{};
  CHECK(std::holds_alternative<ServerError>(Judged(response).verdict));
  CHECK(std::holds_alternative<ServerError>(Judge({kAsked, kZone, false}, Response(Rcode::kFormErr)).verdict));
}

TEST_CASE("SERVFAIL and REFUSED are the server's errors") {
  CHECK(std::get<ServerError>(Judged(Response(Rcode::kRefused)).verdict).rcode == Rcode::kRefused);
  CHECK(std::get<ServerError>(Judged(Response(Rcode::kServFail)).verdict).rcode == Rcode::kServFail);
}

TEST_CASE("kMaxProofSets NSECs of a response are kept, and not one more (CVE-2023-50868)") {
  for (const size_t more : {size_t{0}, size_t{1}}) {
    Message response = Response(Rcode::kNxDomain);
    response.authority.push_back(Set("example.", RrType::kSoa, kSoaText));
    for (size_t i = 0; i < world::limits::kMaxProofSets + more; ++i) {
      response.authority.push_back(Set(fmt::format("n{}.example.", i).c_str(), RrType::kNsec, "z.example. A"));
    }
    const Judgement judgement = Judged(response);
    CHECK(std::get<NxDomainAt>(judgement.verdict).proofs.size() == world::limits::kMaxProofSets);
    CHECK(judgement.proofs_left_out == more);
  }
}

TEST_CASE("Where an answer was not believed, only its first alias is taken of the next one") {
  Message response = Response();
  response.answer.push_back(Set("www.example.", RrType::kCname, "b.example."));
  response.answer.push_back(Set("b.example.", RrType::kA, "192.0.2.1"));
  const Verdict apart = Judge({kAsked, kZone, true, Aliases::kTakenApart}, response).verdict;
  REQUIRE(std::holds_alternative<Aliased>(apart));
  CHECK(std::get<Aliased>(apart).chain.size() == 1);
  CHECK(std::get<Aliased>(apart).target == *Name::FromText("b.example."));
}

}  // namespace
}  // namespace iteration
