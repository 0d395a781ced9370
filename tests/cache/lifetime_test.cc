#include "engine/cache/lifetime.h"

#include "tests/cache/samples.h"

namespace cache {
namespace {

TEST_CASE("a set's TTL has a floor and a ceiling, and the ceiling wins") {
  const StoreOptions options{.min_ttl_seconds = 30, .max_ttl_seconds = 3'600};
  CHECK(TtlOfSet(0, options) == 30);
  CHECK(TtlOfSet(31, options) == 31);
  CHECK(TtlOfSet(3'600, options) == 3'600);
  CHECK(TtlOfSet(3'601, options) == 3'600);
  CHECK(TtlOfSet(5, {.min_ttl_seconds = 60, .max_ttl_seconds = 10}) == 10);
}

TEST_CASE("a negative answer lives as the least of SOA TTL, minimum and ceiling (RFC 2308 5)") {
  const StoreOptions options{.min_ttl_seconds = 30, .max_negative_ttl_seconds = 50};
  CHECK(TtlOfNegative(SoaSet("example.", 20, 40), options) == 20);
  CHECK(TtlOfNegative(SoaSet("example.", 40, 20), options) == 20);
  CHECK(TtlOfNegative(SoaSet("example.", 200, 100), options) == 50);
  CHECK(TtlOfNegative(SoaSet("example.", 200, 0), options) == 0);
}

TEST_CASE("a negative answer without SOA, or with one that cannot be read, lives 5 s") {
  CHECK(TtlOfNegative(std::nullopt, {}) == 5);
  CHECK(TtlOfNegative(ASet("example.", 600, 1), {}) == 5);
  CHECK(TtlOfNegative(std::nullopt, {.max_negative_ttl_seconds = 2}) == 2);
}

TEST_CASE("a failed question rests 5 s, doubled each time, at most 5 minutes (RFC 9520 3.2)") {
  CHECK(RestAfterFailure(0) == world::Seconds(5));
  CHECK(RestAfterFailure(1) == world::Seconds(10));
  CHECK(RestAfterFailure(5) == world::Seconds(160));
  CHECK(RestAfterFailure(6) == world::Seconds(300));
  CHECK(RestAfterFailure(2'000'000'000) == world::Seconds(300));
}

}  // namespace
}  // namespace cache
