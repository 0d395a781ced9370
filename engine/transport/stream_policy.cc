#include "engine/transport/stream_policy.h"

#include "engine/world/check.h"

namespace transport {

void StreamPolicy::QueryRead(world::Instant now) {
  ++in_flight_;
  progress_ = now;
}

void StreamPolicy::Answered(world::Instant now) {
  CHECK(in_flight_ > 0);
  --in_flight_;
  // An answer starts the clock only for a client that is not already behind with reading.
  if (backlog_octets_ == 0) progress_ = now;
}

void StreamPolicy::Written(size_t octets, world::Instant now) {
  CHECK(octets <= backlog_octets_);
  backlog_octets_ -= octets;
  progress_ = now;
}

world::Instant StreamPolicy::Deadline() const {
  if (in_flight_ > 0 && backlog_octets_ == 0) return world::kNever;
  return progress_ + options_.idle_timeout;
}

}  // namespace transport
