#pragma once

#include <absl/status/statusor.h>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/daemon/file.h"
#include "engine/daemon/log.h"
#include "engine/daemon/loop.h"
#include "engine/daemon/root_zone.h"
#include "engine/daemon/secure_random.h"
#include "engine/zone/hints.h"
#include "engine/zone/refresh.h"
#include "engine/zone/zone.h"

namespace taprootd {

/// Where the root of the names is known from.
enum class RootSource : uint8_t { kZoneFile, kFetched, kCopy, kHintsFile, kBuiltInHints };

/// Whether a reload may take a zone of an older serial.
enum class Force : uint8_t { kNo, kYes };

/// A wish to load a root zone.
struct RootRequest {
  std::string file;  ///< Empty: the one of the settings.
  Force force = Force::kNo;

  bool operator==(const RootRequest&) const = default;
};

/// What came of a reload.
struct RootOutcome {
  zone::Replacement replacement = zone::Replacement::kTaken;  ///< kTaken or kSame.
  uint32_t serial = 0;
  std::optional<uint32_t> old_serial;
  size_t records = 0;
  world::Duration took{};
};
using RootResult = absl::StatusOr<RootOutcome>;

/// Is told how a reload went. On the main thread.
using RootAsker = std::function<void(const RootResult&)>;

/// What `root-status` tells of the zone in use.
struct RootStatus {
  RootSource source = RootSource::kBuiltInHints;
  std::string file;  ///< Path, or the source as in the settings; empty: none.
  world::WallTime loaded;
  uint64_t reloads = 0;  ///< Zones taken, the one of the start included.
  uint64_t refused = 0;
  uint64_t limit_hits = 0;  ///< Zones refused for their size or the work that they would have made.
  uint64_t fallbacks = 0;   ///< Zones given up for the root servers.
  RootEvidence evidence;    ///< Of the zone in use.
  std::string last_error;   ///< Of the last reload; empty: it went well.
};

/// Holds the root zone that is in use, and replaces it: reads and parses on a thread aside, judges, and has it given to
/// all workers. Gives it up for the root servers when it is no longer confirmed. Lives on the main thread.
class RootKeeper {
 public:
  /// Gives a zone, or null for none, to all workers, and calls `done` when the last of them has it.
  using Publisher = std::function<void(zone::Snapshot, std::function<void()> done)>;

  RootKeeper(Log& log, RootOptions options);

  /// Loads what the settings name, or the copy of the last run, on this thread: at the start a broken file is an error
  /// that an operator must see. A zone that is whole and does not prove itself is left aside with an error in the log:
  /// then the root servers are asked.
  [[nodiscard]] absl::Status LoadFirst();

  /// Says how zones reach the workers, and whose loop carries the loading. Before the first Reload.
  void Attach(Loop& loop, Publisher publish);

  /// Has a load that is under way end in nothing: the process ends.
  void Detach() { loop_ = nullptr; }

  /// Takes what the settings say anew; in use with the next reload.
  void Adopt(RootOptions options) { options_ = std::move(options); }

  /// Loads a zone. A request that equals one that is under way or waits shares its outcome.
  void Reload(RootRequest request, RootAsker asker);

  // What sources say.

  /// A source has this zone: takes it if it is newer. The asker is told once all workers have it.
  void Offer(const std::string& source, ProvenZone proven, RootAsker asker);
  /// A source confirmed the zone in use.
  void Confirm(world::Now now);
  /// No source was of use.
  void Fail(world::Now now) { refresh_.Fail(now); }
  /// Gives up a zone in use that was not confirmed in time.
  void DropExpired(world::Now now);

  /// Returns whether there are sources to ask, and so an end to the use of a zone that none confirms.
  bool HasSources() const;
  const RootOptions& options() const { return options_; }
  const zone::Snapshot& snapshot() const { return snapshot_; }
  const zone::SharedRootHints& hints() const { return hints_; }
  const RootStatus& status() const { return status_; }
  const zone::Refresh& refresh() const { return refresh_; }
  /// The head of the copy with which the daemon started, if it did.
  const std::optional<zone::CopyHead>& copy() const { return copy_; }
  bool loading() const { return !jobs_.empty(); }

 private:
  /// A load that is under way (the first of the queue) or waits, and who wants to know.
  struct Job {
    RootRequest request;
    std::vector<RootAsker> askers;
    int reads = 0;
    world::Instant begun{};
  };
  /// Where a zone came from.
  struct Origin {
    RootSource source;
    std::string name;
  };
  class Loading;

  /// Loads the hints that the settings name.
  absl::Status LoadHints();
  /// Loads the zone file that the settings name.
  absl::Status LoadZoneFile();
  /// Loads the copy that an earlier run kept.
  void LoadCopy();
  /// Begins the first load of the queue, on a thread aside.
  void StartNext();
  /// A load has ended.
  void Loaded(const FileMark& mark, absl::StatusOr<ProvenZone> loaded);
  /// Decides whether the candidate replaces the zone in use; errors begin with `name`.
  RootResult Judge(const std::string& name, const zone::Snapshot& candidate, Force force) const;
  /// Puts a zone in use here, checked at a time; returns the one before.
  zone::Snapshot Put(const Origin& origin, ProvenZone proven, world::WallTime checked);
  /// Puts a zone in use at all workers.
  void Take(const Origin& origin, ProvenZone proven, const RootOutcome& outcome, RootAsker done);
  /// Ends the first load of the queue: tells who asked, and begins the next one.
  void Finish(RootResult result);
  /// Counts and tells that a zone is not taken.
  void Refuse(const absl::Status& why);

  Log& log_;
  RootOptions options_;
  Loop* loop_ = nullptr;
  Publisher publish_;
  zone::Snapshot snapshot_;
  zone::SharedRootHints hints_;
  RootStatus status_;
  SecureRandom random_;
  zone::Refresh refresh_{random_};
  std::optional<zone::CopyHead> copy_;
  std::deque<Job> jobs_;
};

}  // namespace taprootd
