#include <doctest/doctest.h>

#include <string>

#include "engine/wire/message.h"
#include "engine/world/limits.h"
#include "tests/wire/packet.h"

using namespace wire;
using world::Octets;
using world::OctetView;

namespace {

Name N(std::string_view text) { return *Name::FromText(text); }

/// Returns a set of A records with the given last octets.
RrSet Addresses(std::string_view owner, std::initializer_list<int> last_octets) {
  RrSet set{.owner = N(owner), .type = RrType::kA, .rr_class = RrClass::kIn, .ttl = 60, .rdatas = {}, .signatures = {}};
  for (const int last : last_octets) set.rdatas.Add(Octets{192, 0, 2, static_cast<uint8_t>(last)});
  return set;
}

/// Returns a set of one record.
RrSet One(std::string_view owner, RrType type, const Octets& rdata) {
  RrSet set{.owner = N(owner), .type = type, .rr_class = RrClass::kIn, .ttl = 60, .rdatas = {}, .signatures = {}};
  set.rdatas.Add(rdata);
  return set;
}

/// Returns the octets of a name.
Octets Wire(std::string_view text) {
  const Name name = N(text);
  return Octets(name.octets().begin(), name.octets().end());
}

/// Returns a response to `www.example. A`.
Message Response() {
  Message message;
  message.header = {.id = 0x1234, .qr = true, .rd = true, .ra = true};
  message.question = Question{.name = N("www.example"), .type = RrType::kA, .rr_class = RrClass::kIn};
  return message;
}

/// Returns the octets of a message.
Octets OctetsOf(const Message& message, size_t limit = 65535, Signatures signatures = Signatures::kInclude) {
  Octets out;
  Write(message, limit, signatures, out);
  return out;
}

}  // namespace

TEST_CASE("A response is written as its grammar says, names compressed (RFC 1035 4.1.4)") {
  Message message = Response();
  message.answer = {One("www.example", RrType::kCname, Wire("web.EXAMPLE")), Addresses("web.example", {1, 2})};
  Packet expected(0x8180, 1, 3, 0, 0);
  expected.Name("www.example").Asked(RrType::kA);
  expected.Pointer(12).Fields(RrType::kCname, 60, 6).Label("web").Pointer(16);
  expected.Pointer(41).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
  expected.Pointer(41).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 2});
  CHECK(OctetsOf(message) == expected.octets);
}

TEST_CASE("Every bit of a header is written where it is read") {
  for (int flags = 0; flags < 0x10000; flags += 0x10) {
    if ((flags & 0x40) != 0) continue;  // The one bit that has no meaning.
    const std::optional<Message> message = Parse(Packet(static_cast<uint16_t>(flags), 0, 0, 0, 0).octets);
    REQUIRE(OctetsOf(*message) == Packet(static_cast<uint16_t>(flags), 0, 0, 0, 0).octets);
  }
}

TEST_CASE("Writing appends, and pointers count from the start of the message") {
  Message message = Response();
  message.answer = {Addresses("www.example", {1})};
  Octets out = {0xaa, 0xbb};
  Write(message, 512, Signatures::kInclude, out);
  CHECK(Octets(out.begin(), out.begin() + 2) == Octets{0xaa, 0xbb});
  CHECK(Octets(out.begin() + 2, out.end()) == OctetsOf(message));
}

TEST_CASE("The case of the question is kept, and that of names written whole") {
  Message message = Response();
  message.question->name = N("wWw.ExAmPlE");
  message.answer = {One("www.example", RrType::kSrv, Octets{0, 0, 0, 0, 0, 53, 2, 'N', 's', 0})};
  const std::optional<Message> read = Parse(OctetsOf(message));
  REQUIRE(read);
  CHECK(read->question->name.SameCase(N("wWw.ExAmPlE")));
  CHECK(*read == message);
}

TEST_CASE("Only names of RFC 1035 types are compressed (RFC 3597 4)") {
  const auto rdata_octets = [](RrType type, size_t before, size_t after) {
    Message message = Response();
    Octets rdata(before, 0);
    const Octets name = Wire("www.example");
    rdata.insert(rdata.end(), name.begin(), name.end());
    rdata.resize(rdata.size() + after);
    message.answer = {One("www.example", type, rdata)};
    return OctetsOf(message).size() - 29 - 12 - before - after;
  };
  CHECK(rdata_octets(RrType::kNs, 0, 0) == 2);
  CHECK(rdata_octets(RrType::kMx, 2, 0) == 2);
  CHECK(rdata_octets(RrType::kPtr, 0, 0) == 2);
  CHECK(rdata_octets(RrType::kSrv, 6, 0) == 13);
  CHECK(rdata_octets(RrType::kDname, 0, 0) == 13);
  CHECK(rdata_octets(RrType::kRrsig, 18, 4) == 13);
  CHECK(rdata_octets(RrType::kNsec, 0, 3) == 13);
}

TEST_CASE("Rdata that has not the shape of its type is written as it is") {
  Message message = Response();
  message.answer = {One("www.example", RrType::kMx, Octets{0, 1, 3, 'a'}),
                    One("www.example", RrType::kNs, Octets{1, 'x', 0xc0, 12})};
  const Octets out = OctetsOf(message);
  CHECK(Octets(out.end() - 4, out.end()) == Octets{1, 'x', 0xc0, 12});
}

TEST_CASE("Signatures are written behind their set, or left out") {
  Message message = Response();
  message.answer = {Addresses("www.example", {1})};
  Octets rrsig(19, 0);
  rrsig[1] = 1;
  message.answer[0].signatures.Add(rrsig);
  CHECK(Parse(OctetsOf(message)) == message);
  const std::optional<Message> without = Parse(OctetsOf(message, 512, Signatures::kOmit));
  REQUIRE(without);
  CHECK(without->answer[0].signatures.empty());
  CHECK(without->answer[0].rdatas.size() == 1);
}

TEST_CASE("A set that does not fit the answer is left out whole with all behind it, and TC set (RFC 2181 9)") {
  Message message = Response();
  message.answer = {Addresses("www.example", {1}), One("www.example", static_cast<RrType>(65280), Octets(442, 7)),
                    Addresses("a", {2})};
  message.authority = {Addresses("b", {3})};
  // 29 of the question, 16 of the address, 12 + 442 of the unknown set, 17 of the last: 499 without the last.
  CHECK(OctetsOf(message, 65535).size() == 499 + 2 * 17);
  Octets out;
  CHECK(Write(message, 516, Signatures::kInclude, out).truncated);
  CHECK(out.size() == 516);
  std::optional<Message> read = Parse(out);
  REQUIRE(read);
  CHECK(read->header.tc);
  CHECK(read->answer.size() == 3);
  CHECK(read->authority.empty());

  out.clear();
  CHECK(Write(message, 515, Signatures::kInclude, out).truncated);
  read = Parse(out);
  REQUIRE(read);
  CHECK(read->answer.size() == 2);
}

TEST_CASE("Exactly the limit fits, one octet less does not") {
  Message message = Response();
  message.answer = {One("www.example", static_cast<RrType>(65280), Octets(571, 7))};
  Octets out;
  CHECK_FALSE(Write(message, 612, Signatures::kInclude, out).truncated);
  CHECK(out.size() == 612);
  out.clear();
  CHECK(Write(message, 611, Signatures::kInclude, out).truncated);
  CHECK(out.size() == 29);
}

TEST_CASE("What was left out is no target of later pointers") {
  Message message = Response();
  message.additional = {One("big.test", static_cast<RrType>(65280), Octets(600, 7)), Addresses("big.test", {1})};
  const std::optional<Message> read = Parse(OctetsOf(message, 512));
  REQUIRE(read);
  CHECK_FALSE(read->header.tc);
  REQUIRE(read->additional.size() == 1);
  CHECK(read->additional[0] == message.additional[1]);
}

TEST_CASE("A limit below 512 octets is 512 (RFC 6891 6.2.3)") {
  Message message = Response();
  message.answer = {One("www.example", static_cast<RrType>(65280), Octets(512 - 41, 7))};
  CHECK(OctetsOf(message, 0).size() == 512);
}

TEST_CASE("OPT comes last, with DO, the upper bits of the rcode, errors and options") {
  Message message = Response();
  message.header.rcode = Rcode::kBadCookie;
  message.additional = {Addresses("www.example", {1})};
  message.edns = Edns{.payload_octets = 1232,
                      .version = 0,
                      .dnssec_ok = true,
                      .errors = {{.code = EdeCode::kNetworkError, .text = "hi"}},
                      .options = {{.code = 10, .value = {1, 2}}}};
  const Octets out = OctetsOf(message);
  CHECK(Parse(out) == message);
  const Octets opt = {0, 0, 41, 4, 208, 1, 0, 0x80, 0, 0, 14, 0, 15, 0, 4, 0, 23, 'h', 'i', 0, 10, 0, 2, 1, 2};
  CHECK(Octets(out.end() - 25, out.end()) == opt);
}

TEST_CASE("An rcode above 15 without EDNS is written as SERVFAIL, not as its lower bits") {
  Message message = Response();
  message.header.rcode = Rcode::kBadVers;
  CHECK(Parse(OctetsOf(message))->header.rcode == Rcode::kServFail);
}

TEST_CASE("Texts of errors give way to records, and are cut between characters") {
  Message message = Response();
  message.answer = {One("www.example", static_cast<RrType>(65280), Octets(440, 7))};
  message.edns = Edns{.errors = {{.code = EdeCode::kOther, .text = std::string(9, 'x') + "\u00e9 and more"},
                                 {.code = EdeCode::kNotReady, .text = "second"}}};
  // 29 + 12 + 440 leave 31: 11 of OPT, twice 6 of codes, and 8 for texts.
  std::optional<Message> read = Parse(OctetsOf(message, 512));
  REQUIRE(read);
  CHECK_FALSE(read->header.tc);
  CHECK(read->answer.size() == 1);
  CHECK(read->edns->errors[0].text == "xxxxxxxx");
  CHECK(read->edns->errors[1] == ExtendedError{.code = EdeCode::kNotReady, .text = ""});
  read = Parse(OctetsOf(message, 514));
  CHECK(read->edns->errors[0].text == "xxxxxxxxx");
  read = Parse(OctetsOf(message, 515));
  CHECK(read->edns->errors[0].text == "xxxxxxxxx\u00e9");
}

TEST_CASE("A set gives way to OPT: records leave room for its options") {
  Message message = Response();
  message.answer = {One("www.example", static_cast<RrType>(65280), Octets(461, 7))};
  message.edns = Edns{};
  CHECK(Parse(OctetsOf(message, 512))->header.tc);
  message.answer = {One("www.example", static_cast<RrType>(65280), Octets(460, 7))};
  CHECK(OctetsOf(message, 512).size() == 512);
  CHECK_FALSE(Parse(OctetsOf(message, 512))->header.tc);
}

TEST_CASE("Options beyond the limit are left out, and the OPT stays") {
  Message message = Response();
  message.edns = Edns{.options = {{.code = 10, .value = Octets(400)}, {.code = 12, .value = Octets(400)}}};
  const std::optional<Message> read = Parse(OctetsOf(message, 512));
  REQUIRE(read);
  CHECK(read->edns->options.size() == 1);
}

TEST_CASE("Names past the reach of a pointer are written whole, and the message reads back (RFC 1035 4.1.4)") {
  Message message = Response();
  message.answer = {One("www.example", static_cast<RrType>(65280), Octets(16384, 7)), Addresses("far.test", {1, 2})};
  CHECK(Parse(OctetsOf(message)) == message);
}

TEST_CASE("Beyond 256 remembered labels names are written whole") {
  Message message = Response();
  for (int i = 0; i < 300; ++i) message.answer.push_back(Addresses("h" + std::to_string(i), {1}));
  message.authority = {Addresses("x.h253", {1}), Addresses("x.h254", {1}), Addresses("x.h299", {1})};
  const Octets out = OctetsOf(message);
  CHECK(world::limits::kMaxCompressionTargets == 256);
  CHECK(Parse(out) == message);
  // `www` and `example` take two of the targets, so that h253 is the last; a pointer to it saves four octets.
  CHECK(out.size() == 29 + 10 * 18 + 90 * 19 + 200 * 20 + 18 + 2 * 22);
}

TEST_CASE("A query holds just its question and OPT") {
  const Question question{.name = N("wWw.example"), .type = RrType::kAaaa, .rr_class = RrClass::kIn};
  Packet plain(0x0000, 1, 0, 0, 0);
  plain.Name("wWw.example").Asked(RrType::kAaaa);
  CHECK(MakeQuery(0x1234, question, Recursion::kNotDesired, std::nullopt) == plain.octets);
  Packet with_opt(0x0100, 1, 0, 0, 1);
  with_opt.Name("wWw.example").Asked(RrType::kAaaa).U8(0).U16(41).U16(1232).U32(0x8000).U16(0);
  CHECK(MakeQuery(0x1234, question, Recursion::kDesired, Edns{.dnssec_ok = true}) == with_opt.octets);
}
