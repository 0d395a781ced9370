#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "engine/forwarding/plan.h"
#include "engine/metrics/table.h"
#include "engine/servers/upstream_board.h"
#include "engine/settings/settings.h"
#include "engine/world/address.h"
#include "engine/world/identity.h"
#include "engine/world/octets.h"
#include "engine/world/protocol.h"
#include "engine/world/random.h"
#include "engine/world/time.h"

namespace forwarding {

/// What a step may use, for the length of the step.
struct Context {
  const settings::Settings& settings;
  const Plan& plan;
  servers::UpstreamBoard& board;
  world::Random& random;
  metrics::Counters& counters;
  world::Now now;
};

/// Names one query of a forwarded question, within it.
enum class Tag : uint32_t {};

/// Send a query.
struct SendWish {
  Tag tag{};
  world::Endpoint to;
  world::Protocol via = world::Protocol::kUdp;
  world::Octets query;
  world::SharedIdentity identity;
};

/// Nothing is expected of this query any more.
struct ForgetWish {
  Tag tag{};
};

/// What a forwarded question wants done: it never does it itself.
using Wish = std::variant<SendWish, ForgetWish>;
using Wishes = std::vector<Wish>;

}  // namespace forwarding
