#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "engine/resolver/resolutions.h"

// What a resolution is made of: for resolutions.cc, resolutions_forward.cc and judging.cc alone.
namespace resolver {

/// A question in flight.
struct Resolutions::Resolution {
  /// How far it is.
  enum class Phase : uint8_t { kWalking, kJudging, kOver };

  ResolutionId id{};
  iteration::Walk walk;
  world::Now started{};
  ResolutionId charged_to{};  ///< Whose budget pays: the client's question at the top, while it lasts.
  iteration::Budget budget{};
  std::vector<Waiter> waiters{};
  std::vector<ResolutionId> parents{};   ///< Walks that wait for this one.
  std::vector<ResolutionId> children{};  ///< Those this one waits for.
  std::vector<std::pair<Tag, world::ExchangeId>> exchanges{};
  world::Instant wakes = world::kNever;  ///< What its entry in the timers says.
  bool asked_by_client = false;
  bool stale_is_due = true;  ///< Who waits has not been told yet what was known before.
  Phase phase = Phase::kWalking;
  std::optional<Trial> trial{};              ///< While it is judged.
  validation::Evidence evidence{};           ///< What the last judgement rested upon, of a client's question.
  std::optional<iteration::Result> bogus{};  ///< An answer that was judged bogus while another server is asked.
  iteration::Result result{};                ///< In the end.
  std::vector<iteration::WalkStep> steps{};  ///< Of earlier walks, and of look-ups for the judgement.
  int retries = 0;
  std::optional<forwarding::Forward> forward{};  ///< While pools are asked on behalf of the walk.
};

}  // namespace resolver
