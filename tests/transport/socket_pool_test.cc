#include "engine/transport/socket_pool.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace {

using transport::Ending;
using transport::Fate;
using transport::SocketId;
using transport::SocketPool;
using Kind = SocketPool::Taken::Kind;
using world::Family;
using world::Instant;
using world::Milliseconds;
using world::Seconds;

/// A counter for a Random: every draw differs and every run is the same.
class Counting final : public world::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (auto& octet : out) octet = static_cast<uint8_t>((next_ = next_ * 1'103'515'245U + 12'345U) >> 16);
  }

 private:
  uint32_t next_ = 1;
};

constexpr Instant At(world::Duration since_start) { return Instant(Seconds(1'000) + since_start); }

/// Takes `count` sockets and gives them back answered: that many idle ones, if none were idle.
void FillIdle(SocketPool& pool, int count, Instant now, world::Random& random) {
  std::vector<SocketId> taken;
  taken.reserve(static_cast<size_t>(count));
  for (int i = 0; i < count; ++i) taken.push_back(pool.Take(Family::kIpv4, now, random).id);
  for (const SocketId id : taken) REQUIRE(pool.Return(id, Ending::kAnswered, now) == Fate::kKeep);
}

TEST_CASE("below the least number of idle sockets each query gets a fresh one; from there one of them") {
  Counting random;
  SocketPool pool({.least_idle = 4});
  FillIdle(pool, 3, At({}), random);
  CHECK(pool.Take(Family::kIpv4, At({}), random).kind == Kind::kFresh);

  SocketPool full({.least_idle = 4});
  FillIdle(full, 4, At({}), random);
  const auto taken = full.Take(Family::kIpv4, At({}), random);
  CHECK(taken.kind == Kind::kReuse);
  CHECK(full.idle() == 3);
  CHECK(full.in_use() == 1);
}

TEST_CASE("an idle IPv4 socket does not carry an IPv6 query") {
  Counting random;
  SocketPool pool({.least_idle = 4});
  FillIdle(pool, 4, At({}), random);
  CHECK(pool.Take(Family::kIpv6, At({}), random).kind == Kind::kFresh);
}

TEST_CASE("a socket in use is never given to a second query") {
  Counting random;
  SocketPool pool({.least_idle = 1});
  FillIdle(pool, 8, At({}), random);
  std::set<SocketId> in_use;
  for (int i = 0; i < 20; ++i) CHECK(in_use.insert(pool.Take(Family::kIpv4, At({}), random).id).second);
  CHECK(pool.in_use() == 20);
}

TEST_CASE("a socket is closed with its eighth answer") {
  Counting random;
  SocketPool pool({.least_idle = 1, .most_uses = 8});
  SocketId id = pool.Take(Family::kIpv4, At({}), random).id;
  for (int use = 1; use < 8; ++use) {
    CHECK(pool.Return(id, Ending::kAnswered, At({})) == Fate::kKeep);
    const auto taken = pool.Take(Family::kIpv4, At({}), random);
    CHECK(taken.kind == Kind::kReuse);
    CHECK(taken.id == id);
  }
  CHECK(pool.Return(id, Ending::kAnswered, At({})) == Fate::kClose);
  CHECK(pool.idle() == 0);
}

TEST_CASE("a socket that may still see a late datagram is closed") {
  Counting random;
  SocketPool pool({});
  const SocketId id = pool.Take(Family::kIpv4, At({}), random).id;
  CHECK(pool.Return(id, Ending::kOpen, At({})) == Fate::kClose);
  CHECK(pool.in_use() == 0);
}

TEST_CASE("a socket of five seconds may carry on, a millisecond more and it goes") {
  Counting random;
  SocketPool pool({.least_idle = 1, .most_age = Seconds(5)});
  FillIdle(pool, 1, At({}), random);
  auto taken = pool.Take(Family::kIpv4, At(Seconds(5)), random);
  CHECK(taken.kind == Kind::kReuse);
  CHECK(pool.Return(taken.id, Ending::kAnswered, At(Seconds(5))) == Fate::kKeep);

  taken = pool.Take(Family::kIpv4, At(Seconds(5) + Milliseconds(1)), random);
  CHECK(taken.kind == Kind::kFresh);
  REQUIRE(taken.close_first);
  CHECK(pool.idle() == 0);
  CHECK(pool.Return(taken.id, Ending::kAnswered, At(Seconds(10))) == Fate::kKeep);
}

TEST_CASE("idle sockets that are too old are retired, the others stay") {
  Counting random;
  SocketPool pool({.least_idle = 100});
  FillIdle(pool, 3, At({}), random);
  FillIdle(pool, 2, At(Seconds(2)), random);
  CHECK(pool.Retire(At(Seconds(5))).empty());
  CHECK(pool.Retire(At(Seconds(6))).size() == 3);
  CHECK(pool.idle() == 2);
}

TEST_CASE("at the cap an idle socket makes room; with none idle there is no socket") {
  Counting random;
  SocketPool pool({.most_sockets = 3, .least_idle = 100});
  FillIdle(pool, 1, At({}), random);
  std::vector<SocketId> in_use;
  for (int i = 0; i < 2; ++i) {
    const auto taken = pool.Take(Family::kIpv6, At({}), random);
    CHECK(taken.kind == Kind::kFresh);
    CHECK_FALSE(taken.close_first);
  }
  CHECK(pool.idle() == 1);
  const auto third = pool.Take(Family::kIpv6, At({}), random);
  CHECK(third.kind == Kind::kFresh);
  CHECK(third.close_first);
  CHECK(pool.in_use() == 3);
  CHECK(pool.Take(Family::kIpv6, At({}), random).kind == Kind::kNone);

  pool.Forget(third.id);
  CHECK(pool.Take(Family::kIpv6, At({}), random).kind == Kind::kFresh);
}

TEST_CASE("the draw reaches every idle socket") {
  Counting random;
  SocketPool pool({.least_idle = 8, .most_uses = 1'000'000});
  FillIdle(pool, 8, At({}), random);
  std::set<SocketId> seen;
  for (int i = 0; i < 400; ++i) {
    const auto taken = pool.Take(Family::kIpv4, At({}), random);
    REQUIRE(taken.kind == Kind::kReuse);
    seen.insert(taken.id);
    REQUIRE(pool.Return(taken.id, Ending::kAnswered, At({})) == Fate::kKeep);
  }
  CHECK(seen.size() == 8);
}

}  // namespace
