#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "engine/resolver/resolutions.h"

namespace resolver {

/// A question in flight.
struct Resolutions::Resolution {
  ResolutionId id{};
  iteration::Walk walk;
  world::Now started;
  ResolutionId charged_to{};  ///< Whose budget pays: the client's question at the top, while it lasts.
  iteration::Budget budget;
  std::vector<Waiter> waiters;
  std::vector<ResolutionId> parents;   ///< Walks that wait for this one.
  std::vector<ResolutionId> children;  ///< Those this one waits for.
  std::vector<std::pair<Tag, world::ExchangeId>> exchanges;
  world::Instant wakes = world::kNever;  ///< What its entry in the timers says.
  bool asked_by_client = false;
  bool over = false;                             ///< Stands in ended_.
  std::optional<forwarding::Forward> forward{};  ///< While pools are asked on behalf of the walk.
};

}  // namespace resolver
