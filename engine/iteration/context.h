#pragma once

#include <variant>
#include <vector>

#include "engine/cache/store.h"
#include "engine/iteration/result.h"
#include "engine/iteration/straggler.h"
#include "engine/metrics/table.h"
#include "engine/policy/routes.h"
#include "engine/policy/upstream_guard.h"
#include "engine/servers/book.h"
#include "engine/settings/settings.h"
#include "engine/world/random.h"
#include "engine/world/time.h"
#include "engine/zone/hints.h"
#include "engine/zone/zone.h"

namespace iteration {

/// A zone whose servers the operator gives.
using Stub = settings::Settings::Stub;

/// What one client query may still cost, its sub-questions included.
struct Budget {
  int packets = 0;           ///< Sent so far.
  int lookups = 0;           ///< Address look-ups started so far.
  int signature_checks = 0;  ///< Done so far.
  int nsec3_hashes = 0;      ///< Made so far.
};

/// What a step may use, for the length of the step.
struct Context {
  const settings::Settings& settings;
  cache::Store& store;
  servers::Book& book;
  const zone::Snapshot& root;  ///< Null: the root servers are asked.
  const zone::RootHints& hints;
  const policy::UpstreamGuard& guard;
  const policy::Routes& routes;
  world::Random& random;
  metrics::Counters& counters;
  world::Now now;
  Budget& budget;
  /// Whether answers are judged before they are believed: then what was not judged decides about no other name.
  bool validates = false;
};

/// Names one packet of a walk, within the walk.
enum class Tag : uint32_t {};

/// Send a query.
struct SendWish {
  Tag tag{};
  world::Endpoint to;
  world::Protocol via = world::Protocol::kUdp;
  world::Octets query;
};

/// Nothing is expected of this packet any more.
struct ForgetWish {
  Tag tag{};
};

/// Resolve the address of a nameserver, and tell the walk (Walk::Learn).
struct LookUpWish {
  wire::Name name;
  wire::RrType type = wire::RrType::kA;
};

/// Send a query that nobody waits for, to learn of its server.
struct AsideWish {
  Straggler straggler;
  world::Octets query;
};

/// Ask the hints' servers for the root's, and tell the walk (Walk::Primed).
struct PrimeWish {};

/// Have the question asked of pools of upstreams, and tell the walk (Walk::Forwarded).
struct ForwardWish {
  wire::Question question;
  std::vector<size_t> pools;  ///< Of the plan, by priority.
};

/// What a walk wants done: it never does it itself.
using Wish = std::variant<SendWish, AsideWish, ForgetWish, LookUpWish, PrimeWish, ForwardWish>;
using Wishes = std::vector<Wish>;

}  // namespace iteration
