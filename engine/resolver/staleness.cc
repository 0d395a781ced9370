// The part of Resolutions that has to do with what was known before (RFC 8767), and with knowing it anew in time.
#include <utility>

#include "engine/iteration/stale.h"
#include "engine/resolver/resolution.h"

namespace resolver {
namespace {

using iteration::Errand;
using metrics::Metric;

}  // namespace

world::Instant Resolutions::StaleAt(const Resolution& resolution) const {
  const bool may_wait = resolution.stale_is_due && !resolution.waiters.empty();
  return may_wait ? resolution.started.mono + around_.settings->cache.stale_client_timeout : world::kNever;
}

std::optional<iteration::Result> Resolutions::StaleResult(Resolution& resolution, world::Now now) {
  const iteration::Assignment& assignment = resolution.walk.assignment();
  if (assignment.errand != Errand::kResolve && assignment.errand != Errand::kRefresh) return std::nullopt;
  return iteration::FromStale(assignment.question, MakeContext(resolution, now));
}

void Resolutions::ReleaseStale(Resolution& resolution, world::Now now) {
  resolution.stale_is_due = false;
  if (resolution.waiters.empty()) return;
  auto stale = StaleResult(resolution, now);
  if (!stale) return;
  around_.counters.Add(Metric::kStaleAnswers, resolution.waiters.size());
  waiters_ -= resolution.waiters.size();
  finished_.push_back({resolution.walk.assignment().question,
                       *std::move(stale),
                       {},
                       std::exchange(resolution.waiters, {}),
                       resolution.started});
}

void Resolutions::Refresh(const wire::Question& question, world::Now now, world::Effects& out) {
  const settings::Settings& settings = *around_.settings;
  // What is fetched ahead of its time must not keep anything else waiting.
  const bool is_busy = by_id_.size() >= settings.walk.max_resolutions / 2;
  if (!settings.cache.prefetch || is_busy || by_question_.contains(question)) return;
  around_.counters.Add(Metric::kPrefetches);
  Resolution& begun = Begin({question, Errand::kRefresh, 0, now.mono + settings.walk.query_time}, ResolutionId{}, now);
  iteration::Wishes wishes;
  iteration::Context context = MakeContext(begun, now);
  begun.walk.Start(context, wishes);
  Apply(begun, wishes, now, out);
  Drain(now, out);
}

}  // namespace resolver
