#include "engine/metrics/table.h"

#include <algorithm>
#include <cstdlib>

namespace metrics {
namespace {

/// Returns the bucket that a duration of `us` microseconds falls into.
size_t BucketOf(int64_t us) {
  return static_cast<size_t>(std::lower_bound(kBucketBounds.begin(), kBucketBounds.end(), us) - kBucketBounds.begin());
}

/// Ends the process at a bug of ours: a caller that takes another metric for a histogram.
void RequireHistogram(Metric metric) {
  if (RowOf(metric).kind != Kind::kHistogram) std::abort();
}

}  // namespace

void Counters::Observe(Metric metric, Duration duration) {
  RequireHistogram(metric);
  const int64_t us = std::max<int64_t>(duration.count(), 0);
  const size_t first = layout::kOffsets[static_cast<size_t>(metric)];
  ++words_[first + BucketOf(us)];
  words_[first + kBuckets] += static_cast<uint64_t>(us);
}

Counters::Histogram Counters::GetHistogram(Metric metric) const {
  RequireHistogram(metric);
  const size_t first = layout::kOffsets[static_cast<size_t>(metric)];
  Histogram histogram;
  for (size_t i = 0; i < kBuckets; ++i) histogram.counts[i] = words_[first + i];
  histogram.sum_us = words_[first + kBuckets];
  return histogram;
}

uint64_t Counters::Histogram::Count() const {
  uint64_t count = 0;
  for (const uint64_t in_bucket : counts) count += in_bucket;
  return count;
}

Duration Counters::Histogram::Quantile(double quantile) const {
  const auto wanted = static_cast<double>(Count()) * quantile;
  double below = 0;
  for (size_t i = 0; i < kBucketBounds.size(); ++i) {
    const auto here = static_cast<double>(counts[i]);
    if (here > 0 && below + here >= wanted) {
      const double low = i == 0 ? 0 : static_cast<double>(kBucketBounds[i - 1]);
      const double part = (wanted - below) / here;
      return Duration(static_cast<int64_t>(low + part * (static_cast<double>(kBucketBounds[i]) - low)));
    }
    below += here;
  }
  return Duration(Count() == 0 ? 0 : kBucketBounds.back());
}

void Counters::Merge(const Counters& other) {
  for (const Row& row : kRows) {
    const size_t first = layout::kOffsets[static_cast<size_t>(row.id)];
    if (row.kind == Kind::kPeak) {
      words_[first] = std::max(words_[first], other.words_[first]);
      continue;
    }
    for (size_t i = first; i < first + layout::Words(row.kind); ++i) words_[i] += other.words_[i];
  }
}

}  // namespace metrics
