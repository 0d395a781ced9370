#include "engine/metrics/table.h"

#include <doctest/doctest.h>

using metrics::Counters;
using metrics::Duration;
using metrics::Metric;

TEST_CASE("Each kind of metric merges in its own way") {
  Counters a, b;
  a.Add(Metric::kCacheHits, 3);
  b.Add(Metric::kCacheHits);
  a.Raise(Metric::kMostWaiters, 7);
  b.Raise(Metric::kMostWaiters, 5);
  a.Add(Metric::kResolutionsInFlight, 4);
  b.Add(Metric::kResolutionsInFlight, 2);
  b.Subtract(Metric::kResolutionsInFlight);
  a.Observe(Metric::kUpstreamRtt, Duration(15));
  b.Observe(Metric::kUpstreamRtt, Duration(16));
  a.Merge(b);
  CHECK(a.Get(Metric::kCacheHits) == 4);
  CHECK(a.Get(Metric::kMostWaiters) == 7);
  CHECK(a.Get(Metric::kResolutionsInFlight) == 5);
  CHECK(a.GetHistogram(Metric::kUpstreamRtt).counts[1] == 2);
  CHECK(a.GetHistogram(Metric::kUpstreamRtt).sum_us == 31);
}

TEST_CASE("Merging touches no neighbour of what was counted") {
  Counters a, b;
  b.Observe(Metric::kClientLatency, std::chrono::seconds(60));
  a.Merge(b);
  CHECK(a == b);
  CHECK(a.Get(Metric::kLocalNameAnswers) == 0);
  CHECK(a.Get(Metric::kClientRefusedByAccess) == 0);
}

TEST_CASE("A bucket takes its upper bound, and the last one all that is longer") {
  Counters counters;
  counters.Observe(Metric::kClientLatency, Duration(-5));
  counters.Observe(Metric::kClientLatency, Duration(10));
  counters.Observe(Metric::kClientLatency, Duration(11));
  counters.Observe(Metric::kClientLatency, Duration(10'000'000));
  counters.Observe(Metric::kClientLatency, Duration(10'000'001));
  const auto histogram = counters.GetHistogram(Metric::kClientLatency);
  CHECK(histogram.counts[0] == 2);
  CHECK(histogram.counts[1] == 1);
  CHECK(histogram.counts[metrics::kBuckets - 2] == 1);
  CHECK(histogram.counts[metrics::kBuckets - 1] == 1);
  CHECK(histogram.Count() == 5);
  CHECK(histogram.sum_us == 20'000'022);
}

TEST_CASE("A quantile lies within the bucket that holds it") {
  Counters counters;
  CHECK(counters.GetHistogram(Metric::kUpstreamRtt).Quantile(0.5) == Duration(0));
  for (int i = 0; i < 98; ++i) counters.Observe(Metric::kUpstreamRtt, Duration(15'000));
  counters.Observe(Metric::kUpstreamRtt, Duration(150'000));
  counters.Observe(Metric::kUpstreamRtt, Duration(150'000));
  const auto histogram = counters.GetHistogram(Metric::kUpstreamRtt);
  CHECK(histogram.Quantile(0.5).count() == doctest::Approx(15'102).epsilon(0.001));
  CHECK(histogram.Quantile(0.99).count() == 150'000);
}
