#include "engine/iteration/server_set.h"

#include <doctest/doctest.h>

#include <array>

#include "engine/policy/upstream_guard.h"

namespace iteration {
namespace {

using world::Address;
using world::Endpoint;

constexpr world::Instant kNow{world::Seconds(1000)};
constexpr auto kFamilies = std::to_array({wire::RrType::kA});
const std::array<Endpoint, 1> kLiar{Endpoint{*Address::FromText("192.0.2.1"), 53}};

/// Returns a name; a test with a wrong one ends.
wire::Name N(const char* text) { return *wire::Name::FromText(text); }

/// A zone served by a nameserver with glue and one without.
struct Zone {
  /// Returns its servers.
  ServerSet Servers() const { return {delegation, kFamilies, 53, guard, store, kNow}; }

  cache::Delegation delegation{
      N("example."),
      {{N("ns.example."), {kLiar[0].address, *Address::FromText("192.0.2.2")}}, {N("ns.other."), {}}},
      world::kNever};
  policy::UpstreamGuard guard{{}};
  cache::Store store{cache::StoreOptions{}};
};

/// Returns how many servers may be asked.
size_t MayBeAsked(const ServerSet& servers) {
  std::vector<size_t> indices;
  return servers.Candidates(indices).size();
}

TEST_CASE("Who is avoided is not asked, not for another question, nor when a look-up brings its address again") {
  const Zone zone;
  ServerSet servers = zone.Servers();
  CHECK(MayBeAsked(servers) == 2);
  servers.Avoid(kLiar);
  CHECK(MayBeAsked(servers) == 1);
  servers.Restart();
  CHECK(MayBeAsked(servers) == 1);
  ServerSet others;
  others.Avoid(kLiar);
  ServerSet more = zone.Servers();
  CHECK(more.Without(others));
  CHECK(MayBeAsked(more) == 1);
}

TEST_CASE("An address that a look-up brings is not asked where it is avoided") {
  Zone zone;
  zone.delegation.servers.erase(zone.delegation.servers.begin());
  ServerSet servers = zone.Servers();
  servers.Avoid(kLiar);
  REQUIRE(servers.Unasked().size() == 1);
  servers.BeginLookUp(0);
  servers.EndLookUp(N("ns.other."), std::array{kLiar[0].address, *Address::FromText("192.0.2.2")}, 53, zone.guard);
  CHECK(servers.targets().size() == 2);
  CHECK(MayBeAsked(servers) == 1);
}

}  // namespace
}  // namespace iteration
