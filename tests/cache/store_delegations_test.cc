#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

/// Returns a delegation of `zone` to ns.`zone`.
Delegation To(std::string_view zone, world::Instant expires) {
  NameServer server{.name = *N(zone).Prepend(N("ns.").Label(0)), .glue = {world::Address()}};
  return {.zone = N(zone), .servers = {server}, .expires = expires};
}

/// Returns the zone that was found, or an empty text.
std::string ZoneOf(const SharedDelegation& delegation) {
  return delegation == nullptr ? "" : delegation->zone.ToText();
}

TEST_CASE("the lowest delegation at or above a name is found, within the labels allowed") {
  Store store({});
  for (const char* zone : {".", "com.", "example.com."}) store.PutDelegation(To(zone, At(100)), At(0));
  const wire::Name name = N("a.b.Example.com.");
  CHECK(ZoneOf(store.FindDelegation(name, 0, 4, At(1))) == "example.com.");
  CHECK(ZoneOf(store.FindDelegation(name, 0, 1, At(1))) == "com.");
  CHECK(ZoneOf(store.FindDelegation(name, 0, 0, At(1))) == ".");
  CHECK(ZoneOf(store.FindDelegation(name, 3, 4, At(1))).empty());
  CHECK(ZoneOf(store.FindDelegation(N("org."), 1, 100, At(1))).empty());
  CHECK(ZoneOf(store.FindDelegation(N("com."), 0, 100, At(1))) == "com.");
  CHECK(ZoneOf(store.FindDelegation(N("."), 1, 100, At(1))).empty());
}

TEST_CASE("a delegation ends when its parent's lease ends, and at the ceiling of TTLs (CVE-2022-30698)") {
  Store store({.max_ttl_seconds = 50});
  store.PutDelegation(To("com.", At(40)), At(0));
  store.PutDelegation(To("org.", At(400)), At(0));
  CHECK(store.FindDelegation(N("com."), 0, 1, At(39)) != nullptr);
  CHECK(store.FindDelegation(N("com."), 0, 1, At(40)) == nullptr);
  CHECK(store.FindDelegation(N("org."), 0, 1, At(49)) != nullptr);
  CHECK(store.FindDelegation(N("org."), 0, 1, At(50)) == nullptr);
}

TEST_CASE("a delegation takes the place of the one before") {
  Store store({});
  store.PutDelegation(To("com.", At(40)), At(0));
  store.PutDelegation(To("COM.", At(20)), At(1));
  CHECK(store.Stats().delegation_entries == 1);
  CHECK(store.FindDelegation(N("com."), 0, 1, At(20)) == nullptr);
}

}  // namespace
}  // namespace cache
