// RFC 5011 through years of the signed pocket internet's own rollovers.
#include <doctest/doctest.h>

#include "engine/dnssec/ds.h"
#include "engine/simulator/internet_notary.h"
#include "engine/simulator/internet_signer.h"
#include "engine/simulator/internet_trust.h"
#include "engine/validation/rollover.h"

namespace simulator {
namespace {

constexpr world::WallTime kBegin{world::Seconds(1'790'000'000)};
constexpr world::Duration kDay = world::Seconds(86'400);
constexpr int kYears = 3;

/// The root of a signed internet.
struct Root {
  /// Returns the root's keys, signed, as they are on a day.
  wire::RrSet KeysOn(int day) {
    Signer signer(notary, kBegin + day * kDay);
    wire::RrSet keys = signer.DnskeySet({zone, plan});
    signer.Sign({zone, plan}, keys);
    return keys;
  }

  /// Returns an anchor: the keys that sign the keys of a day.
  validation::Anchor AnchorOn(int day) {
    validation::Anchor anchor{wire::Name(), {}, {}};
    for (const KeyId& id : ScheduleOf(zone, plan, kBegin + day * kDay).vouched_for) {
      anchor.keys.push_back(notary.Key(id).dnskey());
    }
    return anchor;
  }

  InternetOptions options{};
  Trust trust{{.on = true, .signed_permille = 700, .flawed_permille = 0, .wall_at_zero = kBegin}, options.seed};
  ZonePlan zone = trust.RootPlan();
  TrustPlan plan = trust.PlanOf(zone, zone);
  Notary notary;
};

/// Someone who looks now and then.
struct Follower {
  explicit Follower(const validation::Anchor& anchor)
      : anchors(validation::Anchors::From({anchor})), rollover(anchor) {}

  /// Looks at the keys of a day; returns whether they are believed.
  bool Believes(const wire::RrSet& keys, int day) {
    validation::Work work(64, 0);
    return rollover.See(keys, {*anchors, policy, kBegin + day * kDay}, work).is_signed;
  }

  settings::Settings::Dnssec policy;
  validation::SharedAnchors anchors;
  validation::Rollover rollover;
};

TEST_CASE(
    "Who looks each day follows the root through years of rollovers, one that restarts in between too (RFC 5011)") {
  Root root;
  Follower follower(root.AnchorOn(0));
  for (int day = 0; day < kYears * 365; ++day) {
    CAPTURE(day);
    REQUIRE(follower.Believes(root.KeysOn(day), day));
    if (day % 50 != 0) continue;
    const std::string text = validation::StateText({&follower.rollover, 1});
    const auto* octets = reinterpret_cast<const uint8_t*>(text.data());
    auto resumed = validation::Resume(*follower.anchors, {octets, text.size()}, "state");
    REQUIRE(resumed.ok());
    follower.rollover = std::move(resumed->front());
  }
  int revoked = 0;
  for (const validation::FollowedKey& key : follower.rollover.keys()) {
    if (key.state == validation::KeyState::kRevoked) ++revoked;
  }
  CHECK(revoked >= kYears);
}

TEST_CASE("Who looks fortnightly follows the root too, as RFC 5011 section 2.3 has it at the most") {
  Root root;
  Follower follower(root.AnchorOn(0));
  for (int day = 0; day < kYears * 365; day += 15) REQUIRE(follower.Believes(root.KeysOn(day), day));
}

TEST_CASE("Who was away for a year has missed a rollover and believes nothing, not even later (RFC 5011)") {
  Root root;
  Follower follower(root.AnchorOn(0));
  CHECK(follower.Believes(root.KeysOn(0), 0));
  for (int day = 400; day < 500; ++day) REQUIRE(!follower.Believes(root.KeysOn(day), day));
  // A new anchor from the operator mends it.
  Follower mended(root.AnchorOn(500));
  CHECK(mended.Believes(root.KeysOn(500), 500));
}

}  // namespace
}  // namespace simulator
