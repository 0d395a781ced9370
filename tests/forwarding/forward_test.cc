#include "engine/forwarding/forward.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "engine/forwarding/query.h"
#include "engine/world/limits.h"
#include "tests/world/chances.h"

namespace forwarding {
namespace {

using servers::UpstreamId;
using world::Milliseconds;
using world::Seconds;

constexpr world::Instant kStart{Seconds(100)};
const wire::Question kQuestion{*wire::Name::FromText("www.example."), wire::RrType::kA};

/// A pool of some upstreams and what a step may use.
struct Fixture {
  Fixture(settings::Strategy strategy, size_t count) {
    settings.forward.strategy = strategy;
    for (size_t i = 0; i < count; ++i) {
      const std::string url = "192.0.2." + std::to_string(i + 1);
      settings.forward.servers.push_back(std::get<settings::UpstreamUrl>(settings::UpstreamFromText(url)));
    }
    plan = MakePlan(settings);
    board.Prepare(plan.Names(), {});
  }

  /// Returns how many queries the wishes send, and forgets the wishes.
  size_t TakeSent() {
    const auto sent = std::ranges::count_if(wishes, [](const Wish& w) { return std::holds_alternative<SendWish>(w); });
    wishes.clear();
    return static_cast<size_t>(sent);
  }

  settings::Settings settings;
  Plan plan;
  servers::UpstreamBoard board;
  world_test::Zeros random;
  metrics::Counters counters;
  Context context{settings, plan, board, random, counters, {kStart, {}}};
  Wishes wishes;
};

TEST_CASE("A silent upstream is followed by the next after the attempt's timeout, and all end with the query's") {
  Fixture fixture(settings::Strategy::kFailover, 2);
  Forward forward({kQuestion, {0}, {}, world::kNever});
  forward.Start(fixture.context, fixture.wishes);
  CHECK(fixture.TakeSent() == 1);
  CHECK(forward.NextDeadline() == kStart + Seconds(1));  // forward.attempt-timeout: its RTT is not known.
  fixture.context.now.mono = kStart + Seconds(1);
  forward.Expire(fixture.context, fixture.wishes);
  CHECK(fixture.TakeSent() == 1);
  fixture.context.now.mono = kStart + Seconds(3);
  forward.Expire(fixture.context, fixture.wishes);
  REQUIRE(forward.ending() != nullptr);
  CHECK(!forward.ending()->response);
}

TEST_CASE("However many upstreams are silent, the last one is asked within the query's time") {
  Fixture fixture(settings::Strategy::kFailover, 8);
  Forward forward({kQuestion, {0}, {}, world::kNever});
  forward.Start(fixture.context, fixture.wishes);
  size_t sent = fixture.TakeSent();
  while (sent < 8 && forward.ending() == nullptr) {
    fixture.context.now.mono = forward.NextDeadline();
    forward.Expire(fixture.context, fixture.wishes);
    sent += fixture.TakeSent();
  }
  CHECK(sent == 8);
  CHECK(fixture.context.now.mono <= kStart + Seconds(3) - Milliseconds(250));
}

TEST_CASE("A refused connection is followed by the next upstream at once") {
  Fixture fixture(settings::Strategy::kFailover, 2);
  Forward forward({kQuestion, {0}, {}, world::kNever});
  forward.Start(fixture.context, fixture.wishes);
  const Tag tag = std::get<SendWish>(fixture.wishes.front()).tag;
  CHECK(fixture.TakeSent() == 1);
  forward.Fail(tag, world::Mishap::kPortUnreachable, fixture.context, fixture.wishes);
  CHECK(fixture.TakeSent() == 1);
}

/// Returns the tag of the only query that the wishes send, and forgets them.
Tag TakeTag(Fixture& fixture) {
  const auto is_send = [](const Wish& wish) { return std::holds_alternative<SendWish>(wish); };
  const auto at = std::ranges::find_if(fixture.wishes, is_send);
  REQUIRE(at != fixture.wishes.end());
  const Tag tag = std::get<SendWish>(*at).tag;
  CHECK(fixture.TakeSent() == 1);
  return tag;
}

TEST_CASE("A question for which there is no socket waits for one: 20 ms, then twice as long each time") {
  Fixture fixture(settings::Strategy::kFailover, 1);
  Forward forward({kQuestion, {0}, {}, world::kNever});
  forward.Start(fixture.context, fixture.wishes);
  world::Instant now = kStart;
  for (const int wait : {20, 40, 80, 160, 320, 640, 1280}) {
    forward.Fail(TakeTag(fixture), world::Mishap::kNoSocket, fixture.context, fixture.wishes);
    CHECK(fixture.TakeSent() == 0);
    REQUIRE(forward.ending() == nullptr);
    now += Milliseconds(wait);
    CHECK(forward.NextDeadline() == now);
    fixture.context.now.mono = now;
    forward.Expire(fixture.context, fixture.wishes);
  }
  forward.Fail(TakeTag(fixture), world::Mishap::kNoSocket, fixture.context, fixture.wishes);
  CHECK(forward.NextDeadline() == kStart + Seconds(3));  // forward.query-timeout.
  fixture.context.now.mono = kStart + Seconds(3);
  forward.Expire(fixture.context, fixture.wishes);
  REQUIRE(forward.ending() != nullptr);
  CHECK(!forward.ending()->response);
}

TEST_CASE("Where one upstream's connections are full the next one is asked at once") {
  Fixture fixture(settings::Strategy::kFailover, 2);
  Forward forward({kQuestion, {0}, {}, world::kNever});
  forward.Start(fixture.context, fixture.wishes);
  forward.Fail(TakeTag(fixture), world::Mishap::kNoSocket, fixture.context, fixture.wishes);
  CHECK(fixture.TakeSent() == 1);
}

TEST_CASE("A silent upstream is asked three times and no more, however often there is no socket for another") {
  Fixture fixture(settings::Strategy::kFailover, 2);
  fixture.settings.forward.attempt_timeout = Milliseconds(100);
  Forward forward({kQuestion, {0}, {}, world::kNever});
  forward.Start(fixture.context, fixture.wishes);
  int asked_of_silent = 0;
  while (forward.ending() == nullptr) {
    const Wishes wishes = std::exchange(fixture.wishes, {});
    bool failed = false;
    for (const Wish& wish : wishes) {
      const auto* send = std::get_if<SendWish>(&wish);
      if (send == nullptr) continue;
      if (send->to.address == fixture.plan.At(UpstreamId{0}).address) {
        ++asked_of_silent;
      } else {
        forward.Fail(send->tag, world::Mishap::kNoSocket, fixture.context, fixture.wishes);
        failed = true;
      }
    }
    if (failed) continue;
    fixture.context.now.mono = forward.NextDeadline();
    forward.Expire(fixture.context, fixture.wishes);
  }
  CHECK(asked_of_silent <= 3);
  CHECK(asked_of_silent >= 1);
}

TEST_CASE("kMaxForwardPackets queries are sent for one question, and not one more") {
  for (const bool within : {true, false}) {
    const auto most = static_cast<size_t>(world::limits::kMaxForwardPackets);
    Fixture fixture(settings::Strategy::kParallel, within ? most : most + 1);
    Forward forward({kQuestion, {0}, {}, world::kNever});
    forward.Start(fixture.context, fixture.wishes);
    CHECK(fixture.TakeSent() == most);
    CHECK(fixture.counters.Get(metrics::Metric::kLimitForwardPackets) == (within ? 0 : 1));
  }
}

TEST_CASE("Queries that are encrypted are padded to a multiple of 128 octets (RFC 8467 section 4.1)") {
  for (const world::Protocol via : {world::Protocol::kTls, world::Protocol::kHttps}) {
    CHECK(MakeQuery({1, via, 1232, true}, kQuestion).size() % 128 == 0);
  }
  CHECK(MakeQuery({1, world::Protocol::kUdp, 1232, true}, kQuestion).size() < 128);
}

TEST_CASE("CD goes with what is validated here, and with nothing else (RFC 6840 section 5.9)") {
  constexpr uint8_t kCd = 0x10;
  for (const world::Protocol via : {world::Protocol::kUdp, world::Protocol::kTls}) {
    CHECK((MakeQuery({1, via, 1232, true, Validation::kOurs}, kQuestion)[3] & kCd) != 0);
    CHECK((MakeQuery({1, via, 1232, true, Validation::kTheirs}, kQuestion)[3] & kCd) == 0);
  }
}

}  // namespace
}  // namespace forwarding
