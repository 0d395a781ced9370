#include "engine/daemon/root_report.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace taprootd {
namespace {

using nlohmann::ordered_json;

/// Returns the words of docs/OPERATING.md for where the root is known from.
std::string_view ToText(RootSource source) {
  switch (source) {
    case RootSource::kZoneFile:
      return "zone file";
    case RootSource::kFetched:
      return "fetched";
    case RootSource::kCopy:
      return "verified copy";
    case RootSource::kHintsFile:
      return "hints file";
    case RootSource::kBuiltInHints:
      return "built-in hints";
  }
  return "";
}

/// Returns the text, or null for an empty one.
ordered_json TextOrNull(const std::string& text) { return text.empty() ? ordered_json(nullptr) : ordered_json(text); }

/// Returns the milliseconds since 1970.
int64_t MillisecondsOf(world::WallTime time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// Returns the milliseconds since 1970, or null.
ordered_json TimeOrNull(const std::optional<world::WallTime>& time) {
  return time ? ordered_json(MillisecondsOf(*time)) : ordered_json(nullptr);
}

/// Returns when the sources are asked next, if they are.
std::optional<world::WallTime> NextPoll(const RootKeeper& keeper, world::Now now) {
  if (!keeper.HasSources()) return std::nullopt;
  return now.wall + std::max(keeper.refresh().next_poll() - now.mono, world::Duration::zero());
}

/// Returns the seconds since 1970, or 0.
uint64_t SecondsOrZero(const std::optional<world::WallTime>& time) {
  return time ? static_cast<uint64_t>(MillisecondsOf(*time) / 1'000) : 0;
}

}  // namespace

ordered_json RootReport(const RootKeeper& keeper, const RootFetcher& fetcher, world::Now now) {
  const RootStatus& status = keeper.status();
  const zone::Snapshot& zone = keeper.snapshot();
  const RootEvidence& evidence = status.evidence;
  ordered_json answer;
  answer["source"] = ToText(status.source);
  answer["file"] = TextOrNull(status.file);
  answer["serial"] = zone ? ordered_json(zone->serial()) : ordered_json(nullptr);
  answer["records"] = zone ? ordered_json(zone->record_count()) : ordered_json(nullptr);
  answer["delegations"] = zone ? ordered_json(zone->delegation_count()) : ordered_json(nullptr);
  answer["loaded_ms"] = MillisecondsOf(status.loaded);
  answer["verified_by"] = TextOrNull(evidence.verified_by);
  answer["verified_ms"] = TimeOrNull(evidence.verified);
  answer["digest"] = TextOrNull(evidence.digest);
  answer["signatures"] = TextOrNull(evidence.signatures);
  answer["checked_ms"] = TimeOrNull(keeper.refresh().checked());
  answer["expires_ms"] = TimeOrNull(keeper.refresh().expires());
  answer["next_poll_ms"] = TimeOrNull(NextPoll(keeper, now));
  answer["reloads"] = status.reloads;
  answer["refused"] = status.refused;
  answer["fallbacks"] = status.fallbacks;
  answer["last_error"] = TextOrNull(status.last_error);
  answer["loading"] = keeper.loading() || fetcher.fetching();
  answer["sources"] = ordered_json::array();
  if (!keeper.HasSources()) return answer;
  for (const SourceStatus& source : fetcher.Statuses()) {
    answer["sources"].push_back({{"source", source.source.ToText()},
                                 {"good_ms", TimeOrNull(source.good)},
                                 {"failed_ms", TimeOrNull(source.bad)},
                                 {"error", TextOrNull(source.error)}});
  }
  return answer;
}

ordered_json OutcomeReport(const RootOutcome& outcome) {
  ordered_json answer;
  answer["outcome"] = outcome.replacement == zone::Replacement::kSame ? "same" : "taken";
  answer["serial"] = outcome.serial;
  answer["old_serial"] = outcome.old_serial ? ordered_json(*outcome.old_serial) : ordered_json(nullptr);
  answer["records"] = outcome.records;
  answer["took_us"] = outcome.took.count();
  return answer;
}

void CountRoot(const RootKeeper& keeper, const RootFetcher& fetcher, world::Now now, metrics::Counters& counters) {
  using metrics::Metric;
  const RootStatus& status = keeper.status();
  counters.Add(Metric::kRootReloads, status.reloads);
  counters.Add(Metric::kRootReloadsRefused, status.refused);
  counters.Set(Metric::kRootSerial, keeper.snapshot() ? keeper.snapshot()->serial() : 0);
  counters.Set(Metric::kRootVerifiedDigest, status.evidence.has_digest ? 1 : 0);
  counters.Set(Metric::kRootVerifiedSignatures, status.evidence.is_signed ? 1 : 0);
  counters.Set(Metric::kRootChecked, SecondsOrZero(keeper.refresh().checked()));
  counters.Set(Metric::kRootExpires, SecondsOrZero(keeper.refresh().expires()));
  counters.Set(Metric::kRootNextPoll, SecondsOrZero(NextPoll(keeper, now)));
  const FetchTally& tally = fetcher.tally();
  counters.Add(Metric::kRootPollsTaken, tally.taken);
  counters.Add(Metric::kRootPollsUnchanged, tally.unchanged);
  counters.Add(Metric::kRootPollsFailed, tally.failed);
  counters.Add(Metric::kRootSourceErrors, tally.source_errors);
  counters.Add(Metric::kRootFallbacks, status.fallbacks);
  counters.Add(Metric::kLimitRootZone, status.limit_hits + tally.limit_hits);
}

}  // namespace taprootd
