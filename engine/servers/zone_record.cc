#include "engine/servers/zone_record.h"

#include <algorithm>

namespace servers {

void ServerInZone::Answered(Report report, world::Instant now) {
  if (report == Report::kValid) erred_at = world::Instant::min();
  if (report == Report::kValid || report == Report::kNoEdns) return;
  erred_at = now;
  ++errors;
  last_error = report;
}

const ServerInZone* ZoneRecord::Find(const world::Address& address) const {
  const auto at = std::ranges::find(servers, address, &ServerInZone::address);
  return at == servers.end() ? nullptr : &*at;
}

ServerInZone* ZoneRecord::Find(const world::Address& address) {
  const auto at = std::ranges::find(servers, address, &ServerInZone::address);
  return at == servers.end() ? nullptr : &*at;
}

}  // namespace servers
