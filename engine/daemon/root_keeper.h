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
#include "engine/zone/hints.h"
#include "engine/zone/zone.h"

namespace taprootd {

/// Where the root of the names is known from.
enum class RootSource : uint8_t { kZoneFile, kHintsFile, kBuiltInHints };

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

/// What `root-status` tells.
struct RootStatus {
  RootSource source = RootSource::kBuiltInHints;
  std::string file;  ///< Empty: none.
  world::WallTime loaded;
  uint64_t reloads = 0;  ///< Zones taken, the one of the start included.
  uint64_t refused = 0;
  std::string last_error;  ///< Of the last reload; empty: it went well.
};

/// Holds the root zone that is in use, and replaces it: reads and parses on a thread aside, judges, and has it given to
/// all workers. Lives on the main thread.
class RootKeeper {
 public:
  /// Gives a zone to all workers, and calls `done` when the last of them has it.
  using Publisher = std::function<void(zone::Snapshot, std::function<void()> done)>;

  RootKeeper(Log& log, std::string zone_file, std::string hints_file);

  /// Loads what the settings name, on this thread: at the start a broken file is an error that an operator must see.
  [[nodiscard]] absl::Status LoadFirst();

  /// Says how zones reach the workers, and whose loop carries the loading. Before the first Reload.
  void Attach(Loop& loop, Publisher publish);

  /// Has a load that is under way end in nothing: the process ends.
  void Detach() { loop_ = nullptr; }

  /// Takes another path of the settings; in use with the next reload.
  void AdoptFile(std::string zone_file) { zone_file_ = std::move(zone_file); }

  /// Loads a zone. A request that equals one that is under way or waits shares its outcome.
  void Reload(RootRequest request, RootAsker asker);

  const zone::Snapshot& snapshot() const { return snapshot_; }
  const zone::SharedRootHints& hints() const { return hints_; }
  const RootStatus& status() const { return status_; }
  bool loading() const { return !jobs_.empty(); }

 private:
  /// A load that is under way (the first of the queue) or waits, and who wants to know.
  struct Job {
    RootRequest request;
    std::vector<RootAsker> askers;
    int reads = 0;
    world::Instant begun{};
  };
  class Loading;

  /// Begins the first load of the queue, on a thread aside.
  void StartNext();
  /// A load has ended.
  void Loaded(const FileMark& mark, absl::StatusOr<zone::Snapshot> loaded);
  /// Decides whether the candidate replaces the zone in use.
  RootResult Judge(const zone::Snapshot& candidate, Force force) const;
  /// Puts a zone in use at all workers.
  void Take(const std::string& file, zone::Snapshot zone, RootOutcome outcome);
  /// Ends the first load of the queue: tells who asked, and begins the next one.
  void Finish(RootResult result);

  Log& log_;
  std::string zone_file_;
  std::string hints_file_;
  Loop* loop_ = nullptr;
  Publisher publish_;
  zone::Snapshot snapshot_;
  zone::SharedRootHints hints_;
  RootStatus status_;
  std::deque<Job> jobs_;
};

}  // namespace taprootd
