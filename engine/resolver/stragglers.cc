#include "engine/resolver/stragglers.h"

#include "engine/world/limits.h"

namespace resolver {
namespace {

/// How long the answer of a straggler is waited for: as long as that of a question.
constexpr world::Duration kPatience = world::limits::kMaxQueryTime;

}  // namespace

void Stragglers::Send(world::ExchangeId id, iteration::Straggler straggler, world::Octets query,
                      const iteration::Ledger& ledger, world::Effects& out) {
  if (by_id_.size() >= world::limits::kMaxStragglers) {
    ledger.counters.Add(metrics::Metric::kLimitStragglers);
    return;
  }
  const world::Endpoint to = straggler.to;
  const world::Instant due = straggler.overdue_at;
  due_.emplace(Due{due, id}, Wait::kOverdue);
  by_id_.emplace(id, Entry{std::move(straggler), due});
  out.Add(world::Ask{id, to, world::Protocol::kUdp, std::move(query), ledger.now + kPatience});
}

bool Stragglers::Deliver(world::ExchangeId id, const world::Outcome& outcome, const iteration::Ledger& ledger,
                         world::Effects& out) {
  const auto at = by_id_.find(id);
  if (at == by_id_.end()) return false;
  const iteration::Straggler& straggler = at->second.straggler;
  if (const auto* arrival = std::get_if<world::Arrival>(&outcome)) {
    if (!iteration::Hear(straggler, *arrival, ledger)) return true;  // A stray: the wait goes on.
  } else {
    iteration::NoteMishap(straggler, std::get<world::Mishap>(outcome), ledger);
  }
  End(id, out);
  return true;
}

void Stragglers::Expire(const iteration::Ledger& ledger, world::Effects& out) {
  while (NextDeadline() <= ledger.now) {
    const auto [due, wait] = *due_.begin();
    if (wait == Wait::kGivenUp) {
      End(due.second, out);
      continue;
    }
    due_.erase(due_.begin());
    Entry& entry = by_id_.find(due.second)->second;
    iteration::NoteSilence(entry.straggler, ledger);
    entry.due = entry.straggler.sent + kPatience;
    due_.emplace(Due{entry.due, due.second}, Wait::kGivenUp);
  }
}

void Stragglers::End(world::ExchangeId id, world::Effects& out) {
  const auto at = by_id_.find(id);
  due_.erase({at->second.due, id});
  by_id_.erase(at);
  out.Add(world::Cancel{id});
}

}  // namespace resolver
