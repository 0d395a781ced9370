#include "engine/zone/verified_copy.h"

#include <doctest/doctest.h>

#include "tests/zone/zone_text.h"

namespace {

using world::Seconds;
using world::WallTime;
using zone_test::Octets;

/// A head with all that it can hold.
zone::CopyHead Head() {
  return {.source = "https://www.internic.net/domain/root.zone",
          .fetched = WallTime(Seconds(1'790'000'000)),
          .checked = WallTime(Seconds(1'790'003'600)),
          .etag = "\"5f-a1\"",
          .modified = "Sat, 21 Nov 2026 05:00:00 GMT"};
}

TEST_CASE("A copy is a master file whose head says where it came from, and both come back") {
  const auto zone = *zone_test::Parse(zone_test::kMiniature);
  const std::string text = zone::CopyText(Head(), *zone);
  CHECK(zone::ReadCopyHead(Octets(text)) == Head());
  const auto again = zone_test::Parse(text);
  REQUIRE_MESSAGE(again.ok(), zone_test::ErrorOf(again));
  CHECK((*again)->SameContent(*zone));
}

TEST_CASE("A head without ETag and date comes back") {
  auto head = Head();
  head.etag.clear();
  head.modified.clear();
  CHECK(zone::ReadCopyHead(Octets(zone::CopyText(head, **zone_test::Parse(zone_test::kMiniature)))) == head);
}

TEST_CASE("What a server says cannot end its line: no record comes out of an ETag") {
  auto head = Head();
  head.etag = "x\n. 1 IN NS evil.";
  const auto zone = *zone_test::Parse(zone_test::kMiniature);
  const auto again = zone_test::Parse(zone::CopyText(head, *zone));
  REQUIRE(again.ok());
  CHECK((*again)->SameContent(*zone));
}

TEST_CASE("Other files have no head") {
  CHECK_FALSE(zone::ReadCopyHead(Octets(zone_test::kMiniature)).has_value());
  CHECK_FALSE(zone::ReadCopyHead(Octets("")).has_value());
  const std::string text = zone::CopyText(Head(), **zone_test::Parse(zone_test::kMiniature));
  std::string bad = text;
  bad.replace(bad.find("1790003600"), 10, "17900x3600");
  CHECK_FALSE(zone::ReadCopyHead(Octets(bad)).has_value());
  CHECK_FALSE(zone::ReadCopyHead(Octets(std::string_view(text).substr(0, 60))).has_value());
}

}  // namespace
