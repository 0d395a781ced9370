#include "engine/dnssec/canonical.h"

#include <doctest/doctest.h>

#include "engine/dnssec/denial.h"
#include "tests/dnssec/sets.h"

using dnssec::CanonicalRdata;
using dnssec_test::N;
using dnssec_test::Octets;
using dnssec_test::Set;
using wire::RrClass;
using wire::RrType;

namespace {

/// Returns the canonical rdata of a record's text.
world::Octets Canonical(const std::string& text) {
  const wire::RrSet rrset = Set(text);
  return CanonicalRdata(rrset.type, RrClass::kIn, *rrset.rdatas.begin());
}

/// Returns the rdata of a record's text.
world::Octets Plain(const std::string& text) {
  const wire::RrSet rrset = Set(text);
  const world::OctetView rdata = *rrset.rdatas.begin();
  return {rdata.begin(), rdata.end()};
}

}  // namespace

TEST_CASE("Names in the rdata of the listed types are written in lower case (RFC 4034 6.2)") {
  CHECK(Canonical("a. 1 NS B.Example.") == Plain("a. 1 NS b.example."));
  CHECK(Canonical("a. 1 MX 10 B.Example.") == Plain("a. 1 MX 10 b.example."));
  CHECK(Canonical("a. 1 SOA B. C. 1 2 3 4 5") == Plain("a. 1 SOA b. c. 1 2 3 4 5"));
  CHECK(Canonical("a. 1 SRV 1 2 3 B.Example.") == Plain("a. 1 SRV 1 2 3 b.example."));
  CHECK(Canonical("a. 1 DNAME B.Example.") == Plain("a. 1 DNAME b.example."));
  CHECK(Canonical("a. 1 RRSIG A 8 1 60 20260904170000 20260822160000 1 B. AAAA") ==
        Plain("a. 1 RRSIG A 8 1 60 20260904170000 20260822160000 1 b. AAAA"));
}

TEST_CASE("Other rdata keeps its case: NSEC's next name (RFC 6840 5.1), texts, types not listed") {
  CHECK(Canonical("a. 1 NSEC B.Example. A") == Plain("a. 1 NSEC B.Example. A"));
  CHECK(Canonical("a. 1 TXT \"ABC\"") == Plain("a. 1 TXT \"ABC\""));
  CHECK(Canonical("a. 1 TYPE65280 \\# 3 414243") == Plain("a. 1 TYPE65280 \\# 3 414243"));
  CHECK(Canonical("a. 1 NAPTR 1 2 \"U\" \"S\" \"X\" B.") == Plain("a. 1 NAPTR 1 2 \"U\" \"S\" \"X\" b."));
}

TEST_CASE("Rdata that does not parse stays as it is") {
  const world::Octets broken = {5, 'A', 'B'};
  CHECK(CanonicalRdata(RrType::kNs, RrClass::kIn, broken) == broken);
}

TEST_CASE("Records are ordered as sequences of unsigned octets, without duplicates (RFC 4034 6.3)") {
  wire::RdataList list;
  for (const std::string_view rdata : {std::string_view("b"), std::string_view("\xff"), std::string_view("ab"),
                                       std::string_view("a"), std::string_view("b")}) {
    list.Add(Octets(rdata));
  }
  const world::Octets octets = dnssec::CanonicalRecords(
      {.name = N("X."), .type = RrType{0xff00}, .rr_class = RrClass::kIn, .ttl = 0x01020304}, list);
  const world::Octets head = {1, 'x', 0, 0xff, 0, 0, 1, 1, 2, 3, 4, 0};
  world::Octets expected;
  for (const std::string_view tail : {"\1a", "\2ab", "\1b", "\1\xff"}) {
    expected.insert(expected.end(), head.begin(), head.end());
    expected.insert(expected.end(), tail.begin(), tail.end());
  }
  CHECK(octets == expected);
}

TEST_CASE("A type bitmap tells what it lists (RFC 4034 4.1.2)") {
  // The RFC's own example: A MX RRSIG NSEC TYPE1234.
  const world::Octets octets = {0x00, 0x06, 0x40, 0x01, 0x00, 0x00, 0x00, 0x03, 0x04, 0x1b, 0, 0, 0, 0, 0, 0, 0, 0,   0,
                                0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0, 0, 0, 0, 0, 0, 0, 0x20};
  const dnssec::TypeBitmap types{octets};
  CHECK(types.IsWellFormed());
  for (const int listed : {1, 15, 46, 47, 1234}) CHECK(types.Has(static_cast<RrType>(listed)));
  for (const int other : {0, 2, 16, 48, 255, 1233, 1235, 1258, 257}) CHECK_FALSE(types.Has(static_cast<RrType>(other)));
  CHECK(dnssec::BitmapOf({RrType{1234}, RrType{47}, RrType{1}, RrType{46}, RrType{15}}) == octets);
}

TEST_CASE("A type bitmap has windows of 1 to 32 octets in rising order, and nothing else") {
  const auto is_well_formed = [](const world::Octets& octets) { return dnssec::TypeBitmap(octets).IsWellFormed(); };
  CHECK(is_well_formed({}));
  CHECK(is_well_formed({0, 1, 0x40, 1, 1, 0x40}));
  CHECK_FALSE(is_well_formed({0}));
  CHECK_FALSE(is_well_formed({0, 0}));
  CHECK_FALSE(is_well_formed({0, 2, 0x40}));
  CHECK_FALSE(is_well_formed({1, 1, 0x40, 0, 1, 0x40}));
  CHECK_FALSE(is_well_formed({0, 1, 0x40, 0, 1, 0x40}));
  world::Octets longest(2 + 33, 1);
  longest[1] = 33;
  CHECK_FALSE(is_well_formed(longest));
  CHECK_FALSE(dnssec::TypeBitmap(world::Octets{0, 9, 0x40}).Has(RrType::kRrsig));
}
