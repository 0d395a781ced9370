#include "engine/iteration/delegation.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/world/limits.h"

namespace iteration {
namespace {

using wire::Name;
using wire::RrSet;
using wire::RrType;

constexpr world::Instant kNow{world::Seconds(1000)};

/// Returns a referral to example. with `count` nameservers, TTL one hour.
Referred ReferralOf(size_t count) {
  Referred referral{{*Name::FromText("example."), RrType::kNs, wire::RrClass::kIn, 3'600, {}, {}}, {}, {}};
  for (size_t i = 0; i < count; ++i) {
    referral.ns.rdatas.Add(Name::FromText(fmt::format("ns{}.example.", i))->octets());
  }
  return referral;
}

TEST_CASE("A delegation lives as long as its NS set, and never longer than the one that led to it (CVE-2022-30698)") {
  const auto life = [](world::Instant parent, world::Duration longest) {
    return FromReferral(ReferralOf(1), parent, longest, kNow).delegation.expires - kNow;
  };
  CHECK(life(world::kNever, world::Seconds(86'400)) == world::Seconds(3'600));
  CHECK(life(kNow + world::Seconds(60), world::Seconds(86'400)) == world::Seconds(60));
  CHECK(life(world::kNever, world::Seconds(30)) == world::Seconds(30));
}

TEST_CASE("kMaxNameServers nameservers are kept, one more is left out and counted") {
  const auto built = [](size_t count) {
    return FromReferral(ReferralOf(count), world::kNever, world::Seconds(86'400), kNow);
  };
  CHECK(built(world::limits::kMaxNameServers).servers_left_out == 0);
  const Built over = built(world::limits::kMaxNameServers + 1);
  CHECK(over.servers_left_out == 1);
  CHECK(over.delegation.servers.size() == world::limits::kMaxNameServers);
}

TEST_CASE("Of too many nameservers those with glue are kept") {
  Referred referral = ReferralOf(world::limits::kMaxNameServers + 1);
  const Name last = *Name::FromText(fmt::format("ns{}.example.", world::limits::kMaxNameServers));
  RrSet glue{last, RrType::kA, wire::RrClass::kIn, 3'600, {}, {}};
  glue.rdatas.Add(std::array<uint8_t, 4>{192, 0, 2, 1});
  referral.glue.push_back(glue);
  const Built built = FromReferral(referral, world::kNever, world::Seconds(86'400), kNow);
  CHECK(built.delegation.servers.front().name == last);
}

TEST_CASE("kMaxAddressesPerServer addresses of a nameserver are kept, one more is left out and counted") {
  for (const size_t count : {world::limits::kMaxAddressesPerServer, world::limits::kMaxAddressesPerServer + 1}) {
    Referred referral = ReferralOf(1);
    RrSet glue{*Name::FromText("ns0.example."), RrType::kA, wire::RrClass::kIn, 3'600, {}, {}};
    for (size_t i = 0; i < count; ++i) glue.rdatas.Add(std::array<uint8_t, 4>{192, 0, 2, static_cast<uint8_t>(i)});
    referral.glue.push_back(glue);
    const Built built = FromReferral(referral, world::kNever, world::Seconds(86'400), kNow);
    CHECK(built.delegation.servers.front().glue.size() == world::limits::kMaxAddressesPerServer);
    CHECK(built.addresses_left_out == count - world::limits::kMaxAddressesPerServer);
  }
}

TEST_CASE("Addresses of a wrong length are none") {
  RrSet set{*Name::FromText("ns."), RrType::kA, wire::RrClass::kIn, 60, {}, {}};
  set.rdatas.Add(std::array<uint8_t, 3>{192, 0, 2});
  set.rdatas.Add(std::array<uint8_t, 4>{192, 0, 2, 1});
  CHECK(AddressesOf(set).size() == 1);
}

}  // namespace
}  // namespace iteration
