#pragma once

#include <absl/container/flat_hash_map.h>

#include <map>
#include <utility>

#include "engine/iteration/straggler.h"
#include "engine/world/effect.h"

namespace resolver {

/// The packets that no walk waits for: they outlive the question beside which they were sent, and end by themselves,
/// answered or not.
class Stragglers {
 public:
  /// Sends one, unless kMaxStragglers are out.
  void Send(world::ExchangeId id, iteration::Straggler straggler, world::Octets query, const iteration::Ledger& ledger,
            world::Effects& out);

  /// Something came of an exchange; returns whether it is one of these.
  bool Deliver(world::ExchangeId id, const world::Outcome& outcome, const iteration::Ledger& ledger,
               world::Effects& out);

  /// Time has passed.
  void Expire(const iteration::Ledger& ledger, world::Effects& out);

  /// Returns when Expire wants to be called next.
  world::Instant NextDeadline() const { return due_.empty() ? world::kNever : due_.begin()->first.first; }

 private:
  using Due = std::pair<world::Instant, world::ExchangeId>;
  /// What a straggler waits for: to be overdue, and then to be given up.
  enum class Wait : uint8_t { kOverdue, kGivenUp };
  /// A straggler with its place in due_.
  struct Entry {
    iteration::Straggler straggler;
    world::Instant due;
  };

  /// Ends one.
  void End(world::ExchangeId id, world::Effects& out);

  absl::flat_hash_map<world::ExchangeId, Entry> by_id_;
  std::map<Due, Wait> due_;
};

}  // namespace resolver
