#include "engine/zone/transfer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/wire/message.h"
#include "engine/world/limits.h"
#include "tests/zone/zone_text.h"

namespace {

using wire::RrSet;
using wire::RrType;
using world::Octets;
using zone_test::ErrorOf;
using zone_test::N;

constexpr uint16_t kId = 0x1234;

/// Returns the sets of the miniature zone, the SOA first and last, as a server sends them.
std::vector<RrSet> Stream() {
  const auto zone = *zone_test::Parse(zone_test::kMiniature);
  std::vector<RrSet> sets;
  for (const RrSet& rrset : zone->rrsets()) {
    if (rrset.type == RrType::kSoa) sets.insert(sets.begin(), rrset);
    if (rrset.type != RrType::kSoa) sets.push_back(rrset);
  }
  RrSet last = sets.front();
  last.signatures = {};
  sets.push_back(last);
  return sets;
}

/// Returns a message of a transfer with these sets in its answer section.
Octets MessageOf(std::vector<RrSet> sets, uint16_t id = kId) {
  wire::Message message;
  message.header.id = id;
  message.header.qr = true;
  message.header.aa = true;
  message.question = wire::Question{.name = N("."), .type = RrType::kAxfr};
  message.answer = std::move(sets);
  Octets octets;
  wire::Write(message, 65'535, wire::Signatures::kInclude, octets);
  return octets;
}

/// Returns what a transfer makes of one message.
absl::StatusOr<zone::Snapshot> Take(const Octets& message) {
  return zone::Transfer("axfr://a", N("."), kId).Take(message);
}

TEST_CASE("A transfer of many messages, one set in each, makes the zone that its file makes (RFC 5936 2.2)") {
  zone::Transfer transfer("axfr://a", N("."), kId);
  const auto sets = Stream();
  zone::Snapshot zone;
  for (size_t i = 0; i < sets.size(); ++i) {
    const auto taken = transfer.Take(MessageOf({sets[i]}));
    REQUIRE_MESSAGE(taken.ok(), std::string(taken.status().message()));
    CHECK((*taken != nullptr) == (i + 1 == sets.size()));
    zone = *taken;
  }
  CHECK(zone->SameContent(**zone_test::Parse(zone_test::kMiniature)));
}

TEST_CASE("Messages after the first may go without the question (RFC 5936 2.2.1)") {
  zone::Transfer transfer("axfr://a", N("."), kId);
  const auto sets = Stream();
  REQUIRE(transfer.Take(MessageOf({sets.begin(), sets.begin() + 3})).ok());
  wire::Message rest;
  rest.header.id = kId;
  rest.header.qr = true;
  rest.answer = {sets.begin() + 3, sets.end()};
  // Written one by one: the writer would gather the last SOA with nothing, but must not move it.
  Octets octets;
  wire::Write(rest, 65'535, wire::Signatures::kInclude, octets);
  const auto taken = transfer.Take(octets);
  REQUIRE_MESSAGE(taken.ok(), std::string(taken.status().message()));
  CHECK(*taken != nullptr);
}

TEST_CASE("A transfer begins with the SOA") {
  auto sets = Stream();
  std::swap(sets[0], sets[1]);
  CHECK(ErrorOf(Take(MessageOf(sets))) == "axfr://a: it does not begin with the SOA");
}

TEST_CASE("A transfer whose SOA changes on the way is refused") {
  auto sets = Stream();
  Octets rdata((*sets.back().rdatas.begin()).begin(), (*sets.back().rdatas.begin()).end());
  rdata[rdata.size() - 17] ^= 1;  // The last octet of the serial.
  sets.back().rdatas = {};
  sets.back().rdatas.Add(rdata);
  zone::Transfer transfer("axfr://a", N("."), kId);
  REQUIRE(transfer.Take(MessageOf({sets.begin(), sets.end() - 1})).ok());
  CHECK(ErrorOf(transfer.Take(MessageOf({sets.back()}))).find("a second SOA, other than that") != std::string::npos);
}

TEST_CASE("Messages of others are refused: other ID, a query, another question, an error") {
  CHECK(ErrorOf(Take(MessageOf(Stream(), kId + 1))) == "axfr://a: a message that is no response to us");
  Octets query = MessageOf(Stream());
  query[2] &= 0x7f;
  CHECK(ErrorOf(Take(query)) == "axfr://a: a message that is no response to us");
  Octets other = MessageOf(Stream());
  other[14] = 6;  // The question's type, behind the root's name: SOA.
  CHECK(ErrorOf(Take(other)) == "axfr://a: a response to another question");
  Octets refused = MessageOf({});
  refused[3] = 5;
  CHECK(ErrorOf(Take(refused)) == "axfr://a: answered REFUSED");
}

TEST_CASE("A message without records is refused: they could go on for ever") {
  CHECK(ErrorOf(Take(MessageOf({}))) == "axfr://a: a message without records");
}

TEST_CASE("A message that is cut off anywhere is refused") {
  const Octets whole = MessageOf(Stream());
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(Take(Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).ok());
  }
}

TEST_CASE("A transfer of kMaxZoneOctets is taken, and refused with one more") {
  // The same record again and again costs octets and no memory.
  RrSet ns = Stream()[2];
  const Octets filler = MessageOf({ns});
  zone::Transfer transfer("axfr://a", N("."), kId);
  const Octets first = MessageOf({Stream().front()});
  REQUIRE(transfer.Take(first).ok());
  size_t octets = first.size();
  // Padded by a question of the right kind and records behind the answer section, which are not looked at.
  Octets padded = filler;
  padded.resize(65'535);
  while (octets + padded.size() <= world::limits::kMaxZoneOctets) {
    REQUIRE(transfer.Take(padded).ok());
    octets += padded.size();
  }
  padded.resize(world::limits::kMaxZoneOctets - octets);
  REQUIRE(padded.size() >= filler.size());
  REQUIRE(transfer.Take(padded).ok());
  CHECK(absl::IsResourceExhausted(transfer.Take(filler).status()));
}

TEST_CASE("The SOA of a response is read, of the zone and no other") {
  CHECK(zone::SoaOfResponse(MessageOf({Stream().front()}), kId, N("."))->serial == 2'026'082'201);
  CHECK_FALSE(zone::SoaOfResponse(MessageOf({Stream().front()}), kId + 1, N(".")).has_value());
  CHECK_FALSE(zone::SoaOfResponse(MessageOf({Stream().front()}), kId, N("alpha.")).has_value());
  CHECK_FALSE(zone::SoaOfResponse(MessageOf({}), kId, N(".")).has_value());
}

TEST_CASE("The queries are for SOA and AXFR, without recursion") {
  const auto soa = wire::Parse(zone::SoaQuery(7, N(".")));
  CHECK(soa->question == wire::Question{.name = N("."), .type = RrType::kSoa});
  CHECK_FALSE(soa->header.rd);
  CHECK(wire::Parse(zone::TransferQuery(7, N(".")))->question->type == RrType::kAxfr);
}

}  // namespace
