#include "engine/resolver/chronicle.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/world/limits.h"

namespace resolver {
namespace {

/// Returns a walk for a name.
Chapter ChapterOf(const std::string& name) {
  return {{*wire::Name::FromText(name), wire::RrType::kA},
          "",
          {world::Instant(world::Seconds(1)), world::WallTime(world::Seconds(1'700'000'000))},
          world::Instant(world::Milliseconds(1'250)),
          wire::Rcode::kServFail,
          "walk",
          {{wire::EdeCode::kNetworkError, "a \"quoted\" reason"}},
          {},
          dnssec::Security::kSecure,
          {{.zone = wire::Name(), .is_anchored = true, .ds = {}, .keys = {1}, .end = {}}}};
}

TEST_CASE("A walk is one JSON object, its texts escaped (RFC 8259 section 7)") {
  CHECK(ToJson(ChapterOf("www.example.")) ==
        "{\"question\":{\"name\":\"www.example.\",\"type\":\"A\"},\"client\":null,\"started_ms\":1700000000000,"
        "\"duration_us\":250000,\"rcode\":\"SERVFAIL\",\"source\":\"walk\","
        "\"ede\":[{\"code\":23,\"text\":\"a \\\"quoted\\\" reason\"}],"
        "\"security\":\"secure\",\"trust\":[{\"zone\":\".\",\"link\":\"trust anchor; keys 1\"}],\"steps\":[]}");
}

TEST_CASE("kMaxRememberedWalks walks are remembered; one more, and the oldest goes") {
  Chronicle chronicle;
  for (size_t i = 0; i < world::limits::kMaxRememberedWalks; ++i) chronicle.Add(ChapterOf(fmt::format("n{}.", i)));
  CHECK(chronicle.ToJson("n0.", 1) != "[]");
  chronicle.Add(ChapterOf("last."));
  CHECK(chronicle.ToJson("n0.", 1) == "[]");
  CHECK(chronicle.ToJson("n1.", 1) != "[]");
  CHECK(chronicle.ToJson("last.", 1) != "[]");
}

TEST_CASE("Walks are told newest first, as many as are wanted, of the name that is wanted in any case") {
  Chronicle chronicle;
  for (const char* name : {"a.", "b.", "a."}) chronicle.Add(ChapterOf(name));
  const std::string all = chronicle.ToJson("", 10);
  CHECK(all.find("\"a.\"") < all.find("\"b.\""));
  CHECK(chronicle.ToJson("", 1).find("\"b.\"") == std::string::npos);
  CHECK(chronicle.ToJson("A.", 10).find("\"a.\"") != std::string::npos);
  CHECK(chronicle.ToJson("c.", 10) == "[]");
}

}  // namespace
}  // namespace resolver
