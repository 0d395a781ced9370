#include "engine/servers/uplink.h"

#include <algorithm>
#include <cstddef>

#include "engine/world/limits.h"

namespace servers {
namespace {

using world::Address;
using world::Family;
using world::Instant;

/// How long a failure says that the link is down still. Without questions nobody fails: then it is not known, and the
/// next question is to find out rather than be told what was known before.
constexpr world::Duration kFreshTime = world::Seconds(5);

/// Returns the family that is not `family`.
Family Other(Family family) { return family == Family::kIpv4 ? Family::kIpv6 : Family::kIpv4; }

/// Returns whether an address is reached without the uplink: what answers there says nothing of it.
bool IsNearby(const Address& address) { return address.IsLoopback() || address.IsPrivate(); }

/// Returns an instant as the number that atomics hold.
auto TicksOf(Instant instant) { return instant.time_since_epoch().count(); }

}  // namespace

void Uplink::Answered(const Address& address, Instant now) {
  if (IsNearby(address)) return;
  Lane& lane = At(address.family());
  lane.answered_at.store(TicksOf(now), std::memory_order_relaxed);
  if (!lane.is_troubled.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(lane.mutex);
  if (lane.watch.state() == Link::kDown) lane.ended.store(TicksOf(now), std::memory_order_relaxed);
  lane.watch.Answered(now);
  lane.state.store(lane.watch.state(), std::memory_order_relaxed);
  lane.is_troubled.store(false, std::memory_order_relaxed);
}

Ruling Uplink::Failed(const Silence& silence, Instant now) {
  if (IsNearby(silence.address)) return {};
  Lane& lane = At(silence.address.family());
  const std::lock_guard lock(lane.mutex);
  const Instant answered_at{world::Duration(lane.answered_at.load(std::memory_order_relaxed))};
  if (answered_at != Instant::min() && !lane.is_troubled.load(std::memory_order_relaxed)) {
    lane.watch.Answered(answered_at);
  }
  lane.is_troubled.store(true, std::memory_order_relaxed);
  Ruling ruling{.is_excused = lane.watch.Failed(silence), .forgiven = lane.watch.TakeForgiven()};
  lane.state.store(lane.watch.state(), std::memory_order_relaxed);
  lane.began.store(TicksOf(lane.watch.began()), std::memory_order_relaxed);
  lane.failed_at.store(TicksOf(now), std::memory_order_relaxed);
  if (ruling.is_excused) pardons_.fetch_add(std::max<size_t>(ruling.forgiven.size(), 1), std::memory_order_relaxed);
  return ruling;
}

bool Uplink::IsCutOff(Family family) const {
  return StateOf(family) == Link::kDown && StateOf(Other(family)) != Link::kDown;
}

bool Uplink::IsDark(Instant now) const {
  return std::ranges::any_of(std::array{Family::kIpv4, Family::kIpv6}, [&](Family family) {
    const Lane& down = At(family);
    const Lane& other = At(Other(family));
    if (StateOf(family) != Link::kDown) return false;
    if (TicksOf(now - kFreshTime) > down.failed_at.load(std::memory_order_relaxed)) return false;
    return StateOf(Other(family)) == Link::kDown ||
           other.answered_at.load(std::memory_order_relaxed) < down.began.load(std::memory_order_relaxed);
  });
}

bool Uplink::IsAtFault(Instant now) const {
  const auto has_just_ended = [&](const Lane& lane) {
    return lane.ended.load(std::memory_order_relaxed) >= TicksOf(now - world::limits::kMaxQueryTime);
  };
  return IsDark(now) || std::ranges::any_of(lanes_, has_just_ended);
}

bool Uplink::TakeProbe(Family family, Instant now) {
  std::atomic<Ticks>& next = At(family).next_probe;
  Ticks due = next.load(std::memory_order_relaxed);
  return due <= TicksOf(now) &&
         next.compare_exchange_strong(due, TicksOf(now + kProbePeriod), std::memory_order_relaxed);
}

LinkReport Uplink::ReportOf(Family family, Instant now) const {
  const Lane& lane = At(family);
  const std::lock_guard lock(lane.mutex);
  return {lane.watch.state(), lane.watch.outages(), lane.watch.DownFor(now)};
}

}  // namespace servers
