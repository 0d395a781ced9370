#include "tools/taproot/pages.h"

#include <doctest/doctest.h>

#include "engine/metrics/pages.h"

using json = taproot::Json;
using taproot::Terminal;
using taproot::Zeros;

namespace {

/// Returns an answer to `stats` of an hour's work.
json Stats() {
  metrics::Counters counters;
  counters.Add(metrics::Metric::kClientQueriesUdp, 8'000);
  counters.Add(metrics::Metric::kCacheHits, 6'000);
  counters.Add(metrics::Metric::kUpstreamPacketsUdp, 4'000);
  counters.Add(metrics::Metric::kUpstreamTimeouts, 40);
  counters.Set(metrics::Metric::kRootSerial, 2026082201);
  for (int i = 0; i < 100; ++i) counters.Observe(metrics::Metric::kClientLatency, std::chrono::milliseconds(15));
  return {{"version", "0.1.0"},
          {"started_ms", 1},
          {"uptime_s", 3600},
          {"workers", 4},
          {"metrics", json::parse(metrics::ToJson(counters))}};
}

}  // namespace

TEST_CASE("Stats begin with what matters, and hide what is zero") {
  CHECK(taproot::StatsText(Stats(), Zeros::kHide, Terminal{.width = 90}) ==
        "Taproot 0.1.0, up 1 h 0 min, 4 workers\n"
        "8,000 queries, 75.0 % answered from the cache, 0.0 % SERVFAIL\n"
        "half answered within 15.0 ms, 99 % within 19.9 ms\n"
        "4,000 packets sent to nameservers, 1.0 % unanswered\n"
        "\n"
        "                           Clients\n"
        "                    8,000  client_queries_udp    Queries of clients over UDP.\n"
        "15.0 ms, 19.0 ms, 19.9 ms  client_latency        From a client's query to its answer. Med~\n"
        "                           Cache\n"
        "                    6,000  cache_hits            Queries answered with a ready answer, as~\n"
        "                           Upstream\n"
        "                    4,000  upstream_packets_udp  Queries sent over UDP.\n"
        "                       40  upstream_timeouts     Queries whose timeout passed.\n"
        "                           Root\n"
        "               2026082201  root_serial           Serial of the root zone in use; 0 withou~\n");
}

TEST_CASE("Stats with zeros show every metric") {
  const std::string text = taproot::StatsText(Stats(), Zeros::kShow, Terminal());
  for (const metrics::Row& row : metrics::kRows) CHECK(text.find("  " + metrics::KeyOf(row) + " ") != text.npos);
}

TEST_CASE("The root's page names source, serial and the last error") {
  CHECK(
      taproot::RootText(json::parse(R"({"source":"zone file","file":"/x/root.zone","serial":2026082201,"records":22094,
    "delegations":1438,"loaded_ms":1795255143000,"reloads":3,"refused":1,"last_error":"root.zone:17: no","loading":false})"),
                        Terminal()) ==
      "source      zone file /x/root.zone\n"
      "serial      2026082201\n"
      "size        22,094 records, 1,438 delegations\n"
      "loaded      2026-11-21 09:59:03 UTC\n"
      "reloads     3 taken, 1 refused\n"
      "last error  root.zone:17: no\n");
}

TEST_CASE("Without a root zone its page has no serial and no size") {
  CHECK(
      taproot::RootText(json::parse(R"({"source":"built-in hints","file":null,"serial":null,"reloads":0,"refused":0})"),
                        Terminal()) ==
      "source   built-in hints\n"
      "reloads  0 taken, 0 refused\n");
}

TEST_CASE("A reload tells what holds and what waits") {
  CHECK(taproot::ReloadText(
            json::parse(R"({"changed":["log.level","server.allow"],"needs_restart":["server.listen"]})"), Terminal()) ==
        "In force: log.level, server.allow\n"
        "After a restart: server.listen\n");
  CHECK(taproot::ReloadText(json::object(), Terminal()) == "The settings are as they were.\n");
}

TEST_CASE("The cache's page tells how full it is") {
  const std::string text = taproot::CacheText(
      json::parse(R"({"rrset_entries":1200,"octets":33554432,"limit_octets":67108864,"evictions":0})"), Terminal());
  CHECK(text.starts_with("memory         32.0 MiB of 64.0 MiB, 50.0 %\nRRsets         1,200\n"));
}

TEST_CASE("An answer of other shapes than expected does no harm") {
  for (const char* text : {"{}", "[]", "3", R"({"metrics":3,"source":7,"standings":{}})"}) {
    CAPTURE(text);
    const json answer = json::parse(text);
    CHECK(taproot::StatsText(answer, Zeros::kShow, Terminal()).find("client_queries_udp") != std::string::npos);
    CHECK_FALSE(taproot::RootText(answer, Terminal()).empty());
    CHECK_FALSE(taproot::CacheText(answer, Terminal()).empty());
  }
}
