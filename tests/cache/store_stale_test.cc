#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

using wire::RrType;
using world::kNever;

/// Returns the last octet of the address that was or is known of (owner, A), or -1.
int StaleOctet(const Store& store, std::string_view owner, world::Instant now) {
  const auto known = store.FindStale(N(owner), RrType::kA, now);
  const auto* positive = known ? std::get_if<Positive>(&known->what) : nullptr;
  return positive == nullptr ? -1 : (*positive->rrset->rdatas.begin())[3];
}

TEST_CASE("a set is of use for the stale time beyond its TTL, and no longer (RFC 8767)") {
  Store store({.stale_seconds = 100});
  store.PutRrSet(ASet("w.", 300, 1), Rank::kAuthAnswer, At(0), {kNever, kNever});
  CHECK(LastOctet(store, "w.", At(300)) == -1);
  CHECK(StaleOctet(store, "w.", At(300)) == 1);
  CHECK(StaleOctet(store, "w.", At(399)) == 1);
  CHECK(StaleOctet(store, "w.", At(400)) == -1);
}

TEST_CASE("what is stale ends with the delegation that led to it, and without one it never is") {
  Store store({.stale_seconds = 1'000});
  store.PutRrSet(ASet("w.", 300, 1), Rank::kAuthAnswer, At(0), {kNever, At(350)});
  store.PutRrSet(ASet("v.", 300, 2), Rank::kAuthAnswer, At(0), kNever);
  CHECK(StaleOctet(store, "w.", At(349)) == 1);
  CHECK(StaleOctet(store, "w.", At(350)) == -1);
  CHECK(StaleOctet(store, "v.", At(299)) == 2);
  CHECK(StaleOctet(store, "v.", At(300)) == -1);
}

TEST_CASE("without a stale time nothing is stale") {
  Store store({});
  store.PutRrSet(ASet("w.", 300, 1), Rank::kAuthAnswer, At(0), {kNever, kNever});
  CHECK(StaleOctet(store, "w.", At(300)) == -1);
}

TEST_CASE("what is known counts more than what is stale, and of what is stale the later") {
  Store store({.stale_seconds = 1'000});
  store.PutNxDomain(N("w."), SoaSet(".", 10, 10), Rank::kAuthAnswer, At(0), {kNever, kNever});
  store.PutRrSet(ASet("w.", 10, 1), Rank::kAuthAnswer, At(20), {kNever, kNever});
  CHECK(StaleOctet(store, "w.", At(25)) == 1);
  CHECK(StaleOctet(store, "w.", At(35)) == 1);
  store.PutNxDomain(N("w."), SoaSet(".", 10, 10), Rank::kAuthAnswer, At(40), {kNever, kNever});
  const auto known = store.FindStale(N("w."), RrType::kA, At(60));
  REQUIRE(known);
  CHECK(std::holds_alternative<NxDomain>(known->what));
}

TEST_CASE("what is stale is replaced by what comes, and goes with a flush") {
  Store store({.stale_seconds = 1'000});
  store.PutRrSet(ASet("w.", 10, 1), Rank::kAuthAnswer, At(0), {kNever, kNever});
  store.PutRrSet(ASet("w.", 10, 2), Rank::kNonAuthAnswer, At(20), {kNever, kNever});
  CHECK(StaleOctet(store, "w.", At(40)) == 2);
  CHECK(store.Flush(N("w.")) == 1);
  CHECK(StaleOctet(store, "w.", At(40)) == -1);
}

TEST_CASE("what is stale is the first to go when room is wanted") {
  Store store({.limit_octets = 64 * 1024, .stale_seconds = 1'000});
  store.PutRrSet(ASet("w.", 10, 1), Rank::kAuthAnswer, At(0), {kNever, kNever});
  REQUIRE(LastOctet(store, "w.", At(5)) == 1);  // Found: SIEVE would keep it if it lived.
  for (int i = 0; i < 2'000; ++i) {
    store.PutRrSet(ASet("n" + std::to_string(i) + ".", 1'000, 2), Rank::kAuthAnswer, At(20), kNever);
  }
  CHECK(StaleOctet(store, "w.", At(21)) == -1);
}

}  // namespace
}  // namespace cache
