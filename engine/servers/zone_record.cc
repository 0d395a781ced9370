#include "engine/servers/zone_record.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace servers {
namespace {

/// The score that errors in a row add up to at most: behind the good ones for 4 minutes after the last.
constexpr double kMostScore = 8;

/// Returns what an error adds to the score: at 1 the server stands behind for one half-life, at 4 for three.
double WeightOf(Report report) {
  switch (report) {
    case Report::kValid:
    case Report::kNoEdns:
      return 0;
    case Report::kServFail:  // May be the name's fault.
    case Report::kFormErr:
      return 1;
    case Report::kRefused:  // Is the server's.
    case Report::kLame:
      return 4;
  }
  return 0;
}

}  // namespace

void ServerInZone::Answered(Report report, world::Instant now) {
  const double weight = WeightOf(report);
  if (report == Report::kValid) score = 0;
  if (weight == 0) return;
  score = std::min(ScoreAt(now) + weight, kMostScore);
  scored_at = now;
  ++errors;
  last_error = report;
}

double ServerInZone::ScoreAt(world::Instant now) const {
  if (score == 0) return 0;
  const auto age = std::max(now - scored_at, world::Duration::zero());
  return score * std::exp2(-static_cast<double>(age.count()) / static_cast<double>(kErrorHalfLife.count()));
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
