#include "engine/resolver/admission.h"

#include <doctest/doctest.h>

#include "engine/world/limits.h"

namespace resolver {
namespace {

using wire::Rcode;
using wire::RrType;

/// Returns a query as a stub sends it.
wire::Message Query(RrType type) {
  wire::Message query;
  query.header.id = 7;
  query.header.rd = true;
  query.question = wire::Question{*wire::Name::FromText("www.example."), type};
  return query;
}

/// Returns a message's octets.
world::Octets OctetsOf(const wire::Message& message) {
  world::Octets octets;
  wire::Write(message, 65'535, wire::Signatures::kInclude, octets);
  return octets;
}

/// Admits a query over UDP.
Admission Admitting(const world::Octets& query, Access access = Access::kAllowed) {
  return Admit(query, world::Protocol::kUdp, access, settings::Settings());
}

/// Returns the code of an answer that is given at once.
Rcode CodeOf(const Admission& admission) { return std::get<Immediate>(admission).rcode; }

TEST_CASE("A plain query is admitted, with 512 octets of room without EDNS (RFC 1035 section 4.2.1)") {
  const Admission admission = Admitting(OctetsOf(Query(RrType::kA)));
  REQUIRE(std::holds_alternative<Admitted>(admission));
  CHECK(std::get<Admitted>(admission).asking.limit == world::limits::kPlainUdpOctets);
}

TEST_CASE("Room is what EDNS offers, from kPlainUdpOctets to kUdpPayloadOctets (RFC 6891 section 6.2.3)") {
  const settings::Settings settings;
  const auto room = [&](uint16_t offered) { return ResponseLimit(world::Protocol::kUdp, offered, settings); };
  CHECK(room(511) == world::limits::kPlainUdpOctets);
  CHECK(room(513) == 513);
  CHECK(room(world::limits::kUdpPayloadOctets) == world::limits::kUdpPayloadOctets);
  CHECK(room(world::limits::kUdpPayloadOctets + 1) == world::limits::kUdpPayloadOctets);
  CHECK(ResponseLimit(world::Protocol::kTcp, std::nullopt, settings) == 65'535);
}

TEST_CASE("A response, or less than a header, gets no answer") {
  wire::Message response = Query(RrType::kA);
  response.header.qr = true;
  CHECK(std::holds_alternative<NotAQuery>(Admitting(OctetsOf(response))));
  CHECK(std::holds_alternative<NotAQuery>(Admitting(world::Octets(11, 0))));
}

TEST_CASE("Octets behind the message are FORMERR; no question likewise, and then none is sent back") {
  world::Octets trailing = OctetsOf(Query(RrType::kA));
  trailing.push_back(0);
  CHECK(CodeOf(Admitting(trailing)) == Rcode::kFormErr);
  wire::Message empty = Query(RrType::kA);
  empty.question.reset();
  const Admission admission = Admitting(OctetsOf(empty));
  CHECK(CodeOf(admission) == Rcode::kFormErr);
  CHECK_FALSE(std::get<Immediate>(admission).echoes_question);
}

TEST_CASE("From outside: REFUSED, with the reason (RFC 8914 section 4.19)") {
  const Admission admission = Admitting(OctetsOf(Query(RrType::kA)), Access::kRefused);
  CHECK(CodeOf(admission) == Rcode::kRefused);
  CHECK(std::get<Immediate>(admission).error->code == wire::EdeCode::kProhibited);
}

TEST_CASE("ANY is answered with one HINFO (RFC 8482 section 4.2)") {
  const Admission admission = Admitting(OctetsOf(Query(RrType::kAny)));
  REQUIRE(std::get<Immediate>(admission).answer.size() == 1);
  CHECK(std::get<Immediate>(admission).answer.front().type == RrType::kHinfo);
}

TEST_CASE("Transfers, other classes and queries without RD are REFUSED; other meta types and opcodes NOTIMP") {
  CHECK(CodeOf(Admitting(OctetsOf(Query(RrType::kAxfr)))) == Rcode::kRefused);
  CHECK(CodeOf(Admitting(OctetsOf(Query(RrType::kMailb)))) == Rcode::kNotImp);
  wire::Message chaos = Query(RrType::kTxt);
  chaos.question->rr_class = wire::RrClass::kChaos;
  CHECK(CodeOf(Admitting(OctetsOf(chaos))) == Rcode::kRefused);
  wire::Message iterative = Query(RrType::kA);
  iterative.header.rd = false;
  CHECK(CodeOf(Admitting(OctetsOf(iterative))) == Rcode::kRefused);
  wire::Message notify = Query(RrType::kSoa);
  notify.header.opcode = wire::Opcode::kNotify;
  CHECK(CodeOf(Admitting(OctetsOf(notify))) == Rcode::kNotImp);
}

TEST_CASE("An unknown version of EDNS is BADVERS (RFC 6891 section 6.1.3)") {
  wire::Message query = Query(RrType::kA);
  query.edns = wire::Edns{};
  query.edns->version = 1;
  CHECK(CodeOf(Admitting(OctetsOf(query))) == Rcode::kBadVers);
}

}  // namespace
}  // namespace resolver
