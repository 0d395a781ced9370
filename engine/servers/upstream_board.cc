#include "engine/servers/upstream_board.h"

#include <algorithm>
#include <utility>

namespace servers {

void UpstreamBoard::Prepare(std::span<const std::string> names, const HealthRules& rules) {
  const std::lock_guard lock(mutex_);
  rules_ = rules;
  for (size_t i = records_.size(); i < names.size(); ++i) {
    records_.emplace_back();
    records_.back().name = names[i];
  }
}

std::vector<Glance> UpstreamBoard::Look(std::span<const UpstreamId> upstreams, world::Instant now) const {
  std::vector<Glance> glances;
  glances.reserve(upstreams.size());
  const std::lock_guard lock(mutex_);
  for (const UpstreamId id : upstreams) {
    const UpstreamRecord& record = records_[static_cast<size_t>(id)];
    std::optional<world::Duration> timeout;
    if (record.rtt.measured) timeout = record.rtt.Timeout(0);
    glances.push_back({record.HealthAt(now), timeout, record.addresses});
  }
  return glances;
}

void UpstreamBoard::Sent(UpstreamId id, world::Instant now) {
  const std::lock_guard lock(mutex_);
  At(id).Sent(now);
}

void UpstreamBoard::Answered(UpstreamId id, world::Duration rtt, world::Instant now) {
  const std::lock_guard lock(mutex_);
  At(id).Succeeded(rtt, rules_, now);
}

void UpstreamBoard::Won(UpstreamId id) {
  const std::lock_guard lock(mutex_);
  ++At(id).won;
}

void UpstreamBoard::Lost(UpstreamId id) {
  const std::lock_guard lock(mutex_);
  At(id).Lost();
}

void UpstreamBoard::Erred(UpstreamId id, std::string_view what) {
  const std::lock_guard lock(mutex_);
  At(id).Erred(what);
}

void UpstreamBoard::Failed(UpstreamId id, std::string_view why, world::Instant sent, world::Instant now) {
  const std::lock_guard lock(mutex_);
  At(id).Failed(why, sent, rules_, now);
}

std::vector<UpstreamId> UpstreamBoard::TakeDue(const ProbeRules& rules, world::Instant now) {
  std::vector<UpstreamId> due;
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < records_.size(); ++i) {
    UpstreamRecord& record = records_[i];
    // One that has gone down since is probed sooner than was planned while it was up.
    const bool soon = record.health != Health::kUp && record.next_probe > now + rules.interval_down;
    if (soon) record.next_probe = now + rules.interval_down;
    if (record.next_probe > now) continue;
    record.next_probe = now + (record.health == Health::kUp ? rules.interval : rules.interval_down);
    ++record.probes;
    due.push_back(static_cast<UpstreamId>(i));
  }
  return due;
}

world::Instant UpstreamBoard::NextDue() const {
  const std::lock_guard lock(mutex_);
  world::Instant next = world::kNever;
  for (const UpstreamRecord& record : records_) next = std::min(next, record.next_probe);
  return next;
}

void UpstreamBoard::SetAddresses(UpstreamId id, std::vector<world::Address> addresses, world::Instant until) {
  const std::lock_guard lock(mutex_);
  At(id).addresses = std::move(addresses);
  At(id).addresses_until = until;
}

bool UpstreamBoard::TakeStale(UpstreamId id, world::Duration patience, world::Instant now) {
  const std::lock_guard lock(mutex_);
  UpstreamRecord& record = At(id);
  if (record.addresses_until > now) return false;
  record.addresses_until = now + patience;
  return true;
}

std::vector<UpstreamRecord> UpstreamBoard::Records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

size_t UpstreamBoard::CountDown() const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::ranges::count(records_, Health::kDown, &UpstreamRecord::health));
}

}  // namespace servers
