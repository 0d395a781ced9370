#include "engine/wire/rrset.h"

#include <doctest/doctest.h>

using namespace wire;
using world::Octets;
using world::OctetView;

TEST_CASE("A list of rdata gives back what was added, in order, empty rdata included") {
  RdataList list;
  CHECK(list.empty());
  CHECK(list.begin() == list.end());
  const Octets first = {1, 2, 3};
  const Octets long_one(300, 7);
  list.Add(first);
  list.Add({});
  list.Add(long_one);
  REQUIRE(list.size() == 3);
  auto at = list.begin();
  CHECK(Octets((*at).begin(), (*at).end()) == first);
  ++at;
  CHECK((*at).empty());
  ++at;
  CHECK(Octets((*at).begin(), (*at).end()) == long_one);
  CHECK(++at == list.end());
  CHECK(list.Contains(first));
  CHECK(list.Contains({}));
  CHECK_FALSE(list.Contains(OctetView(first).first(2)));
}

TEST_CASE("A list of rdata takes one of 65,535 octets") {
  RdataList list;
  const Octets longest(65535, 1);
  list.Add(longest);
  CHECK((*list.begin()).size() == 65535);
}

TEST_CASE("Reserving makes room for the rdata and their lengths") {
  RdataList list;
  list.Reserve(8, 2);
  const size_t before = list.HeapOctets();
  CHECK(before >= 12);
  list.Add(Octets(4, 1));
  list.Add(Octets(4, 2));
  CHECK(list.HeapOctets() == before);
}

TEST_CASE("The target of NS, CNAME, DNAME, PTR and MX is the name in their rdata") {
  const Octets name = {2, 'n', 's', 0};
  for (const RrType type : {RrType::kNs, RrType::kCname, RrType::kDname, RrType::kPtr}) {
    CHECK(TargetName(type, name) == Name::FromText("ns."));
  }
  CHECK(TargetName(RrType::kMx, Octets{0, 10, 2, 'n', 's', 0}) == Name::FromText("ns."));
  CHECK(TargetName(RrType::kMx, Octets{0, 10, 0}) == Name());
  CHECK_FALSE(TargetName(RrType::kMx, Octets{0, 10}));
  CHECK_FALSE(TargetName(RrType::kNs, Octets{2, 'n', 's', 0, 0}));
  CHECK_FALSE(TargetName(RrType::kNs, {}));
  CHECK_FALSE(TargetName(RrType::kA, name));
}

TEST_CASE("A SOA reads its seven fields, and nothing shorter or longer (RFC 1035 3.3.13)") {
  Octets rdata = {1, 'a', 0, 1, 'b',  0, 0x78, 0x67, 0x4e, 0x2a, 0, 0,    7,
                  8, 0,   0, 3, 0x84, 0, 9,    0x3a, 0x80, 0,    1, 0x51, 0x80};
  const std::optional<Soa> soa = SoaFromRdata(rdata);
  REQUIRE(soa);
  CHECK(soa->primary == Name::FromText("a"));
  CHECK(soa->mailbox == Name::FromText("b"));
  CHECK(soa->serial == 2020036138);
  CHECK(soa->refresh == 1800);
  CHECK(soa->retry == 900);
  CHECK(soa->expire == 604800);
  CHECK(soa->minimum == 86400);
  CHECK_FALSE(SoaFromRdata(OctetView(rdata).first(rdata.size() - 1)));
  rdata.push_back(0);
  CHECK_FALSE(SoaFromRdata(rdata));
  CHECK_FALSE(SoaFromRdata({}));
}

TEST_CASE("The type that an RRSIG covers is its first field (RFC 4034 3.1.1)") {
  CHECK(TypeCovered(Octets{0, 2, 8}) == RrType::kNs);
  CHECK_FALSE(TypeCovered(Octets{0}));
}
