#include "engine/zone/refresh.h"

#include <algorithm>

#include "engine/world/limits.h"

namespace zone {
namespace {

/// The longest wait without a zone: as long as the root zone's own retry.
constexpr world::Duration kMaxBackoff = world::Seconds(900);

}  // namespace

void Refresh::Confirm(const wire::Soa& soa, world::WallTime checked, std::optional<world::WallTime> valid_until,
                      world::Now now) {
  soa_ = soa;
  backoff_ = world::Duration::zero();
  // A copy that claims to be of the future is of a clock that was set back: it counts from this moment.
  checked_ = std::min(checked, now.wall);
  expires_ = *checked_ + world::Seconds(soa.expire);
  if (valid_until) expires_ = std::min(*expires_, *valid_until);
  const world::Duration age = now.wall - *checked_;
  next_poll_ = now.mono + std::max(Spread(world::Seconds(soa.refresh)) - age, world::Duration::zero());
}

void Refresh::Fail(world::Now now) {
  if (soa_) {
    next_poll_ = now.mono + Spread(world::Seconds(soa_->retry));
    return;
  }
  backoff_ = std::clamp(2 * backoff_, world::limits::kMinRootPoll, kMaxBackoff);
  next_poll_ = now.mono + Spread(backoff_);
}

void Refresh::Clear(world::Now now) {
  soa_.reset();
  checked_.reset();
  expires_.reset();
  backoff_ = world::Duration::zero();
  next_poll_ = now.mono;
}

world::Duration Refresh::Spread(world::Duration time) {
  const world::Duration least = std::max(time, world::limits::kMinRootPoll);
  return least + world::Duration(static_cast<int64_t>(random_.Below(static_cast<uint64_t>(least.count() / 10 + 1))));
}

}  // namespace zone
