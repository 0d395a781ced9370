#include "engine/daemon/root_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/daemon/clock.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// Reads and parses a root zone. On any thread.
absl::StatusOr<zone::Snapshot> LoadZone(const std::string& file) {
  const auto text = ReadFile(file, world::limits::kMaxZoneOctets);
  if (!text.ok()) return text.status();
  return zone::Zone::Parse(*text, file, zone::LoadOptions{});
}

/// How often a file that is written to while it is read is read again before it is taken as it is.
constexpr int kMaxRereads = 3;

}  // namespace

/// The reading and parsing of a root zone on a thread aside.
class RootKeeper::Loading final : public Errand {
 public:
  Loading(RootKeeper& keeper, std::string file) : keeper_(keeper), file_(std::move(file)) {}

  void Work() override {
    mark_ = MarkOf(file_);
    zone_ = LoadZone(file_);
  }
  void Done() override { keeper_.Loaded(mark_, std::move(zone_)); }

 private:
  RootKeeper& keeper_;
  std::string file_;
  FileMark mark_;
  absl::StatusOr<zone::Snapshot> zone_ = absl::UnknownError("not loaded");
};

RootKeeper::RootKeeper(Log& log, std::string zone_file, std::string hints_file)
    : log_(log),
      zone_file_(std::move(zone_file)),
      hints_file_(std::move(hints_file)),
      hints_(zone::BuiltInRootHints()) {}

absl::Status RootKeeper::LoadFirst() {
  status_.loaded = ReadClocks().wall;
  if (!hints_file_.empty()) {
    const auto text = ReadFile(hints_file_, world::limits::kMaxZoneOctets);
    if (!text.ok()) return text.status();
    auto hints = zone::ParseRootHints(*text, hints_file_);
    if (!hints.ok()) return hints.status();
    hints_ = *std::move(hints);
    status_.source = RootSource::kHintsFile;
    status_.file = hints_file_;
  }
  if (zone_file_.empty()) return absl::OkStatus();
  auto loaded = LoadZone(zone_file_);
  if (!loaded.ok()) return loaded.status();
  snapshot_ = *std::move(loaded);
  status_.source = RootSource::kZoneFile;
  status_.file = zone_file_;
  status_.reloads = 1;
  return absl::OkStatus();
}

void RootKeeper::Attach(Loop& loop, Publisher publish) {
  loop_ = &loop;
  publish_ = std::move(publish);
}

void RootKeeper::Reload(RootRequest request, RootAsker asker) {
  if (request.file.empty()) request.file = zone_file_;
  if (request.file.empty()) {
    const std::string why = "no root zone file: set root.zone-file, or name a file";
    log_.Warn(why);
    asker(absl::FailedPreconditionError(why));
    return;
  }
  const auto same = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) { return job.request == request; });
  if (same != jobs_.end()) {
    same->askers.push_back(std::move(asker));
    return;
  }
  jobs_.push_back({.request = std::move(request), .askers = {}});
  jobs_.back().askers.push_back(std::move(asker));
  if (jobs_.size() == 1) StartNext();
}

void RootKeeper::StartNext() {
  if (jobs_.empty()) return;
  Job& job = jobs_.front();
  if (job.reads++ == 0) job.begun = ReadClocks().mono;
  loop_->RunAside(std::make_unique<Loading>(*this, job.request.file));
}

void RootKeeper::Loaded(const FileMark& mark, absl::StatusOr<zone::Snapshot> loaded) {
  if (loop_ == nullptr) return;
  const Job& job = jobs_.front();
  // A request that came during the load wants the file as it was then: a file written since is read once more.
  if (MarkOf(job.request.file) != mark && job.reads <= kMaxRereads) {
    StartNext();
    return;
  }
  if (!loaded.ok()) {
    Finish(loaded.status());
    return;
  }
  auto result = Judge(*loaded, job.request.force);
  if (result.ok() && result->replacement == zone::Replacement::kTaken) {
    Take(job.request.file, *std::move(loaded), *result);
  } else {
    Finish(std::move(result));
  }
}

RootResult RootKeeper::Judge(const zone::Snapshot& candidate, Force force) const {
  RootOutcome outcome;
  outcome.serial = candidate->serial();
  outcome.records = candidate->record_count();
  if (snapshot_) outcome.old_serial = snapshot_->serial();
  const std::string& file = jobs_.front().request.file;
  outcome.replacement = zone::JudgeReplacement(snapshot_, *candidate);
  switch (outcome.replacement) {
    case zone::Replacement::kTaken:
    case zone::Replacement::kSame:
      return outcome;
    case zone::Replacement::kOlder:
      if (force == Force::kYes) {
        outcome.replacement = zone::Replacement::kTaken;
        return outcome;
      }
      return absl::FailedPreconditionError(fmt::format("{}: serial {} is older than {} in use (--force takes it)", file,
                                                       outcome.serial, *outcome.old_serial));
    case zone::Replacement::kSameSerial:
      break;
  }
  return absl::FailedPreconditionError(
      fmt::format("{}: other content under the same serial {} as the zone in use", file, outcome.serial));
}

void RootKeeper::Take(const std::string& file, zone::Snapshot zone, RootOutcome outcome) {
  if (outcome.old_serial && zone::SerialIsOlder(outcome.serial, *outcome.old_serial)) {
    log_.Warn(fmt::format("root zone: serial {} taken by force in place of {}, which is newer", outcome.serial,
                          *outcome.old_serial));
  }
  // The old zone is kept until no worker uses it, so that it is torn down here and not in the way of queries.
  auto old = std::exchange(snapshot_, std::move(zone));
  status_.source = RootSource::kZoneFile;
  status_.file = file;
  status_.loaded = ReadClocks().wall;
  ++status_.reloads;
  publish_(snapshot_, [this, old, outcome] { Finish(outcome); });
}

void RootKeeper::Finish(RootResult result) {
  Job job = std::move(jobs_.front());
  jobs_.pop_front();
  if (result.ok()) {
    result->took = ReadClocks().mono - job.begun;
    status_.last_error.clear();
    log_.Info(fmt::format("root zone: {} serial {} from {}, {} records",
                          result->replacement == zone::Replacement::kSame ? "unchanged," : "now", result->serial,
                          job.request.file, result->records));
  } else {
    ++status_.refused;
    status_.last_error = std::string(result.status().message());
    log_.Error(fmt::format("root zone refused: {}", status_.last_error));
  }
  StartNext();
  for (const auto& asker : job.askers) asker(result);
}

}  // namespace taprootd
