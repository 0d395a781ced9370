#pragma once

#include <span>
#include <vector>

#include "engine/forwarding/plan.h"
#include "engine/world/random.h"

namespace forwarding {

/// Upstreams that are asked at the same time.
using Wave = std::vector<servers::UpstreamId>;

/// Returns in which order the upstreams of the pools are asked: a wave when the one before it has failed or is overdue.
/// Pools stand in the order of their priority; those without any healthy upstream come last, and so do in each pool
/// those that are not healthy. `glances` are those of all upstreams of the plan.
std::vector<Wave> Order(const Plan& plan, std::span<const size_t> pools, std::span<const servers::Glance> glances,
                        world::Random& random);

}  // namespace forwarding
