#include "engine/daemon/root_fetcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/daemon/clock.h"
#include "engine/world/limits.h"

namespace taprootd {

using settings::ZoneSource;

/// A source asked, and its zone proven, on a thread aside.
class RootFetcher::Asking final : public Errand {
 public:
  Asking(RootFetcher& fetcher, SourceQuery query)
      : fetcher_(fetcher), stopped_(fetcher.stopped_), query_(std::move(query)) {}

  void Work() override { answer_ = AskSource(query_); }
  void Done() override {
    if (!*stopped_) fetcher_.Answered(std::move(answer_));
  }

 private:
  RootFetcher& fetcher_;
  StopSign stopped_;
  SourceQuery query_;
  absl::StatusOr<SourceAnswer> answer_ = absl::UnknownError("not asked");
};

/// The copy written on a thread aside.
class RootFetcher::Keeping final : public Errand {
 public:
  Keeping(RootFetcher& fetcher, zone::CopyHead head)
      : fetcher_(fetcher),
        stopped_(fetcher.stopped_),
        options_(fetcher.keeper_.options()),
        head_(std::move(head)),
        zone_(fetcher.keeper_.snapshot()) {}

  void Work() override { status_ = WriteRootCopy(options_, head_, *zone_); }
  void Done() override {
    if (!*stopped_ && !status_.ok()) {
      fetcher_.log_.Warn(fmt::format("root zone not kept for the next start: {}", std::string(status_.message())));
    }
  }

 private:
  RootFetcher& fetcher_;
  StopSign stopped_;
  RootOptions options_;
  zone::CopyHead head_;
  zone::Snapshot zone_;
  absl::Status status_;
};

RootFetcher::RootFetcher(Log& log, RootKeeper& keeper, AddressLookup lookup)
    : log_(log), keeper_(keeper), lookup_(std::move(lookup)) {}

RootFetcher::~RootFetcher() { Detach(); }

void RootFetcher::Detach() { *stopped_ = true; }

void RootFetcher::OnTurn(world::Now now) {
  keeper_.DropExpired(now);
  if (loop_ == nullptr || fetching_ || *stopped_ || !keeper_.HasSources()) return;
  if (now.mono >= keeper_.refresh().next_poll()) Begin();
}

world::Instant RootFetcher::NextTurn(world::Now now) const {
  if (!keeper_.HasSources()) return world::kNever;
  world::Instant next = fetching_ ? world::kNever : keeper_.refresh().next_poll();
  if (const auto expires = keeper_.refresh().expires()) {
    next = std::min(next, now.mono + std::max(*expires - now.wall, world::Duration::zero()));
  }
  return next;
}

void RootFetcher::Fetch(RootAsker asker) {
  if (!keeper_.HasSources()) {
    asker(absl::FailedPreconditionError("no sources of the root zone: set root.sources"));
    return;
  }
  askers_.push_back(std::move(asker));
  if (!fetching_) Begin();
}

std::vector<ZoneSource> RootFetcher::Sources() const {
  const RootOptions& options = keeper_.options();
  if (options.zone_file.empty()) return options.sources;
  return {{.kind = ZoneSource::Kind::kFile, .path = options.zone_file}};
}

void RootFetcher::Begin() {
  fetching_ = true;
  if (!head_) head_ = keeper_.copy();
  round_ = Sources();
  asked_ = 0;
  begun_ = ReadClocks().mono;
  last_error_ = "no sources";
  AskNext();
}

void RootFetcher::AskNext() {
  if (asked_ == round_.size()) {
    ++tally_.failed;
    keeper_.Fail(ReadClocks());
    End(absl::UnavailableError(last_error_));
    return;
  }
  const ZoneSource& source = round_[asked_++];
  if (source.kind == ZoneSource::Kind::kFile) return AskAt({});
  if (const auto address = world::Address::FromText(source.host)) return AskAt({*address});
  lookup_(source.host, [this, stopped = stopped_](const std::vector<world::Address>& addresses) {
    if (!*stopped) AskAt(addresses);
  });
}

void RootFetcher::AskAt(const std::vector<world::Address>& addresses) {
  const ZoneSource& source = round_[asked_ - 1];
  SourceQuery query{
      .source = source,
      .at = {},
      .options = keeper_.options(),
      .serial = std::nullopt,
      .since = nullptr,
      .etag = {},
      .modified = {},
      .patience = {.deadline = ReadClocks().mono + world::limits::kMaxRootFetchTime, .stopped = stopped_}};
  for (const world::Address& address : addresses) query.at.push_back({.address = address, .port = source.port});
  if (keeper_.snapshot()) {
    query.serial = keeper_.snapshot()->serial();
    if (keeper_.status().evidence.verified) query.since = keeper_.snapshot();
    // What a server calls a version of the zone means nothing at another one.
    if (head_ && head_->source == source.ToText() && keeper_.status().file == head_->source) {
      query.etag = head_->etag;
      query.modified = head_->modified;
    }
  }
  loop_->RunAside(std::make_unique<Asking>(*this, std::move(query)));
}

void RootFetcher::Answered(absl::StatusOr<SourceAnswer> answer) {
  if (!answer.ok()) {
    PassOver(answer.status());
  } else if (answer->zone) {
    keeper_.Offer(round_[asked_ - 1].ToText(), *std::move(answer->zone),
                  [this, etag = answer->etag, modified = answer->modified](const RootResult& result) {
                    Judged(etag, modified, result);
                  });
  } else if (keeper_.snapshot() == nullptr) {
    // The zone that it confirms was given up meanwhile.
    PassOver(absl::UnavailableError("the zone in use expired while the source was asked"));
  } else {
    keeper_.Confirm(ReadClocks());
    Settle(answer->etag, answer->modified,
           {.replacement = zone::Replacement::kSame,
            .serial = keeper_.snapshot()->serial(),
            .old_serial = keeper_.snapshot()->serial(),
            .records = keeper_.snapshot()->record_count()});
  }
}

void RootFetcher::Judged(const std::string& etag, const std::string& modified, const RootResult& result) {
  if (result.ok()) {
    Settle(etag, modified, *result);
  } else {
    PassOver(result.status());
  }
}

void RootFetcher::PassOver(const absl::Status& why) {
  ++tally_.source_errors;
  tally_.limit_hits += absl::IsResourceExhausted(why) ? 1U : 0U;
  last_error_ = std::string(why.message());
  log_.Warn(fmt::format("root zone: {}", last_error_));
  SourceStatus& note = NoteOf(round_[asked_ - 1]);
  note.bad = ReadClocks().wall;
  note.error = last_error_;
  AskNext();
}

void RootFetcher::Settle(const std::string& etag, const std::string& modified, RootOutcome outcome) {
  const world::WallTime now = ReadClocks().wall;
  const ZoneSource& source = round_[asked_ - 1];
  SourceStatus& note = NoteOf(source);
  note.good = now;
  note.error.clear();
  outcome.took = ReadClocks().mono - begun_;
  const bool is_taken = outcome.replacement == zone::Replacement::kTaken;
  ++(is_taken ? tally_.taken : tally_.unchanged);
  const std::string text = fmt::format("root zone: {} serial {} from {}, {} records", is_taken ? "now" : "unchanged,",
                                       outcome.serial, source.ToText(), outcome.records);
  if (is_taken) {
    log_.Info(text);
  } else {
    log_.Debug(text);
  }
  const bool is_of_another = !head_ || keeper_.status().file != head_->source;
  if (is_taken || is_of_another) head_ = zone::CopyHead{.source = source.ToText(), .fetched = now, .checked = now};
  head_->checked = now;
  if (head_->source == source.ToText()) {
    head_->etag = etag;
    head_->modified = modified;
  }
  if (source.kind != ZoneSource::Kind::kFile) loop_->RunAside(std::make_unique<Keeping>(*this, *head_));
  End(outcome);
}

void RootFetcher::End(const RootResult& result) {
  fetching_ = false;
  const auto askers = std::exchange(askers_, {});
  for (const RootAsker& asker : askers) asker(result);
}

std::vector<SourceStatus> RootFetcher::Statuses() const {
  std::vector<SourceStatus> statuses;
  for (const ZoneSource& source : Sources()) {
    const auto found = std::ranges::find(notes_, source, &SourceStatus::source);
    statuses.push_back(found == notes_.end() ? SourceStatus{.source = source, .good = {}, .bad = {}, .error = {}}
                                             : *found);
  }
  return statuses;
}

SourceStatus& RootFetcher::NoteOf(const ZoneSource& source) {
  const auto found = std::ranges::find(notes_, source, &SourceStatus::source);
  if (found != notes_.end()) return *found;
  // Those of sources that the settings name no more make room.
  const auto sources = Sources();
  std::erase_if(notes_,
                [&](const SourceStatus& note) { return std::ranges::find(sources, note.source) == sources.end(); });
  return notes_.emplace_back(SourceStatus{.source = source, .good = {}, .bad = {}, .error = {}});
}

}  // namespace taprootd
