#include "engine/settings/zone_source.h"

#include <doctest/doctest.h>

#include <string>

#include "engine/settings/parse.h"
#include "engine/world/limits.h"

namespace {

using settings::ZoneSource;
using Kind = ZoneSource::Kind;

/// Returns whether a list of so many sources is taken.
bool IsTaken(size_t count) {
  std::string list;
  for (size_t i = 0; i < count; ++i) list += "'axfr://192.0.2." + std::to_string(i) + "',";
  const auto parsed = settings::Parse("[root]\nsources = [" + list + "]\n");
  return std::holds_alternative<settings::Settings>(parsed);
}

TEST_CASE("A source over HTTPS has host, port, path, and the name of its certificate") {
  const auto plain = ZoneSource::FromText("https://www.internic.net/domain/root.zone");
  CHECK(plain == ZoneSource{.kind = Kind::kHttps,
                            .host = "www.internic.net",
                            .port = 443,
                            .path = "/domain/root.zone",
                            .name = "www.internic.net"});
  const auto full = ZoneSource::FromText("https://192.0.2.1:8443/root.zone#zone.example");
  REQUIRE(full.has_value());
  CHECK(full->host == "192.0.2.1");
  CHECK(full->port == 8443);
  CHECK(full->name == "zone.example");
}

TEST_CASE("A source by transfer is an address or a name, a file is a path") {
  CHECK(ZoneSource::FromText("axfr://b.root-servers.net") ==
        ZoneSource{.kind = Kind::kAxfr, .host = "b.root-servers.net", .port = 53});
  CHECK(ZoneSource::FromText("axfr://[2001:db8::1]:5353") ==
        ZoneSource{.kind = Kind::kAxfr, .host = "2001:db8::1", .port = 5353});
  CHECK(ZoneSource::FromText("file:/var/root.zone") == ZoneSource{.kind = Kind::kFile, .path = "/var/root.zone"});
}

TEST_CASE("Other texts are no sources") {
  for (const char* text : {"", "root.zone", "file:root.zone", "http://a/b", "https://a", "axfr://", "axfr://a/b",
                           "axfr://a:0", "ftp://a/b", "https:///b", "axfr://a#b"}) {
    CAPTURE(text);
    CHECK_FALSE(ZoneSource::FromText(text).has_value());
  }
}

TEST_CASE("A source is written as it is read") {
  for (const char* text : {"https://www.internic.net/domain/root.zone", "https://192.0.2.1:8443/root.zone#zone.example",
                           "axfr://b.root-servers.net", "axfr://[2001:db8::1]:5353", "file:/var/root.zone"}) {
    CHECK(ZoneSource::FromText(text)->ToText() == text);
  }
}

TEST_CASE("kMaxRootSources are taken, and not one more") {
  static_assert(world::limits::kMaxRootSources == 16);
  CHECK(IsTaken(16));
  CHECK_FALSE(IsTaken(17));
  CHECK(IsTaken(0));
}

}  // namespace
