#include "engine/zone/refresh.h"

#include <doctest/doctest.h>

#include "engine/world/limits.h"

namespace {

using world::Instant;
using world::Now;
using world::Seconds;
using world::WallTime;
using zone::Refresh;

/// Draws the same octet for ever: no jitter at all, or nearly the most.
class OneOctet final : public world::Random {
 public:
  explicit OneOctet(uint8_t octet) : octet_(octet) {}
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& octet : out) octet = octet_;
  }

 private:
  uint8_t octet_;
};

constexpr int64_t kWall = 1'790'000'000;

/// Returns the moment so many seconds after the beginning.
Now At(int64_t seconds) { return {.mono = Instant(Seconds(seconds)), .wall = WallTime(Seconds(kWall + seconds))}; }

/// The timers of the real root zone.
wire::Soa RootSoa() {
  wire::Soa soa;
  soa.refresh = 1'800;
  soa.retry = 900;
  soa.expire = 604'800;
  return soa;
}

/// Returns the seconds after the beginning.
int64_t SecondsOf(Instant instant) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant.time_since_epoch()).count();
}

TEST_CASE("Sources are asked at once where there is no zone") {
  OneOctet random(0);
  CHECK(Refresh(random).next_poll() <= At(0).mono);
}

TEST_CASE("Sources are asked at the SOA's refresh, not before it, and up to a tenth later (RFC 1035 3.3.13)") {
  for (const int drawn : {0, 1, 77, 128, 200, 254}) {
    const auto octet = static_cast<uint8_t>(drawn);
    OneOctet random(octet);
    Refresh refresh(random);
    refresh.Confirm(RootSoa(), At(10).wall, {}, At(10));
    CAPTURE(drawn);
    CHECK(refresh.next_poll() >= At(10 + 1'800).mono);
    CHECK(refresh.next_poll() <= At(10 + 1'980).mono);
  }
}

TEST_CASE("After a failure they are asked at the SOA's retry, and the zone stays in use until its expire") {
  OneOctet random(0);
  Refresh refresh(random);
  refresh.Confirm(RootSoa(), At(0).wall, {}, At(0));
  refresh.Fail(At(1'800));
  CHECK(SecondsOf(refresh.next_poll()) == 2'700);
  refresh.Fail(At(2'700));
  CHECK(SecondsOf(refresh.next_poll()) == 3'600);
  CHECK_FALSE(refresh.IsExpired(At(604'799).wall));
  CHECK(refresh.IsExpired(At(604'800).wall));
}

TEST_CASE("A confirmation puts off the end of the zone's use") {
  OneOctet random(0);
  Refresh refresh(random);
  refresh.Confirm(RootSoa(), At(0).wall, {}, At(0));
  refresh.Confirm(RootSoa(), At(1'800).wall, {}, At(1'800));
  CHECK_FALSE(refresh.IsExpired(At(604'800).wall));
  CHECK(refresh.IsExpired(At(606'600).wall));
  CHECK(refresh.checked() == At(1'800).wall);
}

TEST_CASE("A zone is not used after its signatures end, whoever confirms it: a source that lies can delay, not more") {
  OneOctet random(0);
  Refresh refresh(random);
  refresh.Confirm(RootSoa(), At(0).wall, At(5'000).wall, At(0));
  refresh.Confirm(RootSoa(), At(4'000).wall, At(5'000).wall, At(4'000));
  CHECK_FALSE(refresh.IsExpired(At(4'999).wall));
  CHECK(refresh.IsExpired(At(5'000).wall));
}

TEST_CASE("A copy of the last run is as old as it is: polled when its refresh has passed since it was checked") {
  OneOctet random(0);
  Refresh young(random);
  young.Confirm(RootSoa(), At(-600).wall, {}, At(0));
  CHECK(SecondsOf(young.next_poll()) == 1'200);
  CHECK(young.IsExpired(At(604'200).wall));
  Refresh old(random);
  old.Confirm(RootSoa(), At(-90'000).wall, {}, At(0));
  CHECK(SecondsOf(old.next_poll()) == 0);
}

TEST_CASE("A copy that claims to be of the future counts from this moment") {
  OneOctet random(0);
  Refresh refresh(random);
  refresh.Confirm(RootSoa(), At(1'000'000).wall, {}, At(0));
  CHECK(refresh.checked() == At(0).wall);
  CHECK(refresh.IsExpired(At(604'800).wall));
}

TEST_CASE("Without a zone the waits double up to a quarter of an hour") {
  OneOctet random(0);
  Refresh refresh(random);
  int64_t now = 0;
  for (const int64_t wait : {5, 10, 20, 40, 80, 160, 320, 640, 900, 900}) {
    refresh.Fail(At(now));
    CHECK(SecondsOf(refresh.next_poll()) == now + wait);
    now += wait;
  }
}

TEST_CASE("No SOA makes sources be asked more often than every kMinRootPoll") {
  static_assert(world::limits::kMinRootPoll == Seconds(5));
  OneOctet random(0);
  Refresh refresh(random);
  wire::Soa soa = RootSoa();
  for (const uint32_t seconds : {0U, 1U, 4U, 5U}) {
    soa.refresh = soa.retry = seconds;
    refresh.Confirm(soa, At(0).wall, {}, At(0));
    CHECK(SecondsOf(refresh.next_poll()) == 5);
    refresh.Fail(At(0));
    CHECK(SecondsOf(refresh.next_poll()) == 5);
  }
  soa.refresh = 6;
  refresh.Confirm(soa, At(0).wall, {}, At(0));
  CHECK(SecondsOf(refresh.next_poll()) == 6);
}

TEST_CASE("When a zone is given up its sources are asked at once") {
  OneOctet random(0);
  Refresh refresh(random);
  refresh.Confirm(RootSoa(), At(0).wall, {}, At(0));
  refresh.Clear(At(100));
  CHECK(SecondsOf(refresh.next_poll()) == 100);
  CHECK_FALSE(refresh.expires().has_value());
  CHECK_FALSE(refresh.checked().has_value());
}

}  // namespace
