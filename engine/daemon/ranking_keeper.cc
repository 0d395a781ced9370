#include "engine/daemon/ranking_keeper.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "engine/daemon/file.h"
#include "engine/servers/memory.h"

namespace taprootd {
namespace {

/// The file names the zones that were asked for: that is nobody else's business.
constexpr unsigned kOwnerAlone = 0600;

/// Writes what the book holds.
absl::Status Write(const std::string& file, const servers::Book& book, world::Now now) {
  const world::Octets octets = servers::Encode(book.Remember(), now);
  return ReplaceFile(file, {reinterpret_cast<const char*>(octets.data()), octets.size()}, kOwnerAlone);
}

/// Returns what the file holds.
absl::StatusOr<servers::Memory> Read(const std::string& file, world::Now now) {
  const auto octets = ReadFile(file, servers::kMaxMemoryOctets);
  if (!octets.ok()) return octets.status();
  auto memory = servers::Decode(*octets, now);
  if (memory.ok()) return memory;
  return absl::InvalidArgumentError(fmt::format("{}: {}", file, std::string(memory.status().message())));
}

}  // namespace

/// The book copied and written on a thread aside.
class RankingKeeper::Keeping final : public Errand {
 public:
  Keeping(RankingKeeper& keeper, world::Now now) : keeper_(keeper), now_(now) {}

  void Work() override {
    const std::lock_guard lock(keeper_.writing_);
    if (keeper_.over_) return;
    status_ = Write(keeper_.file_, keeper_.book_, now_);
  }
  void Done() override {
    if (status_) keeper_.Kept(*status_);
  }

 private:
  RankingKeeper& keeper_;
  world::Now now_;
  std::optional<absl::Status> status_;
};

RankingKeeper::RankingKeeper(Log& log, servers::Book& book, const settings::Settings& settings, RunErrand run_aside)
    : log_(log), book_(book), run_aside_(std::move(run_aside)) {
  const std::string& folder = settings.server.state_dir;
  if (!folder.empty()) file_ = folder + "/nameservers.state";
}

void RankingKeeper::Begin(world::Now now) {
  if (file_.empty()) return;
  next_ = now.mono + kPeriod;
  if (MarkOf(file_) == FileMark{}) return;
  const auto memory = Read(file_, now);
  if (!memory.ok()) {
    ++tally_.refused;
    log_.Error(fmt::format("{}: all nameservers are measured anew", std::string(memory.status().message())));
    return;
  }
  book_.Restore(*memory);
  log_.Info(fmt::format("nameservers: {} addresses are known from the last run", memory->addresses.size()));
}

void RankingKeeper::OnTurn(world::Now now) {
  if (now.mono < next_) return;
  next_ = now.mono + kPeriod;
  run_aside_(std::make_unique<Keeping>(*this, now));
}

void RankingKeeper::End(world::Now now) {
  if (file_.empty()) return;
  const std::lock_guard lock(writing_);
  over_ = true;
  next_ = world::kNever;
  Kept(Write(file_, book_, now));
}

void RankingKeeper::Kept(const absl::Status& status) {
  ++(status.ok() ? tally_.kept : tally_.not_kept);
  if (!status.ok()) {
    log_.Error(fmt::format("nameservers not kept for the next start: {}", std::string(status.message())));
  }
}

}  // namespace taprootd
