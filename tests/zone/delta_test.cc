#include "engine/zone/delta.h"

#include <doctest/doctest.h>

#include "tests/zone/changes.h"

namespace {

using wire::RrType;
using zone_test::AddressOf;
using zone_test::DeltaFrom;
using zone_test::ErrorOf;
using zone_test::SoaOf;
using zone_test::Version;

/// Returns what comes of changes to the first version.
absl::StatusOr<zone::Snapshot> Applied(const std::vector<zone::Delta>& deltas) {
  return zone::Apply(*Version(0), deltas, "axfr://a");
}

TEST_CASE("Changes lead from version to version, and to the zone that its file makes (RFC 1995 4)") {
  const auto next = Applied({DeltaFrom(0)});
  REQUIRE_MESSAGE(next.ok(), ErrorOf(next));
  CHECK((*next)->SameContent(*Version(1)));
  CHECK((*next)->serial() == zone_test::kFirstSerial + 1);
  const auto last = Applied({DeltaFrom(0), DeltaFrom(1), DeltaFrom(2)});
  REQUIRE_MESSAGE(last.ok(), ErrorOf(last));
  CHECK((*last)->SameContent(*Version(3)));
}

TEST_CASE("No changes leave the zone as it is: sets, signatures, TTLs") {
  CHECK((*Applied({}))->SameContent(*Version(0)));
}

TEST_CASE("A deletion of what is not there is refused, by any of owner, type and rdata") {
  for (const auto& absent : {AddressOf(7), zone_test::Record("ns.gamma.", RrType::kA, "192.0.2.2"),
                             zone_test::Record("ns.beta.", RrType::kAaaa, "2001:db8::1")}) {
    zone::Delta delta = DeltaFrom(0);
    delta.deleted.push_back(absent);
    CHECK(ErrorOf(Applied({delta})).starts_with("axfr://a: a deletion of ns."));
  }
  zone::Delta twice = DeltaFrom(0);
  twice.deleted.push_back(AddressOf(0));
  CHECK(ErrorOf(Applied({twice})) == "axfr://a: a deletion of ns.beta. A, which is not there");
}

TEST_CASE("An addition of what is there is refused, whatever its TTL; deleted before it is none") {
  zone::Delta delta = DeltaFrom(0);
  delta.added.push_back(AddressOf(1));
  delta.added.back().ttl = 5;
  CHECK(ErrorOf(Applied({delta})) == "axfr://a: an addition of ns.beta. A, which is there");
  zone::Delta same = DeltaFrom(0);
  same.added = {AddressOf(0)};
  CHECK(Applied({same}).ok());
}

TEST_CASE("A signature is a record like others: it is deleted and added by its octets") {
  const zone::Snapshot zone = Version(0);
  const world::OctetView old = *zone->soa_rrset().signatures.begin();
  wire::FlatRecord signature{zone_test::N("."), RrType::kRrsig, wire::RrClass::kIn, 86'400, {old.begin(), old.end()}};
  zone::Delta delta = DeltaFrom(0);
  delta.deleted.push_back(signature);
  signature.rdata.back() ^= 1;
  delta.added.push_back(signature);
  const auto next = Applied({delta});
  REQUIRE_MESSAGE(next.ok(), ErrorOf(next));
  CHECK((*next)->soa_rrset().signatures.Contains(signature.rdata));
  CHECK((*next)->soa_rrset().signatures.size() == 1);
}

TEST_CASE("A change that does not join the version before it is refused") {
  CHECK(ErrorOf(Applied({DeltaFrom(1)})).find("which is not what came before") != std::string::npos);
  CHECK(ErrorOf(Applied({DeltaFrom(0), DeltaFrom(2)})).find("which is not what came before") != std::string::npos);
  zone::Delta other = DeltaFrom(0);
  other.from.rdata.back() ^= 1;  // The serial is the same, the minimum is not.
  CHECK(ErrorOf(Applied({other})).find("which is not what came before") != std::string::npos);
}

TEST_CASE("A change to a serial that is no newer is refused (RFC 1982)") {
  zone::Delta same = DeltaFrom(0);
  same.to = SoaOf(0);
  CHECK(ErrorOf(Applied({same})).ends_with("which is no newer"));
  zone::Delta back = DeltaFrom(0);
  back.to = SoaOf(0U - 1);
  CHECK(ErrorOf(Applied({back})).ends_with("which is no newer"));
}

TEST_CASE("A change whose SOA is another zone's, or none, is refused") {
  zone::Delta other = DeltaFrom(0);
  other.to.owner = zone_test::N("alpha.");
  CHECK(ErrorOf(Applied({other})) == "axfr://a: a change without the SOAs of its versions");
  zone::Delta cut = DeltaFrom(0);
  cut.to.rdata.pop_back();
  CHECK(ErrorOf(Applied({cut})) == "axfr://a: a change without the SOAs of its versions");
}

TEST_CASE("What is left has to be a zone: without its NS it is none") {
  zone::Delta delta = DeltaFrom(0);
  delta.deleted.push_back(zone_test::Record(".", RrType::kNs, "a.root-servers.test."));
  CHECK_FALSE(Applied({delta}).ok());
}

}  // namespace
