#include "engine/forwarding/order.h"

#include <algorithm>
#include <array>
#include <utility>

namespace forwarding {
namespace {

using servers::Glance;
using servers::Health;
using servers::UpstreamId;

/// Returns how an upstream fares.
Health HealthOf(UpstreamId id, std::span<const Glance> glances) { return glances[static_cast<size_t>(id)].health; }

/// Draws the members of a pool by weight, without putting back: who is drawn first is asked first.
std::vector<UpstreamId> Shuffled(const Plan& plan, std::vector<UpstreamId> members, world::Random& random) {
  std::vector<UpstreamId> drawn;
  while (!members.empty()) {
    uint64_t sum = 0;
    for (const UpstreamId id : members) sum += static_cast<uint64_t>(plan.At(id).weight);
    uint64_t draw = random.Below(sum);
    auto at = members.begin();
    for (; draw >= static_cast<uint64_t>(plan.At(*at).weight); ++at) draw -= static_cast<uint64_t>(plan.At(*at).weight);
    drawn.push_back(*at);
    members.erase(at);
  }
  return drawn;
}

/// Adds the waves of one pool.
void AddPool(const Plan& plan, const Pool& pool, std::span<const Glance> glances, world::Random& random,
             std::vector<Wave>& waves) {
  std::vector<UpstreamId> members = pool.members;
  if (pool.strategy == settings::Strategy::kBalanced) members = Shuffled(plan, std::move(members), random);
  if (pool.strategy == settings::Strategy::kParallel) {
    // Who is suspect runs along, since that costs no time; who is down does not, since it costs packets.
    Wave all;
    Wave down;
    for (const UpstreamId id : members) (HealthOf(id, glances) == Health::kDown ? down : all).push_back(id);
    if (!all.empty()) waves.push_back(std::move(all));
    if (!down.empty()) waves.push_back(std::move(down));
    return;
  }
  std::ranges::stable_sort(members, {}, [&](UpstreamId id) { return HealthOf(id, glances); });
  for (const UpstreamId id : members) waves.push_back({id});
}

}  // namespace

std::vector<Wave> Order(const Plan& plan, std::span<const size_t> pools, std::span<const Glance> glances,
                        world::Random& random) {
  const auto is_up = [&](UpstreamId id) { return HealthOf(id, glances) == Health::kUp; };
  std::vector<Wave> waves;
  for (const bool healthy : {true, false}) {
    for (const size_t index : pools) {
      const Pool& pool = plan.pools[index];
      if (std::ranges::any_of(pool.members, is_up) == healthy) AddPool(plan, pool, glances, random, waves);
    }
  }
  return waves;
}

}  // namespace forwarding
