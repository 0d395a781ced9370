#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/daemon/address_lookup.h"
#include "engine/daemon/log.h"
#include "engine/daemon/loop.h"
#include "engine/daemon/root_keeper.h"
#include "engine/daemon/root_source.h"

namespace taprootd {

/// What is told of one source.
struct SourceStatus {
  settings::ZoneSource source;
  std::optional<world::WallTime> good;  ///< When it last had a zone that was good, or confirmed the one in use.
  std::optional<world::WallTime> bad;   ///< When it last failed.
  std::string error;                    ///< Why; empty: it has not failed since it was good.
};

/// What came of rounds so far.
struct FetchTally {
  uint64_t taken = 0;
  uint64_t unchanged = 0;
  uint64_t failed = 0;
  uint64_t source_errors = 0;
  uint64_t limit_hits = 0;
};

/// Finds the addresses of a source's host: by way of the root servers where there is no zone.
using AddressLookup = std::function<void(const std::string& host, AddressesFound found)>;

/// Keeps the root zone fresh: asks the sources of the settings in their order when it is time, on a thread aside, until
/// one has a newer zone or confirms the one in use; and keeps a verified copy on disk. On the main thread.
class RootFetcher {
 public:
  /// The references must outlive this.
  RootFetcher(Log& log, RootKeeper& keeper, AddressLookup lookup);
  ~RootFetcher();
  RootFetcher(const RootFetcher&) = delete;
  RootFetcher& operator=(const RootFetcher&) = delete;

  /// Says whose loop carries the errands, and begins.
  void Attach(Loop& loop) { loop_ = &loop; }
  /// Has the thread aside end soon, and nothing come of it: the process ends.
  void Detach();

  /// Gives up a zone whose time is over, and begins a round if it is time.
  void OnTurn(world::Now now);
  /// Returns when OnTurn has something to do; kNever while a round is under way.
  world::Instant NextTurn(world::Now now) const;

  /// Begins a round at once, or joins the one under way.
  void Fetch(RootAsker asker);

  /// Says of each source how it did, in the order of the settings.
  std::vector<SourceStatus> Statuses() const;
  const FetchTally& tally() const { return tally_; }
  bool fetching() const { return fetching_; }

 private:
  class Asking;
  class Keeping;

  /// Returns the sources of the settings: a zone file is one.
  std::vector<settings::ZoneSource> Sources() const;
  /// Begins a round with the first source.
  void Begin();
  /// Asks the next source of the round, or ends the round without a result.
  void AskNext();
  /// Has a source asked at its addresses.
  void AskAt(const std::vector<world::Address>& addresses);
  /// A source has answered.
  void Answered(absl::StatusOr<SourceAnswer> answer);
  /// The source of the round has a zone that was judged.
  void Judged(const std::string& etag, const std::string& modified, const RootResult& result);
  /// The source of the round is of no use.
  void PassOver(const absl::Status& why);
  /// The zone in use is what the source of the round has: keeps the copy, and ends the round.
  void Settle(const std::string& etag, const std::string& modified, RootOutcome outcome);
  /// Ends the round, and tells who asked.
  void End(const RootResult& result);
  /// Returns the note of a source.
  SourceStatus& NoteOf(const settings::ZoneSource& source);

  Log& log_;
  RootKeeper& keeper_;
  AddressLookup lookup_;
  Loop* loop_ = nullptr;
  std::shared_ptr<std::atomic<bool>> stopped_ = std::make_shared<std::atomic<bool>>(false);
  bool fetching_ = false;
  std::vector<settings::ZoneSource> round_;  // Whom the round asks; the first `asked_` were asked.
  size_t asked_ = 0;
  world::Instant begun_{};
  std::string last_error_;
  std::vector<RootAsker> askers_;
  std::vector<SourceStatus> notes_;
  std::optional<zone::CopyHead> head_;  // Of the zone in use, where it was fetched.
  FetchTally tally_;
};

}  // namespace taprootd
