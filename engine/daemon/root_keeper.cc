#include "engine/daemon/root_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/daemon/clock.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// How often a file that is written to while it is read is read again before it is taken as it is.
constexpr int kMaxRereads = 3;

}  // namespace

/// The reading and parsing of a root zone on a thread aside.
class RootKeeper::Loading final : public Errand {
 public:
  Loading(RootKeeper& keeper, std::string file) : keeper_(keeper), file_(std::move(file)), options_(keeper.options_) {}

  void Work() override {
    mark_ = MarkOf(file_);
    auto zone = ReadRootZone(file_);
    if (zone.ok()) {
      zone_ = ProveRootZone(*std::move(zone), file_, options_, ReadClocks().wall);
    } else {
      zone_ = zone.status();
    }
  }
  void Done() override { keeper_.Loaded(mark_, std::move(zone_)); }

 private:
  RootKeeper& keeper_;
  std::string file_;
  RootOptions options_;
  FileMark mark_;
  absl::StatusOr<ProvenZone> zone_ = absl::UnknownError("not loaded");
};

RootKeeper::RootKeeper(Log& log, RootOptions options)
    : log_(log), options_(std::move(options)), hints_(zone::BuiltInRootHints()) {}

absl::Status RootKeeper::LoadFirst() {
  status_.loaded = ReadClocks().wall;
  if (auto status = LoadHints(); !status.ok()) return status;
  if (!options_.zone_file.empty()) return LoadZoneFile();
  if (!options_.sources.empty()) LoadCopy();
  return absl::OkStatus();
}

absl::Status RootKeeper::LoadHints() {
  const std::string& file = options_.hints_file;
  if (file.empty()) return absl::OkStatus();
  const auto text = ReadFile(file, world::limits::kMaxZoneOctets);
  if (!text.ok()) return text.status();
  auto hints = zone::ParseRootHints(*text, file);
  if (!hints.ok()) return hints.status();
  hints_ = *std::move(hints);
  status_.source = RootSource::kHintsFile;
  status_.file = file;
  return absl::OkStatus();
}

absl::Status RootKeeper::LoadZoneFile() {
  const std::string& file = options_.zone_file;
  auto loaded = ReadRootZone(file);
  if (!loaded.ok()) return loaded.status();
  auto proven = ProveRootZone(*std::move(loaded), file, options_, status_.loaded);
  if (!proven.ok()) {
    Refuse(proven.status());
    log_.Error("no root zone in use: the root servers are asked");
    return absl::OkStatus();
  }
  Put({.source = RootSource::kZoneFile, .name = file}, *std::move(proven), status_.loaded);
  return absl::OkStatus();
}

void RootKeeper::LoadCopy() {
  auto kept = ReadRootCopy(options_, status_.loaded);
  if (kept.ok()) {
    copy_ = std::move(kept->head);
    Put({.source = RootSource::kCopy, .name = copy_->source}, std::move(kept->proven), copy_->checked);
  } else if (!absl::IsNotFound(kept.status())) {
    Refuse(kept.status());
  }
}

void RootKeeper::Attach(Loop& loop, Publisher publish) {
  loop_ = &loop;
  publish_ = std::move(publish);
}

void RootKeeper::Reload(RootRequest request, RootAsker asker) {
  if (request.file.empty()) request.file = options_.zone_file;
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

void RootKeeper::Loaded(const FileMark& mark, absl::StatusOr<ProvenZone> loaded) {
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
  const std::string& file = job.request.file;
  auto result = Judge(file, loaded->zone, job.request.force);
  if (result.ok() && result->replacement == zone::Replacement::kTaken) {
    Take({.source = RootSource::kZoneFile, .name = file}, *std::move(loaded), *result,
         [this](const RootResult& taken) { Finish(taken); });
    return;
  }
  if (result.ok()) Confirm(ReadClocks());
  Finish(std::move(result));
}

void RootKeeper::Offer(const std::string& source, ProvenZone proven, RootAsker asker) {
  const auto result = Judge(source, proven.zone, Force::kNo);
  if (!result.ok()) {
    Refuse(result.status());
    asker(result);
  } else if (result->replacement == zone::Replacement::kSame) {
    status_.evidence = std::move(proven.evidence);
    Confirm(ReadClocks());
    asker(result);
  } else {
    Take({.source = RootSource::kFetched, .name = source}, std::move(proven), *result, std::move(asker));
  }
}

void RootKeeper::Confirm(world::Now now) {
  if (snapshot_ && HasSources()) {
    refresh_.Confirm(SoaOf(*snapshot_), now.wall, status_.evidence.valid_until, now);
  }
}

void RootKeeper::DropExpired(world::Now now) {
  if (!refresh_.IsExpired(now.wall) || snapshot_ == nullptr) return;
  log_.Error(
      fmt::format("root zone: serial {} is given up, since no source confirmed it in time: the root servers are "
                  "asked",
                  snapshot_->serial()));
  refresh_.Clear(now);
  const auto old = std::exchange(snapshot_, nullptr);
  status_.source = options_.hints_file.empty() ? RootSource::kBuiltInHints : RootSource::kHintsFile;
  status_.file = options_.hints_file;
  status_.evidence = {};
  ++status_.fallbacks;
  publish_(nullptr, [old] {});
}

RootResult RootKeeper::Judge(const std::string& name, const zone::Snapshot& candidate, Force force) const {
  RootOutcome outcome;
  outcome.serial = candidate->serial();
  outcome.records = candidate->record_count();
  if (snapshot_) outcome.old_serial = snapshot_->serial();
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
      return absl::FailedPreconditionError(fmt::format("{}: serial {} is older than {} in use (--force takes it)", name,
                                                       outcome.serial, *outcome.old_serial));
    case zone::Replacement::kSameSerial:
      break;
  }
  return absl::FailedPreconditionError(
      fmt::format("{}: other content under the same serial {} as the zone in use", name, outcome.serial));
}

zone::Snapshot RootKeeper::Put(const Origin& origin, ProvenZone proven, world::WallTime checked) {
  const world::Now now = ReadClocks();
  auto old = std::exchange(snapshot_, std::move(proven.zone));
  status_.source = origin.source;
  status_.file = origin.name;
  status_.evidence = std::move(proven.evidence);
  status_.loaded = now.wall;
  ++status_.reloads;
  if (HasSources()) {
    refresh_.Confirm(SoaOf(*snapshot_), checked, status_.evidence.valid_until, now);
  } else {
    refresh_.Clear(now);
  }
  return old;
}

bool RootKeeper::HasSources() const {
  if (options_.zone_file.empty()) return !options_.sources.empty();
  // A file that need not prove itself is a laboratory's: it is what it is until it is read again.
  return options_.policy != settings::ZonemdPolicy::kOff;
}

void RootKeeper::Take(const Origin& origin, ProvenZone proven, const RootOutcome& outcome, RootAsker done) {
  if (outcome.old_serial && zone::SerialIsOlder(outcome.serial, *outcome.old_serial)) {
    log_.Warn(fmt::format("root zone: serial {} taken by force in place of {}, which is newer", outcome.serial,
                          *outcome.old_serial));
  }
  // The old zone is kept until no worker uses it, so that it is torn down here and not in the way of queries.
  auto old = Put(origin, std::move(proven), ReadClocks().wall);
  publish_(snapshot_, [old, outcome, done = std::move(done)] { done(outcome); });
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
    Refuse(result.status());
  }
  StartNext();
  for (const auto& asker : job.askers) asker(result);
}

void RootKeeper::Refuse(const absl::Status& why) {
  ++status_.refused;
  status_.limit_hits += absl::IsResourceExhausted(why) ? 1U : 0U;
  status_.last_error = std::string(why.message());
  log_.Error(fmt::format("root zone refused: {}", status_.last_error));
}

}  // namespace taprootd
