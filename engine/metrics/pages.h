#pragma once

#include <string>

#include "engine/metrics/table.h"

/// What is made of the table for people and their tools.
namespace metrics {

/// Returns the name of a metric in JSON: `cache_hits`, or with the label's value `client_queries_udp`.
std::string KeyOf(const Row& row);

/// Returns the metrics in Prometheus' text format, version 0.0.4. Histograms are in seconds there.
std::string ToPrometheus(const Counters& counters);

/// Returns one JSON object without line breaks, a member for each metric by KeyOf. A histogram is an object:
/// {"count","sum_us","p50_us","p90_us","p99_us","buckets":[{"le_us","count"}...]}, each bucket's count its own, the
/// last bucket's "le_us" null.
std::string ToJson(const Counters& counters);

/// Returns docs/METRICS.md.
std::string ToMarkdown();

}  // namespace metrics
