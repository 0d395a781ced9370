// Which texts are a zone, and which are refused with which words.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

#include "engine/world/limits.h"
#include "engine/zone/builder.h"
#include "tests/zone/zone_text.h"

namespace {

using wire::RrType;
using zone_test::ErrorOf;
using zone_test::kMiniature;
using zone_test::N;
using zone_test::Parse;

constexpr std::string_view kSoa = ". 60 SOA a. b. 7 1 1 1 1\n";
constexpr std::string_view kNs = ". 60 NS a.\n";

/// Returns the smallest zone with `more` at its end.
std::string With(std::string_view more) { return fmt::format("{}{}{}", kSoa, kNs, more); }

}  // namespace

TEST_CASE("A zone tells its serial, records and delegations") {
  const zone::Snapshot zone = *Parse(kMiniature);
  CHECK(zone->origin().IsRoot());
  CHECK(zone->serial() == 2026082201);
  CHECK(zone->record_count() == 16);
  CHECK(zone->delegation_count() == 3);
  CHECK(zone->soa_rrset().signatures.size() == 1);
}

TEST_CASE("A zone is signed when its denials are: archives keep the signature of the keys alone") {
  const std::string_view keys =
      ". 60 DNSKEY 257 3 8 AAAA\n. 60 RRSIG DNSKEY 8 0 60 20260904170000 20260822160000 1 . AAAA\n";
  const std::string_view nsec = ". 60 NSEC . NS SOA\n";
  const std::string_view signature = ". 60 RRSIG NSEC 8 0 60 20260904170000 20260822160000 1 . AAAA\n";
  CHECK(!(*Parse(With("")))->IsSigned());
  CHECK(!(*Parse(With(fmt::format("{}{}", keys, nsec))))->IsSigned());
  CHECK((*Parse(With(fmt::format("{}{}{}", keys, nsec, signature))))->IsSigned());
}

TEST_CASE("Sets stand in canonical order of their owners, then of their types (RFC 4034 6.1)") {
  const zone::Snapshot zone = *Parse(With("b. 60 TXT x\nz.a. 60 A 192.0.2.1\nb. 60 A 192.0.2.1\na. 60 A 192.0.2.1\n"));
  std::string order;
  for (const wire::RrSet& rrset : zone->rrsets()) order += rrset.owner.ToText() + " " + ToText(rrset.type) + ", ";
  CHECK(order == ". NS, . SOA, a. A, z.a. A, b. A, b. TXT, ");
}

TEST_CASE("Records of one name and type are one set without duplicates, at the least TTL (RFC 2181 5)") {
  const zone::Snapshot zone =
      *Parse(With("b. 60 A 192.0.2.2\nB. 30 A 192.0.2.1\nb. 90 A 192.0.2.2\nb. 90 A 192.0.2.3\n"));
  const wire::RrSet& rrset = *zone->Exact(N("b."), RrType::kA);
  CHECK(rrset.ttl == 30);
  CHECK(rrset.rdatas.size() == 3);
  CHECK((*rrset.rdatas.begin())[3] == 1);
  CHECK(zone->record_count() == 5);
}

TEST_CASE("An RRSIG stands with the set that it covers, wherever it stood, and alone when there is none") {
  const zone::Snapshot zone =
      *Parse(With("b. 60 RRSIG A 8 1 60 20260904170000 20260822160000 1 . AAAA\n"
                  "b. 50 A 192.0.2.1\n"
                  "b. 60 RRSIG MX 8 1 60 20260904170000 20260822160000 1 . AAAA\n"
                  "b. 60 RRSIG NS 8 1 60 20260904170000 20260822160000 1 . AAAA\n"));
  CHECK(zone->Exact(N("b."), RrType::kA)->signatures.size() == 1);
  CHECK(zone->Exact(N("b."), RrType::kA)->ttl == 50);
  CHECK(zone->Exact(N("b."), RrType::kRrsig)->rdatas.size() == 2);
  CHECK(zone->Exact(N("b."), RrType::kMx) == nullptr);
}

TEST_CASE("An empty text is no zone") {
  CHECK(ErrorOf(Parse("")) == "f.zone:1: the file holds no record");
  CHECK(ErrorOf(Parse("; nothing\n\n")) == "f.zone:3: the file holds no record");
}

TEST_CASE("A syntax error names its line") {
  CHECK(ErrorOf(Parse(With("b. 60 A 192.0.2\n"))) == "f.zone:3: '192.0.2' is no rdata of type A");
}

TEST_CASE("A zone has a SOA, one, at its apex, which is the wanted one") {
  CHECK(ErrorOf(Parse(kNs)) == "f.zone:2: no SOA of .");
  CHECK(ErrorOf(Parse(With(". 60 SOA a. b. 8 1 1 1 1\n"))) == "f.zone:3: a second SOA, other than that of line 1");
  CHECK(ErrorOf(Parse("example. 60 SOA a. b. 7 1 1 1 1\n")) == "f.zone:1: a SOA of example., but the zone must be .");
  CHECK(ErrorOf(Parse(kSoa, "example.")) == "f.zone:1: a SOA of ., but the zone must be example.");
}

TEST_CASE("The SOA repeated at the end, as a transfer has it, is no second one; nothing may follow it") {
  CHECK((*Parse(With(kSoa)))->record_count() == 2);
  CHECK(ErrorOf(Parse(With(fmt::format("{}b. 60 A 192.0.2.1\n", kSoa)))) ==
        "f.zone:4: a record after the SOA that ends the zone");
  CHECK(ErrorOf(Parse(fmt::format("{}{}{}", kSoa, kSoa, kNs))) ==
        "f.zone:3: a record after the SOA that ends the zone");
}

TEST_CASE("A zone has NS at its apex") { CHECK(ErrorOf(Parse(kSoa)) == "f.zone:1: the zone has no NS at its apex"); }

TEST_CASE("An owner outside the origin is refused") {
  CHECK(ErrorOf(Parse("example. 60 SOA a. b. 7 1 1 1 1\nexample. 60 NS a.\nx.org. 60 A 192.0.2.1\n", "example.")) ==
        "f.zone:3: x.org. is outside example.");
}

TEST_CASE("A type that only a question or a transport carries has no place in a zone (RFC 6895 3.1)") {
  CHECK(ErrorOf(Parse(With("b. 60 TYPE255 \\# 0\n"))) == "f.zone:3: type ANY has no place in a zone");
  CHECK(ErrorOf(Parse(With("b. 60 TYPE41 \\# 0\n"))) == "f.zone:3: type OPT has no place in a zone");
}

TEST_CASE("A CNAME has no other data beside it but NSEC and RRSIG (RFC 2181 10.1)") {
  CHECK(ErrorOf(Parse(With("b. 60 A 192.0.2.1\nb. 60 CNAME c.\n"))) ==
        "f.zone:3: b. has a CNAME and other data (RFC 2181 section 10.1)");
  CHECK(ErrorOf(Parse(With("b. 60 CNAME c.\nb. 60 CNAME d.\n"))) == "f.zone:3: b. has more than one CNAME");
  CHECK(Parse(With("b. 60 CNAME c.\nb. 60 RRSIG CNAME 8 1 60 20260904170000 20260822160000 1 . AAAA\n")).ok());
}

TEST_CASE("A file that was cut short within a line is refused, wherever the cut is") {
  for (size_t size = 1; size < kMiniature.size(); ++size) {
    if (kMiniature[size - 1] == '\n') continue;
    INFO(size);
    CHECK_FALSE(Parse(kMiniature.substr(0, size)).ok());
  }
}

TEST_CASE("A chain of NSECs that does not close shows that names are missing (RFC 4034 4.1.1)") {
  const std::string whole(kMiniature);
  const std::string cut = whole.substr(0, whole.find("\ntest.") + 1);
  CHECK(ErrorOf(Parse(cut)) ==
        "f.zone:13: the NSEC of beta. names test. as the next, but the next in the file is .: is it cut short?");
}

TEST_CASE("A zone's text has at most kMaxZoneOctets") {
  std::string text = With(";");
  text += std::string(world::limits::kMaxZoneOctets - text.size() - 1, 'x') + '\n';
  CHECK(Parse(text).ok());
  text += '\n';
  CHECK(ErrorOf(Parse(text)) == "f.zone:1: larger than 67108864 octets");
}

TEST_CASE("A zone has at most kMaxZoneRecords records") {
  zone::Builder builder("f", N("."));
  zone::Record record{.line = 1, .owner = N("a."), .type = RrType::kA, .ttl = 1, .rdata = {0, 0, 0, 0}};
  for (uint32_t i = 0; i < world::limits::kMaxZoneRecords; ++i) {
    record.type = static_cast<RrType>(300 + i / world::limits::kMaxRecordsPerRrset);
    record.rdata = {static_cast<uint8_t>(i)};
    REQUIRE(builder.Add(record).ok());
  }
  CHECK(builder.Add(record).ok());  // A duplicate is no record.
  record.rdata = {1, 2};
  record.type = RrType::kA;
  CHECK(builder.Add(record).message() == "f:1: more than 1000000 records");
}

TEST_CASE("A zone has at most kMaxEmptyNonTerminals empty non-terminals") {
  std::string text = With("");
  std::string deep;
  for (int i = 0; i < 124; ++i) deep += "a.";
  for (int i = 0; i < 806; ++i) text += fmt::format("{}{:05}. 60 A 192.0.2.1\n", deep, i);
  text += fmt::format("{}{}. 60 A 192.0.2.1\n", deep.substr(0, size_t{112}), "last");
  static_assert(806 * 124 + 56 == world::limits::kMaxEmptyNonTerminals);
  CHECK(Parse(text).ok());
  CHECK(ErrorOf(Parse(text + "a.z. 60 A 192.0.2.1\n")) == "f.zone:810: more than 100000 empty non-terminals");
}

TEST_CASE("A set has at most kMaxRecordsPerRrset records") {
  std::string text = With("");
  for (size_t i = 0; i < world::limits::kMaxRecordsPerRrset; ++i) text += fmt::format("b. 60 A 192.0.2.{}\n", i);
  CHECK(Parse(text).ok());
  CHECK(Parse(text + "b. 60 A 192.0.2.1\n").ok());
  CHECK(ErrorOf(Parse(text + "b. 60 A 192.0.3.0\n")) == "f.zone:259: more than 256 records of one name and type");
}

TEST_CASE("The zone of a reload is taken only when its serial is newer (RFC 1982 3.2)") {
  const auto with_serial = [](uint32_t serial, std::string_view more) {
    return *Parse(fmt::format(". 60 SOA a. b. {} 1 1 1 1\n. 60 NS a.\n{}", serial, more));
  };
  const zone::Snapshot current = with_serial(10, "");
  using zone::JudgeReplacement;
  using zone::Replacement;
  CHECK(JudgeReplacement(nullptr, *current) == Replacement::kTaken);
  CHECK(JudgeReplacement(current, *with_serial(11, "")) == Replacement::kTaken);
  CHECK(JudgeReplacement(current, *with_serial(9, "")) == Replacement::kOlder);
  CHECK(JudgeReplacement(current, *with_serial(10, "")) == Replacement::kSame);
  CHECK(JudgeReplacement(current, *with_serial(10, "b. 60 A 192.0.2.1\n")) == Replacement::kSameSerial);
  CHECK(JudgeReplacement(current, *with_serial(10 + 0x7fffffffU, "")) == Replacement::kTaken);
  CHECK(JudgeReplacement(current, *with_serial(10 + 0x80000000U, "")) == Replacement::kOlder);
  CHECK(JudgeReplacement(with_serial(0xffffffffU, ""), *with_serial(0, "")) == Replacement::kTaken);
}

TEST_CASE("Two zones are the same whatever the order of their records") {
  const zone::Snapshot one = *Parse(With("b. 60 A 192.0.2.1\nb. 60 A 192.0.2.2\nc. 60 TXT x\n"));
  const zone::Snapshot two = *Parse(With("c. 60 TXT x\nb. 60 A 192.0.2.2\nb. 60 A 192.0.2.1\n"));
  CHECK(one->SameContent(*two));
  CHECK_FALSE(one->SameContent(**Parse(With("b. 60 A 192.0.2.1\nb. 60 A 192.0.2.3\nc. 60 TXT x\n"))));
}
