#include "engine/zone/incremental.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "engine/wire/message.h"
#include "engine/world/limits.h"
#include "tests/zone/changes.h"

namespace {

using wire::FlatRecord;
using wire::RrSet;
using wire::RrType;
using world::Octets;
using zone_test::AddressOf;
using zone_test::ErrorOf;
using zone_test::N;
using zone_test::SoaOf;
using zone_test::Version;

constexpr uint16_t kId = 0x1234;

/// What an IXFR came to, or is coming to.
using Taken = absl::StatusOr<std::optional<zone::Increment>>;

/// Returns a message with these records.
Octets MessageOf(const std::vector<FlatRecord>& records) {
  wire::Message message;
  message.header.id = kId;
  message.header.qr = true;
  message.question = wire::Question{N("."), RrType::kIxfr, wire::RrClass::kIn};
  for (const FlatRecord& record : records) {
    RrSet& set = message.answer.emplace_back(RrSet{record.owner, record.type, record.rr_class, record.ttl, {}, {}});
    set.rdatas.Add(record.rdata);
  }
  Octets octets;
  wire::Write(message, 65'535, wire::Signatures::kInclude, octets);
  return octets;
}

/// Returns the records of an answer that leads from the first version through two changes.
std::vector<FlatRecord> TwoChanges() {
  return {SoaOf(2), SoaOf(0),     AddressOf(0), SoaOf(1),     AddressOf(1),
          SoaOf(1), AddressOf(1), SoaOf(2),     AddressOf(2), SoaOf(2)};
}

/// Returns the records of a whole zone as a transfer has them.
std::vector<FlatRecord> Whole(const zone::Zone& zone) {
  std::vector<FlatRecord> records;
  const auto take = [&](const RrSet& set, RrType type, const wire::RdataList& rdatas) {
    for (const world::OctetView rdata : rdatas) {
      records.push_back({set.owner, type, wire::RrClass::kIn, set.ttl, {rdata.begin(), rdata.end()}});
    }
  };
  take(zone.soa_rrset(), RrType::kSoa, zone.soa_rrset().rdatas);
  for (const RrSet& set : zone.rrsets()) {
    if (set.type != RrType::kSoa) take(set, set.type, set.rdatas);
    take(set, RrType::kRrsig, set.signatures);
  }
  records.push_back(records.front());
  return records;
}

/// Returns what comes of an answer to who has the first version, with so many records in a message.
Taken Take(const std::vector<FlatRecord>& records, size_t in_message = 1'000) {
  const zone::Snapshot since = Version(0);
  zone::IncrementalTransfer transfer("axfr://a", *since, kId);
  Taken taken;
  for (size_t at = 0; at < records.size(); at += in_message) {
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(at);
    const size_t count = std::min(in_message, records.size() - at);
    taken = transfer.Take(MessageOf({begin, begin + static_cast<std::ptrdiff_t>(count)}));
    const bool is_last = at + count == records.size();
    if (!taken.ok() || is_last) return taken;
    CHECK_FALSE(taken->has_value());
  }
  return taken;
}

/// Returns the zone that came of it; null when none did.
zone::Snapshot ZoneOf(const Taken& taken) {
  if (!taken.ok() || !taken->has_value()) return nullptr;
  const auto* zone = std::get_if<zone::Snapshot>(&**taken);
  return zone == nullptr ? nullptr : *zone;
}

TEST_CASE("The query names IXFR, and has the SOA that is there in its authority section (RFC 1995 3)") {
  const auto query = wire::Parse(zone::IncrementalQuery(7, *Version(0)));
  REQUIRE(query.has_value());
  CHECK(query->question == wire::Question{N("."), RrType::kIxfr, wire::RrClass::kIn});
  CHECK_FALSE(query->header.rd);
  REQUIRE(query->authority.size() == 1);
  CHECK(wire::SoaFromRdata(*query->authority[0].rdatas.begin())->serial == zone_test::kFirstSerial);
}

TEST_CASE("Changes are taken, in one message or many (RFC 1995 4)") {
  for (const size_t in_message : {size_t{1}, size_t{2}, size_t{3}, size_t{1'000}}) {
    CAPTURE(in_message);
    const Taken taken = Take(TwoChanges(), in_message);
    REQUIRE_MESSAGE(ZoneOf(taken) != nullptr, ErrorOf(taken));
    CHECK(ZoneOf(taken)->SameContent(*Version(2)));
  }
}

TEST_CASE("The whole zone may come in their place, in one message or many (RFC 1995 4)") {
  for (const size_t in_message : {size_t{1}, size_t{2}, size_t{3}, size_t{1'000}}) {
    CAPTURE(in_message);
    const Taken taken = Take(Whole(*Version(5)), in_message);
    REQUIRE_MESSAGE(ZoneOf(taken) != nullptr, ErrorOf(taken));
    CHECK(ZoneOf(taken)->SameContent(*Version(5)));
  }
}

TEST_CASE("A SOA alone says that nothing is newer, if it is ours") {
  const Taken same = Take({SoaOf(0)});
  REQUIRE(same.ok());
  REQUIRE(same->has_value());
  CHECK(std::holds_alternative<zone::UpToDate>(**same));
  const Taken newer = Take({SoaOf(1)});
  REQUIRE(newer.ok());
  CHECK_FALSE(newer->has_value());
}

TEST_CASE("Changes that do not join, lead elsewhere, or have something behind their end are refused") {
  auto gap = TwoChanges();
  gap.erase(gap.begin() + 1, gap.begin() + 5);
  CHECK(ErrorOf(Take(gap)).find("which is not what came before") != std::string::npos);
  auto beyond = TwoChanges();
  beyond.back() = SoaOf(3);
  CHECK(ErrorOf(Take(beyond)) == "axfr://a: changes that lead beyond the version that it begins with");
  auto more = TwoChanges();
  more.push_back(AddressOf(2));
  CHECK(ErrorOf(Take(more)) == "axfr://a: a record after the SOA that ends it");
  auto absent = TwoChanges();
  absent[2] = AddressOf(9);
  CHECK(ErrorOf(Take(absent)) == "axfr://a: a deletion of ns.beta. A, which is not there");
}

TEST_CASE("Messages of others, without records or cut short are refused, as those of a transfer are") {
  const zone::Snapshot since = Version(0);
  const auto error_of = [&](const Octets& message) {
    return ErrorOf(zone::IncrementalTransfer("axfr://a", *since, kId).Take(message));
  };
  CHECK(error_of(MessageOf({})) == "axfr://a: a message without records");
  CHECK(error_of(MessageOf({AddressOf(0)})) == "axfr://a: it does not begin with the SOA");
  const Octets whole = MessageOf(TwoChanges());
  for (size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(error_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}) != "no error");
  }
  Octets refused = MessageOf({});
  refused[3] = 4;
  CHECK(error_of(refused) == "axfr://a: answered NOTIMP");
  Octets other = whole;
  other[14] = 252;  // The question's type, behind the root's name: AXFR.
  CHECK(error_of(other) == "axfr://a: a response to another question");
}

TEST_CASE("Changes of kMaxZoneRecords records are taken, and refused with one more") {
  const zone::Snapshot since = Version(0);
  zone::IncrementalTransfer transfer("axfr://a", *since, kId);
  REQUIRE(transfer.Take(MessageOf({SoaOf(1), SoaOf(0)})).ok());
  FlatRecord filler = AddressOf(0);
  filler.owner = N(".");
  const size_t in_message = 4'000;
  const Octets many = MessageOf(std::vector<FlatRecord>(in_message, filler));
  size_t left = world::limits::kMaxZoneRecords - 2;
  for (; left >= in_message; left -= in_message) REQUIRE(transfer.Take(many).ok());
  REQUIRE(transfer.Take(MessageOf(std::vector<FlatRecord>(left, filler))).ok());
  CHECK(absl::IsResourceExhausted(transfer.Take(MessageOf({filler})).status()));
}

TEST_CASE("Changes of kMaxZoneOctets are taken, and refused with one more") {
  const zone::Snapshot since = Version(0);
  zone::IncrementalTransfer transfer("axfr://a", *since, kId);
  const Octets first = MessageOf({SoaOf(1), SoaOf(0)});
  REQUIRE(transfer.Take(first).ok());
  size_t octets = first.size();
  // Octets behind the answer section are not looked at.
  Octets padded = MessageOf({AddressOf(0)});
  const size_t least = padded.size();
  padded.resize(65'535);
  for (; octets + padded.size() + least <= world::limits::kMaxZoneOctets; octets += padded.size()) {
    REQUIRE(transfer.Take(padded).ok());
  }
  padded.resize(world::limits::kMaxZoneOctets - octets);
  REQUIRE(transfer.Take(padded).ok());
  CHECK(absl::IsResourceExhausted(transfer.Take(MessageOf({AddressOf(0)})).status()));
}

}  // namespace
