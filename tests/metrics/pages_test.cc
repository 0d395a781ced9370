#include "engine/metrics/pages.h"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

using metrics::Counters;
using metrics::Metric;

namespace {

/// Returns whether `text` has `part`.
bool Has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("Prometheus text has one HELP and one TYPE for each name, before its samples") {
  Counters counters;
  counters.Add(Metric::kClientQueriesTcp, 5);
  counters.Set(Metric::kRootSerial, 2026082201);
  const std::string text = metrics::ToPrometheus(counters);
  CHECK(
      text.starts_with("# HELP taproot_client_queries_total Queries that clients sent, by transport.\n"
                       "# TYPE taproot_client_queries_total counter\n"
                       "taproot_client_queries_total{transport=\"udp\"} 0\n"
                       "taproot_client_queries_total{transport=\"tcp\"} 5\n"
                       "taproot_client_queries_total{transport=\"tls\"} 0\n"
                       "taproot_client_queries_total{transport=\"https\"} 0\n"
                       "# HELP taproot_client_answers_total "));
  CHECK(Has(text, "# TYPE taproot_root_serial gauge\ntaproot_root_serial 2026082201\n"));
  std::set<std::string> typed;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE")) CHECK(typed.insert(line).second);
  }
}

TEST_CASE("A histogram is cumulative and in seconds for Prometheus") {
  Counters counters;
  counters.Observe(Metric::kUpstreamRtt, std::chrono::milliseconds(15));
  counters.Observe(Metric::kUpstreamRtt, std::chrono::seconds(11));
  const std::string text = metrics::ToPrometheus(counters);
  CHECK(Has(text, "taproot_upstream_rtt_seconds_bucket{le=\"0.01\"} 0\n"));
  CHECK(Has(text, "taproot_upstream_rtt_seconds_bucket{le=\"0.02\"} 1\n"));
  CHECK(Has(text, "taproot_upstream_rtt_seconds_bucket{le=\"10\"} 1\n"));
  CHECK(Has(text, "taproot_upstream_rtt_seconds_bucket{le=\"+Inf\"} 2\n"));
  CHECK(Has(text, "taproot_upstream_rtt_seconds_sum 11.015\ntaproot_upstream_rtt_seconds_count 2\n"));
}

TEST_CASE("JSON has a member for each metric, a histogram as an object") {
  Counters counters;
  counters.Add(Metric::kLimitPackets, 2);
  counters.Observe(Metric::kClientLatency, metrics::Duration(7));
  const std::string text = metrics::ToJson(counters);
  CHECK(text.starts_with("{\"client_queries_udp\":0,"));
  CHECK(Has(text, ",\"limit_hits_packets\":2,"));
  CHECK(Has(text,
            "\"client_latency\":{\"count\":1,\"sum_us\":7,\"p50_us\":5,\"p90_us\":9,\"p99_us\":9,\"buckets\":[{"
            "\"le_us\":10,\"count\":1},"));
  CHECK(Has(text, "{\"le_us\":null,\"count\":0}]}"));
  CHECK(text.find('\n') == text.npos);
}

TEST_CASE("No two metrics have the same key, and those of one name stand together") {
  std::set<std::string> keys;
  std::set<std::string_view> names;
  std::string_view last;
  for (const metrics::Row& row : metrics::kRows) {
    CHECK(keys.insert(metrics::KeyOf(row)).second);
    if (row.name != last) CHECK(names.insert(row.name).second);
    last = row.name;
  }
}

TEST_CASE("docs/METRICS.md is what the table makes of it") {
  std::ifstream file(TAPROOT_SOURCE "/docs/METRICS.md");
  std::ostringstream text;
  text << file.rdbuf();
  CHECK(text.str() == metrics::ToMarkdown());
}
