#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

const wire::ExtendedError kNobody{.code = wire::EdeCode::kNoReachableAuthority, .text = "example. at 192.0.2.1"};

/// Returns the question of (www.example., A).
wire::Question Www() { return {.name = N("www.example."), .type = wire::RrType::kA}; }

/// Fails at `now` and returns for how many seconds the question rests.
int64_t RestAfter(Store& store, world::Instant now) {
  store.PutFailure(Www(), kNobody, wire::Rcode::kServFail, now);
  const auto failure = store.FindFailure(Www(), now);
  REQUIRE(failure);
  return (failure->expires - now) / world::Seconds(1);
}

TEST_CASE("a failure is told for 5 s with its reason (RFC 9520 3.1)") {
  Store store({});
  store.PutFailure(Www(), kNobody, wire::Rcode::kRefused, At(0));
  const auto failure = store.FindFailure({.name = N("WWW.example.")}, At(4));
  REQUIRE(failure);
  CHECK(failure->rcode == wire::Rcode::kRefused);
  CHECK(failure->error == kNobody);
  CHECK_FALSE(store.FindFailure(Www(), At(5)));
  CHECK_FALSE(store.FindFailure({.name = N("www.example."), .type = wire::RrType::kMx}, At(4)));
}

TEST_CASE("failures in a row rest 5, 10, 20 ... 300 s (RFC 9520 3.2)") {
  Store store({});
  CHECK(RestAfter(store, At(0)) == 5);
  CHECK(RestAfter(store, At(5)) == 10);
  CHECK(RestAfter(store, At(15)) == 20);
  CHECK(RestAfter(store, At(334)) == 40);  // The rest before ended at 35: just within five minutes.
}

TEST_CASE("failures at the same time are one") {
  Store store({});
  CHECK(RestAfter(store, At(0)) == 5);
  CHECK(RestAfter(store, At(4)) == 1);
  CHECK(RestAfter(store, At(5)) == 10);
}

TEST_CASE("a failure for want of a network of our own is told for 1 s, and counts for nothing (RFC 9520 3.2)") {
  Store store({});
  const auto fail_by_ourselves = [&](world::Instant now) {
    store.PutFailure(Www(), kNobody, wire::Rcode::kServFail, now, Fault::kOurNetwork);
    CHECK(store.FindFailure(Www(), now));
    CHECK_FALSE(store.FindFailure(Www(), now + world::Seconds(1)));
  };
  fail_by_ourselves(At(0));
  fail_by_ourselves(At(1));
  CHECK(RestAfter(store, At(2)) == 5);
  fail_by_ourselves(At(7));
  CHECK(RestAfter(store, At(8)) == 10);
}

TEST_CASE("an answer, or five quiet minutes, let the rest begin at 5 s again") {
  Store store({});
  CHECK(RestAfter(store, At(0)) == 5);
  store.ClearFailure(Www());
  CHECK_FALSE(store.FindFailure(Www(), At(1)));
  CHECK(RestAfter(store, At(1)) == 5);
  CHECK(RestAfter(store, At(306)) == 5);
}

}  // namespace
}  // namespace cache
