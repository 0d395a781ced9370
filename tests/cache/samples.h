#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "engine/cache/store.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/time.h"

namespace cache {

/// Returns the instant of `seconds` on the test's timeline.
constexpr world::Instant At(int64_t seconds) { return world::Instant(world::Seconds(1'000'000 + seconds)); }

/// Returns the name of `text`.
inline wire::Name N(std::string_view text) {
  const auto name = wire::Name::FromText(text);
  REQUIRE(name);
  return *name;
}

/// Returns an A set of one address, 192.0.2.`last`.
inline wire::RrSet ASet(std::string_view owner, uint32_t ttl, uint8_t last) {
  wire::RrSet rrset{.owner = N(owner), .type = wire::RrType::kA, .ttl = ttl, .rdatas = {}, .signatures = {}};
  const uint8_t address[] = {192, 0, 2, last};
  rrset.rdatas.Add(address);
  return rrset;
}

/// Returns a SOA set with the given TTL and minimum field.
inline wire::RrSet SoaSet(std::string_view owner, uint32_t ttl, uint8_t minimum) {
  wire::RrSet rrset{.owner = N(owner), .type = wire::RrType::kSoa, .ttl = ttl, .rdatas = {}, .signatures = {}};
  const uint8_t rdata[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, minimum};
  rrset.rdatas.Add(rdata);
  return rrset;
}

/// Returns the last octet of the address that is known of (owner, A), or -1.
inline int LastOctet(const Store& store, std::string_view owner, world::Instant now) {
  const auto known = store.Find(N(owner), wire::RrType::kA, now);
  if (!known) return -1;
  const auto* positive = std::get_if<Positive>(&known->what);
  return positive == nullptr ? -1 : (*positive->rrset->rdatas.begin())[3];
}

/// Returns whether (owner, A) is known not to exist for want of the name.
inline bool IsNxDomain(const Store& store, std::string_view owner, world::Instant now) {
  const auto known = store.Find(N(owner), wire::RrType::kA, now);
  return known && std::holds_alternative<NxDomain>(known->what);
}

}  // namespace cache
