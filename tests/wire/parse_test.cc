#include <doctest/doctest.h>

#include <string>

#include "engine/wire/message.h"
#include "engine/world/limits.h"
#include "tests/wire/packet.h"

using namespace wire;
using world::Octets;
using world::OctetView;

namespace {

/// A response to `www.example. A` whose question ends at octet 29; `example.` stands at 16.
constexpr size_t kOwner = 12;
constexpr size_t kExample = 16;

Packet Response(uint16_t answers, uint16_t authorities = 0, uint16_t additionals = 0) {
  Packet packet(0x8180, 1, answers, authorities, additionals);
  packet.Name("www.example").Asked(RrType::kA);
  return packet;
}

Name N(std::string_view text) { return *Name::FromText(text); }

/// Returns the octets of one rdata of a list.
Octets At(const RdataList& list, size_t index) {
  auto at = list.begin();
  for (; index > 0; --index) ++at;
  return Octets((*at).begin(), (*at).end());
}

/// Returns the answer of a response with one record of the given type and rdata.
std::optional<Message> ParseRecord(RrType type, const Octets& rdata, RrClass rr_class = RrClass::kIn) {
  Packet packet = Response(1);
  packet.Pointer(kOwner).U16(static_cast<int>(type)).U16(static_cast<int>(rr_class)).U32(60);
  packet.U16(static_cast<int>(rdata.size())).Raw(rdata);
  return Parse(packet.octets);
}

}  // namespace

TEST_CASE("A header's bits stand where RFC 1035 4.1.1 and RFC 4035 3 put them") {
  CHECK(Parse(Packet(0x8000, 0, 0, 0, 0).octets)->header == Header{.id = 0x1234, .qr = true});
  CHECK(Parse(Packet(0x0400, 0, 0, 0, 0).octets)->header == Header{.id = 0x1234, .aa = true});
  CHECK(Parse(Packet(0x0200, 0, 0, 0, 0).octets)->header == Header{.id = 0x1234, .tc = true});
  CHECK(Parse(Packet(0x0100, 0, 0, 0, 0).octets)->header == Header{.id = 0x1234, .rd = true});
  CHECK(Parse(Packet(0x0080, 0, 0, 0, 0).octets)->header == Header{.id = 0x1234, .ra = true});
  CHECK(Parse(Packet(0x0020, 0, 0, 0, 0).octets)->header == Header{.id = 0x1234, .ad = true});
  CHECK(Parse(Packet(0x0010, 0, 0, 0, 0).octets)->header == Header{.id = 0x1234, .cd = true});
  CHECK(Parse(Packet(0x2803, 0, 0, 0, 0).octets)->header ==
        Header{.id = 0x1234, .opcode = Opcode::kUpdate, .rcode = Rcode::kNxDomain});
}

TEST_CASE("An opening is header and question, whatever follows") {
  Packet packet = Response(9);
  packet.Raw({1, 2, 3});
  const std::optional<Opening> opening = ParseOpening(packet.octets);
  REQUIRE(opening);
  CHECK(opening->header.id == 0x1234);
  CHECK(opening->header.qr);
  CHECK(opening->question_count == 1);
  CHECK(opening->question == Question{.name = N("www.example"), .type = RrType::kA, .rr_class = RrClass::kIn});
  CHECK(opening->octets == 29);
}

TEST_CASE("An opening needs a whole header, and has a question only where exactly one is well-formed") {
  const Octets header = Packet(0x0100, 0, 0, 0, 0).octets;
  CHECK(ParseOpening(header));
  CHECK_FALSE(ParseOpening(OctetView(header).first(11)));
  CHECK_FALSE(ParseOpening(header)->question);
  Packet two(0x0100, 2, 0, 0, 0);
  two.Name("a").Asked(RrType::kA).Name("b").Asked(RrType::kA);
  CHECK(ParseOpening(two.octets)->question_count == 2);
  CHECK_FALSE(ParseOpening(two.octets)->question);
  CHECK_FALSE(Parse(two.octets));
  Packet cut(0x0100, 1, 0, 0, 0);
  cut.Name("a").U16(1).U8(0);
  CHECK(ParseOpening(cut.octets)->octets == 12);
  CHECK_FALSE(ParseOpening(cut.octets)->question);
  Packet pointing(0x0100, 1, 0, 0, 0);
  pointing.Pointer(0).Asked(RrType::kA);
  CHECK_FALSE(ParseOpening(pointing.octets)->question);
}

TEST_CASE("A compressed answer reads whole, with the case of its names") {
  Packet packet = Response(2);
  packet.Pointer(kOwner).Fields(RrType::kCname, 300, 6).Label("WeB").Pointer(kExample);
  packet.Pointer(41).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  REQUIRE(message->answer.size() == 2);
  CHECK(message->answer[0].owner == N("www.example"));
  CHECK(message->answer[0].ttl == 300);
  CHECK(TargetName(RrType::kCname, *message->answer[0].rdatas.begin())->SameCase(N("WeB.example")));
  CHECK(message->answer[1].owner.SameCase(N("WeB.example")));
  CHECK(At(message->answer[1].rdatas, 0) == Octets{192, 0, 2, 1});
}

TEST_CASE("Records of one owner, class and type are one set, adjacent or not, without duplicates (RFC 2181 5)") {
  Packet packet = Response(4);
  packet.Pointer(kOwner).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
  packet.Pointer(kOwner).Fields(RrType::kTxt, 60, 2).Raw({1, 'x'});
  packet.Name("WWW.EXAMPLE").Fields(RrType::kA, 30, 4).Raw({192, 0, 2, 2});
  packet.Pointer(kOwner).Fields(RrType::kA, 90, 4).Raw({192, 0, 2, 1});
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  REQUIRE(message->answer.size() == 2);
  CHECK(message->answer[0].type == RrType::kA);
  CHECK(message->answer[0].ttl == 30);
  REQUIRE(message->answer[0].rdatas.size() == 2);
  CHECK(At(message->answer[0].rdatas, 1) == Octets{192, 0, 2, 2});
  CHECK(message->answer[1].type == RrType::kTxt);
}

TEST_CASE("Other owner, class or section make other sets") {
  Packet packet = Response(3, 1);
  packet.Pointer(kOwner).Fields(RrType::kTxt, 60, 2).Raw({1, 'x'});
  packet.Pointer(kExample).Fields(RrType::kTxt, 60, 2).Raw({1, 'x'});
  packet.Pointer(kOwner).U16(16).U16(3).U32(60).U16(2).Raw({1, 'x'});
  packet.Pointer(kOwner).Fields(RrType::kTxt, 60, 2).Raw({1, 'x'});
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  CHECK(message->answer.size() == 3);
  CHECK(message->authority.size() == 1);
}

TEST_CASE("Many sets and many records of a set are found again, whatever their order") {
  constexpr int kOwners = 100;
  Packet packet(0x8180, 0, 4 * kOwners, 0, 0);
  for (int copy = 0; copy < 2; ++copy) {
    for (int owner = 0; owner < kOwners; ++owner) {
      packet.Name("host" + std::to_string(owner)).Fields(RrType::kA, 60, 4).Raw({10, 0, 0, 1});
      packet.Name("many").Fields(RrType::kA, 60, 4).Raw({10, 0, 0, static_cast<uint8_t>(owner)});
    }
  }
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  REQUIRE(message->answer.size() == kOwners + 1);
  CHECK(message->answer[0].owner == N("host0"));
  CHECK(message->answer[0].rdatas.size() == 1);
  CHECK(message->answer[1].owner == N("many"));
  CHECK(message->answer[1].rdatas.size() == kOwners);
  CHECK(At(message->answer[1].rdatas, 99) == Octets{10, 0, 0, 99});
  CHECK(message->answer[100].owner == N("host99"));
}

TEST_CASE("A TTL with its top bit set is 0 (RFC 2181 8)") {
  Packet packet = Response(2);
  packet.Pointer(kOwner).Fields(RrType::kA, 0x7fffffff, 4).Raw({192, 0, 2, 1});
  packet.Pointer(kExample).Fields(RrType::kA, 0x80000000, 4).Raw({192, 0, 2, 1});
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  CHECK(message->answer[0].ttl == 0x7fffffff);
  CHECK(message->answer[1].ttl == 0);
}

TEST_CASE("RRSIGs stand with the set they cover, before or behind it, or else alone at the end") {
  Octets over_a(18, 0);
  over_a[1] = 1;
  over_a.insert(over_a.end(), {0, 0xaa});
  Octets over_txt = over_a;
  over_txt[1] = 16;
  Packet packet = Response(3);
  packet.Pointer(kOwner).Fields(RrType::kRrsig, 60, 20).Raw(over_txt);
  packet.Pointer(kOwner).Fields(RrType::kRrsig, 50, 20).Raw(over_a);
  packet.Pointer(kOwner).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  REQUIRE(message->answer.size() == 2);
  CHECK(message->answer[0].type == RrType::kA);
  CHECK(message->answer[0].ttl == 50);
  REQUIRE(message->answer[0].signatures.size() == 1);
  CHECK(At(message->answer[0].signatures, 0) == over_a);
  CHECK(message->answer[1].type == RrType::kRrsig);
  CHECK(At(message->answer[1].rdatas, 0) == over_txt);
}

TEST_CASE("A pointer leads back, past the header, to before all of its name") {
  const auto parse_owner = [](auto add_owner) {
    Packet packet = Response(1);
    add_owner(packet);
    packet.Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
    return Parse(packet.octets);
  };
  CHECK(parse_owner([](Packet& p) { p.Pointer(kOwner); }));
  CHECK(parse_owner([](Packet& p) { p.Label("x").Pointer(kOwner); }));
  CHECK_FALSE(parse_owner([](Packet& p) { p.Pointer(p.size()); }));
  CHECK_FALSE(parse_owner([](Packet& p) { p.Pointer(p.size() + 2); }));
  CHECK_FALSE(parse_owner([](Packet& p) { p.Label("x").Pointer(p.size() - 2); }));
  CHECK_FALSE(parse_owner([](Packet& p) { p.Pointer(11); }));
  CHECK_FALSE(parse_owner([](Packet& p) { p.Pointer(0x3fff); }));
  CHECK_FALSE(parse_owner([](Packet& p) { p.U8(0x40).U8(0); }));
  CHECK_FALSE(parse_owner([](Packet& p) { p.U8(0x80).U8(12); }));
}

TEST_CASE("A name follows at most 127 pointers") {
  // TXT rdata holds a chain of pointers, each to the one before it; the first to the question.
  const auto parse_chain = [](int pointers) {
    Packet packet = Response(2);
    packet.Pointer(kOwner).Fields(static_cast<RrType>(65280), 60, 2 * pointers);
    size_t target = kOwner;
    for (int i = 0; i < pointers; ++i) {
      const size_t here = packet.size();
      packet.Pointer(target);
      target = here;
    }
    packet.Pointer(target).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
    return Parse(packet.octets);
  };
  CHECK(world::limits::kMaxPointersPerName == 127);
  CHECK(parse_chain(126));
  CHECK_FALSE(parse_chain(127));
}

TEST_CASE("A name made of pointers has at most 255 octets") {
  const auto parse_long = [](size_t last_label) {
    Packet packet(0x8180, 1, 1, 0, 0);
    const std::string label(63, 'x');
    packet.Label(label).Label(label).Label(label).U8(0).Asked(RrType::kA);
    packet.Label(std::string(last_label, 'y')).Pointer(12).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
    return Parse(packet.octets);
  };
  REQUIRE(parse_long(61));
  CHECK(parse_long(61)->answer[0].owner.octets().size() == 255);
  CHECK_FALSE(parse_long(62));
}

TEST_CASE("Counts fit what follows: no record short, no octet over") {
  Packet packet = Response(1);
  packet.Pointer(kOwner).Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
  REQUIRE(Parse(packet.octets));
  for (size_t size = 0; size < packet.size(); ++size) CHECK_FALSE(Parse(OctetView(packet.octets).first(size)));
  packet.U8(0);
  CHECK_FALSE(Parse(packet.octets));
}

TEST_CASE("A message has at most 2,048 records") {
  const auto parse_records = [](uint16_t records) {
    Packet packet(0x8180, 0, records, 0, 0);
    for (int i = 0; i < records; ++i) packet.U8(0).Fields(RrType::kTxt, 60, 3).U8(2).U16(i);
    return Parse(packet.octets);
  };
  CHECK(world::limits::kMaxRecordsPerMessage == 2048);
  REQUIRE(parse_records(2048));
  CHECK(parse_records(2048)->answer[0].rdatas.size() == 2048);
  CHECK_FALSE(parse_records(2049));
}

TEST_CASE("A message has at most 65,535 octets") {
  Packet packet(0x8180, 0, 1, 0, 0);
  packet.U8(0).Fields(static_cast<RrType>(65280), 60, 65535 - 23);
  packet.octets.resize(65535);
  CHECK(Parse(packet.octets));
  packet.octets.push_back(0);
  CHECK_FALSE(Parse(packet.octets));
}

TEST_CASE("Rdata of known types has their shape") {
  CHECK(ParseRecord(RrType::kA, {1, 2, 3, 4}));
  CHECK_FALSE(ParseRecord(RrType::kA, {1, 2, 3}));
  CHECK_FALSE(ParseRecord(RrType::kA, {1, 2, 3, 4, 5}));
  CHECK_FALSE(ParseRecord(RrType::kA, {}));
  CHECK(ParseRecord(RrType::kAaaa, Octets(16, 1)));
  CHECK_FALSE(ParseRecord(RrType::kAaaa, Octets(15, 1)));
  CHECK(ParseRecord(RrType::kNs, {1, 'a', 0}));
  CHECK_FALSE(ParseRecord(RrType::kNs, {1, 'a'}));
  CHECK_FALSE(ParseRecord(RrType::kNs, {1, 'a', 0, 0}));
  CHECK(ParseRecord(RrType::kMx, {0, 1, 0}));
  CHECK_FALSE(ParseRecord(RrType::kMx, {0, 1}));
  CHECK(ParseRecord(RrType::kTxt, {0}));
  CHECK(ParseRecord(RrType::kTxt, {1, 'a', 1, 'b'}));
  CHECK_FALSE(ParseRecord(RrType::kTxt, {}));
  CHECK_FALSE(ParseRecord(RrType::kTxt, {2, 'a'}));
  CHECK(ParseRecord(RrType::kCaa, {0, 1, 'i'}));
  CHECK_FALSE(ParseRecord(RrType::kCaa, {0, 2, 'i'}));
  CHECK(ParseRecord(RrType::kNsec3param, {1, 0, 0, 0, 0}));
  CHECK_FALSE(ParseRecord(RrType::kNsec3param, {1, 0, 0, 0, 1}));
  CHECK(ParseRecord(RrType::kHttps, {0, 1, 0}));
  CHECK_FALSE(ParseRecord(RrType::kHttps, {0, 1}));
}

TEST_CASE("A SOA is two names and 20 octets, an RRSIG 18 octets and a name at least") {
  Octets soa = {0, 0};
  soa.resize(22);
  CHECK(ParseRecord(RrType::kSoa, soa));
  soa.pop_back();
  CHECK_FALSE(ParseRecord(RrType::kSoa, soa));
  Octets rrsig(19);
  CHECK(ParseRecord(RrType::kRrsig, rrsig));
  rrsig.pop_back();
  CHECK_FALSE(ParseRecord(RrType::kRrsig, rrsig));
  CHECK_FALSE(ParseRecord(RrType::kRrsig, {0}));
  CHECK_FALSE(ParseRecord(RrType::kRrsig, {}));
}

TEST_CASE("Rdata of unknown types is kept as it is, names in it too (RFC 3597)") {
  const std::optional<Message> message = ParseRecord(static_cast<RrType>(65280), {0xc0, 12, 0xff});
  REQUIRE(message);
  CHECK(At(message->answer[0].rdatas, 0) == Octets{0xc0, 12, 0xff});
  CHECK(ParseRecord(static_cast<RrType>(65280), {}));
}

TEST_CASE("Names in rdata are expanded for the types that may arrive compressed (RFC 3597 4)") {
  const Octets expanded = {3, 'w', 'w', 'w', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 0};
  struct Row {
    int type;
    size_t before;
    size_t after;
  };
  const Row rows[] = {{2, 0, 0},  {3, 0, 0},  {4, 0, 0},  {5, 0, 0},  {7, 0, 0},  {8, 0, 0},
                      {9, 0, 0},  {12, 0, 0}, {15, 2, 0}, {18, 2, 0}, {21, 2, 0}, {24, 18, 5},
                      {30, 0, 3}, {33, 6, 0}, {35, 7, 0}, {36, 2, 0}, {39, 0, 0}};
  for (const Row& row : rows) {
    CAPTURE(row.type);
    Octets sent(row.before, 0);
    sent.insert(sent.end(), {0xc0, 12});
    sent.resize(sent.size() + row.after);
    Octets kept(row.before, 0);
    kept.insert(kept.end(), expanded.begin(), expanded.end());
    kept.resize(kept.size() + row.after);
    const std::optional<Message> message = ParseRecord(static_cast<RrType>(row.type), sent);
    REQUIRE(message);
    CHECK(At(message->answer[0].rdatas, 0) == kept);
  }
}

TEST_CASE("Names in rdata are not compressed where DNSSEC and later types forbid it (RFC 3597 4, RFC 4034)") {
  Octets rrsig(18, 0);
  rrsig.insert(rrsig.end(), {0xc0, 12});
  CHECK_FALSE(ParseRecord(RrType::kRrsig, rrsig));
  CHECK_FALSE(ParseRecord(RrType::kNsec, {0xc0, 12}));
  CHECK_FALSE(ParseRecord(RrType::kSvcb, {0, 1, 0xc0, 12}));
}

TEST_CASE("Both names of MINFO, RP, PX and SOA are expanded") {
  for (const auto& [type, before] : {std::pair{14, 0}, {17, 0}, {26, 2}}) {
    Octets sent(static_cast<size_t>(before), 0);
    sent.insert(sent.end(), {0xc0, 16, 1, 'x', 0xc0, 16});
    const std::optional<Message> message = ParseRecord(static_cast<RrType>(type), sent);
    REQUIRE(message);
    CHECK(At(message->answer[0].rdatas, 0).size() == static_cast<size_t>(before) + 9 + 11);
  }
  Octets soa = {0xc0, 16, 1, 'x', 0xc0, 16};
  soa.resize(soa.size() + 20);
  CHECK(SoaFromRdata(*ParseRecord(RrType::kSoa, soa)->answer[0].rdatas.begin())->mailbox == N("x.example"));
}

TEST_CASE("Rdata that passes 65,535 octets when expanded is malformed") {
  // SIG's name stands twice in the same octets: a label of 8 at 30, then a pointer to a label of 20 that begins in the
  // TTL and ends within the first one. So 31 octets come out of 2.
  const auto parse_sig = [](int signature_octets) {
    Packet packet(0x8180, 0, 1, 0, 0);
    packet.U8(0).Fields(static_cast<RrType>(24), 20 << 24, 20 + signature_octets);
    packet.Raw(Octets(7, 1)).U8(8).Raw(Octets(7, 1)).U8(0).Pointer(17).Pointer(30);
    packet.Raw(Octets(static_cast<size_t>(signature_octets), 1));
    return Parse(packet.octets);
  };
  REQUIRE(parse_sig(65535 - 18 - 31));
  CHECK(At(parse_sig(65535 - 18 - 31)->answer[0].rdatas, 0).size() == 65535);
  CHECK_FALSE(parse_sig(65536 - 18 - 31));
}

TEST_CASE("Records of class ANY and NONE are kept as they are, those of CHAOS but for addresses read (RFC 2136)") {
  CHECK(ParseRecord(RrType::kA, {}, RrClass::kAny));
  CHECK(ParseRecord(RrType::kNs, {9}, RrClass::kNone));
  CHECK(ParseRecord(RrType::kA, {1, 'x', 0, 0, 1}, RrClass::kChaos));
  CHECK_FALSE(ParseRecord(RrType::kTxt, {2, 'a'}, RrClass::kChaos));
}

TEST_CASE("OPT carries payload, version, DO and the upper bits of the rcode (RFC 6891 6.1.3)") {
  Packet packet(0x8000, 0, 0, 0, 1);
  packet.U8(0).U16(41).U16(4096).U32(0x01028000).U16(0);
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  REQUIRE(message->edns);
  CHECK(message->edns->payload_octets == 4096);
  CHECK(message->edns->version == 2);
  CHECK(message->edns->dnssec_ok);
  CHECK(message->header.rcode == Rcode::kBadVers);
  CHECK(message->additional.empty());
}

TEST_CASE("OPT stands once, in the additional section, at the root (RFC 6891 6.1.1)") {
  const auto opt = [](Packet& packet) { packet.U8(0).U16(41).U16(1232).U32(0).U16(0); };
  Packet in_answer(0x8000, 0, 1, 0, 0);
  opt(in_answer);
  CHECK_FALSE(Parse(in_answer.octets));
  Packet in_authority(0x8000, 0, 0, 1, 0);
  opt(in_authority);
  CHECK_FALSE(Parse(in_authority.octets));
  Packet twice(0x8000, 0, 0, 0, 2);
  opt(twice);
  opt(twice);
  CHECK_FALSE(Parse(twice.octets));
  Packet elsewhere(0x8000, 0, 0, 0, 1);
  elsewhere.Name("a").U16(41).U16(1232).U32(0).U16(0);
  CHECK_FALSE(Parse(elsewhere.octets));
  Packet between(0x8000, 0, 0, 0, 3);
  between.Name("a").Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 1});
  opt(between);
  between.Name("a").Fields(RrType::kA, 60, 4).Raw({192, 0, 2, 2});
  REQUIRE(Parse(between.octets));
  CHECK(Parse(between.octets)->additional[0].rdatas.size() == 2);
}

TEST_CASE("Options are kept in order, Extended DNS Errors apart (RFC 8914 2)") {
  Packet packet(0x8000, 0, 0, 0, 1);
  packet.U8(0).U16(41).U16(1232).U32(0).U16(24);
  packet.U16(10).U16(2).Raw({1, 2}).U16(15).U16(4).U16(22).Raw({'h', 'i'}).U16(3).U16(0).U16(15).U16(2).U16(9);
  const std::optional<Message> message = Parse(packet.octets);
  REQUIRE(message);
  CHECK(message->edns->options == std::vector<EdnsOption>{{.code = 10, .value = {1, 2}}, {.code = 3, .value = {}}});
  CHECK(message->edns->errors == std::vector<ExtendedError>{{.code = EdeCode::kNoReachableAuthority, .text = "hi"},
                                                            {.code = EdeCode::kDnskeyMissing, .text = ""}});
}

TEST_CASE("An option that runs out is malformed; an error without a code is a mere option") {
  const auto parse_options = [](const Octets& options) {
    Packet packet(0x8000, 0, 0, 0, 1);
    packet.U8(0).U16(41).U16(1232).U32(0).U16(static_cast<int>(options.size())).Raw(options);
    return Parse(packet.octets);
  };
  CHECK(parse_options({0, 10, 0, 1, 7}));
  CHECK_FALSE(parse_options({0, 10, 0, 2, 7}));
  CHECK_FALSE(parse_options({0, 10, 0}));
  REQUIRE(parse_options({0, 15, 0, 1, 7}));
  CHECK(parse_options({0, 15, 0, 1, 7})->edns->errors.empty());
  CHECK(parse_options({0, 15, 0, 1, 7})->edns->options.size() == 1);
}

TEST_CASE("An OPT has at most 32 options") {
  const auto parse_options = [](int count) {
    Packet packet(0x8000, 0, 0, 0, 1);
    packet.U8(0).U16(41).U16(1232).U32(0).U16(4 * count);
    for (int i = 0; i < count; ++i) packet.U16(65001).U16(0);
    return Parse(packet.octets);
  };
  CHECK(world::limits::kMaxEdnsOptions == 32);
  CHECK(parse_options(32));
  CHECK_FALSE(parse_options(33));
}

TEST_CASE("The text of an error is shown to people: what is no UTF-8, or a control, becomes a question mark") {
  const auto text_of = [](const Octets& text) {
    Packet packet(0x8000, 0, 0, 0, 1);
    packet.U8(0).U16(41).U16(1232).U32(0).U16(static_cast<int>(6 + text.size()));
    packet.U16(15).U16(static_cast<int>(2 + text.size())).U16(0).Raw(text);
    return Parse(packet.octets)->edns->errors[0].text;
  };
  CHECK(text_of({'a', 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80}) == "a\u00e9\u20ac\U0001f600");
  CHECK(text_of({'a', 0, 0x1b, 0x7f, '\n'}) == "a????");
  CHECK(text_of({0xc2, 0x9b}) == "??");
  CHECK(text_of({0xc3}) == "?");
  CHECK(text_of({0xc0, 0x80}) == "??");
  CHECK(text_of({0xe0, 0x9f, 0xbf}) == "???");
  CHECK(text_of({0xed, 0xa0, 0x80}) == "???");
  CHECK(text_of({0xf4, 0x90, 0x80, 0x80}) == "????");
  CHECK(text_of({0xe2, 0x82, 'x'}) == "??x");
}
