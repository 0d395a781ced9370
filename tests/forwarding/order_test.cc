#include "engine/forwarding/order.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/world/chances.h"

namespace forwarding {
namespace {

using servers::Glance;
using servers::Health;
using servers::UpstreamId;

/// Draws numbers that are well mixed (splitmix64), the same in each run.
class Mixed : public world::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    std::ranges::fill(out, uint8_t{0});
    next_ += 0x9e3779b97f4a7c15;
    uint64_t bits = (next_ ^ next_ >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    bits ^= bits >> 31;
    for (size_t i = 0; i < std::min<size_t>(out.size(), 8); ++i) out[i] = static_cast<uint8_t>(bits >> (8 * i));
  }

 private:
  uint64_t next_ = 0;
};

/// Returns a plan of one pool for each list of weights.
Plan PlanOf(settings::Strategy strategy, const std::vector<std::vector<int>>& pools) {
  Plan plan;
  for (const auto& weights : pools) {
    Pool pool{"", strategy, {}};
    for (const int weight : weights) {
      pool.members.push_back(static_cast<UpstreamId>(plan.upstreams.size()));
      plan.upstreams.push_back({});
      plan.upstreams.back().weight = weight;
    }
    plan.pools.push_back(std::move(pool));
  }
  return plan;
}

/// Returns the numbers of the upstreams, wave by wave.
std::vector<std::vector<int>> Numbers(const std::vector<Wave>& waves) {
  std::vector<std::vector<int>> numbers;
  for (const Wave& wave : waves) {
    numbers.emplace_back();
    for (const UpstreamId id : wave) numbers.back().push_back(static_cast<int>(id));
  }
  return numbers;
}

using List = std::vector<std::vector<int>>;
constexpr size_t kFirstPool[] = {0};
constexpr size_t kBothPools[] = {0, 1};

TEST_CASE("Failover keeps the order of the settings; who is suspect comes later, who is down last") {
  world_test::Zeros random;
  const Plan plan = PlanOf(settings::Strategy::kFailover, {{1, 1, 1}});
  CHECK(Numbers(Order(plan, kFirstPool, std::vector<Glance>(3), random)) == List{{0}, {1}, {2}});
  const std::vector<Glance> glances{{Health::kDown, {}, {}}, {Health::kSuspect, {}, {}}, {Health::kUp, {}, {}}};
  CHECK(Numbers(Order(plan, kFirstPool, glances, random)) == List{{2}, {1}, {0}});
}

TEST_CASE("Parallel asks all that are not down at once, and the others after them") {
  world_test::Zeros random;
  const Plan plan = PlanOf(settings::Strategy::kParallel, {{1, 1, 1}});
  const std::vector<Glance> glances{{Health::kDown, {}, {}}, {Health::kSuspect, {}, {}}, {Health::kUp, {}, {}}};
  CHECK(Numbers(Order(plan, kFirstPool, glances, random)) == List{{1, 2}, {0}});
}

TEST_CASE("Balanced shares by weight") {
  Mixed random;
  const Plan plan = PlanOf(settings::Strategy::kBalanced, {{1, 3}});
  int second = 0;
  for (int i = 0; i < 4'000; ++i) {
    second += Order(plan, kFirstPool, std::vector<Glance>(2), random).front().front() == UpstreamId{1} ? 1 : 0;
  }
  CHECK(second > 2'800);
  CHECK(second < 3'200);
}

TEST_CASE("A pool without any healthy upstream comes after those that have one") {
  world_test::Zeros random;
  const Plan plan = PlanOf(settings::Strategy::kFailover, {{1}, {1}});
  const std::vector<Glance> glances{{Health::kDown, {}, {}}, {Health::kUp, {}, {}}};
  CHECK(Numbers(Order(plan, kBothPools, glances, random)) == List{{1}, {0}});
}

}  // namespace
}  // namespace forwarding
