#pragma once

#include <array>
#include <string>

#include "engine/daemon/log.h"
#include "engine/metrics/table.h"
#include "engine/servers/uplink.h"
#include "engine/world/time.h"

namespace taprootd {

/// Tells the operator when the uplink is lost, and when it is back. On the main thread.
class UplinkReporter {
 public:
  /// How often it is looked: who reads the log does not need it sooner.
  static constexpr world::Duration kPeriod = world::Seconds(1);

  /// Both must outlive this.
  UplinkReporter(Log& log, const servers::Uplink& uplink) : log_(log), uplink_(uplink) {}

  /// Logs what has changed, when it is time to look.
  void OnTurn(world::Now now);
  /// Returns when OnTurn has something to do.
  world::Instant NextTurn() const { return next_; }

  /// Adds what the metrics tell of the uplink.
  void Count(world::Now now, metrics::Counters& counters) const;

 private:
  Log& log_;
  const servers::Uplink& uplink_;
  world::Instant next_{};
  std::array<servers::LinkReport, 2> seen_{};
};

/// Returns the line for a change of a family's link, or nothing where none is worth one.
std::string UplinkLine(world::Family family, const servers::LinkReport& before, const servers::LinkReport& after);

}  // namespace taprootd
