#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "engine/daemon/log.h"
#include "engine/daemon/loop.h"
#include "engine/servers/book.h"
#include "engine/settings/settings.h"
#include "engine/world/time.h"

namespace taprootd {

/// Has work done on a thread aside (Loop::RunAside).
using RunErrand = std::function<void(std::unique_ptr<Errand> errand)>;

/// Keeps what was measured of nameservers beyond the process: in a file of the state folder, read at the start, written
/// every few minutes on a thread aside and once more at the end. On the main thread.
class RankingKeeper {
 public:
  /// How often the file is written: what a crash costs is measured anew within minutes.
  static constexpr world::Duration kPeriod = world::Seconds(300);

  /// How often something came of the file.
  struct Tally {
    uint64_t kept = 0;
    uint64_t not_kept = 0;
    uint64_t refused = 0;
  };

  /// Without a folder (`server.state-dir`) nothing is kept. Log and book must outlive this, and this all errands.
  RankingKeeper(Log& log, servers::Book& book, const settings::Settings& settings, RunErrand run_aside);

  /// Takes in what the run before has left. A file that is damaged, too long or of another version is left aside, with
  /// its reason in the log: then all is measured anew.
  void Begin(world::Now now);

  /// Has the file written when it is time.
  void OnTurn(world::Now now);
  /// Returns when OnTurn has something to do.
  world::Instant NextTurn() const { return next_; }

  /// Writes the file for the last time, once nothing is measured any more. Waits for a writing that is under way.
  void End(world::Now now);

  const Tally& tally() const { return tally_; }

 private:
  class Keeping;

  /// Counts and tells how a writing went.
  void Kept(const absl::Status& status);

  Log& log_;
  servers::Book& book_;
  std::string file_;  // Empty: nothing is kept.
  RunErrand run_aside_;
  world::Instant next_ = world::kNever;
  Tally tally_;
  std::mutex writing_;  // Two writers would share a draft.
  bool over_ = false;   // Under writing_: what an errand had to write is old by now.
};

}  // namespace taprootd
