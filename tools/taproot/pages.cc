#include "tools/taproot/pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/metrics/pages.h"
#include "tools/taproot/amounts.h"
#include "tools/taproot/columns.h"
#include "tools/taproot/members.h"

namespace taproot {
namespace {

/// Returns a metric's value for people, and whether it is zero.
Cell ValueCell(const Json& metrics, const metrics::Row& row) {
  const std::string key = metrics::KeyOf(row);
  if (row.kind == metrics::Kind::kHistogram) {
    const Json histogram = ObjectIn(metrics, key);
    if (CountIn(histogram, "count") == 0) return {};
    return {fmt::format("{}, {}, {}", TimeText(NumberIn(histogram, "p50_us").value_or(0)),
                        TimeText(NumberIn(histogram, "p90_us").value_or(0)),
                        TimeText(NumberIn(histogram, "p99_us").value_or(0)))};
  }
  const uint64_t value = CountIn(metrics, key);
  if (value == 0) return {};
  if (row.unit == "octets") return {SizeText(value)};
  return {row.unit == "serial" ? fmt::format("{}", value) : Grouped(value)};
}

/// Returns what a metric counts; a histogram shows three of its quantiles.
std::string DocOf(const metrics::Row& row) {
  if (row.kind != metrics::Kind::kHistogram) return std::string(row.doc);
  return fmt::format("{} Median, 90 %, 99 %.", row.doc);
}

/// Returns whether a group begins at the row.
const metrics::Group* GroupAt(const metrics::Row& row) {
  const auto found = std::find_if(metrics::kGroups.begin(), metrics::kGroups.end(),
                                  [&](const metrics::Group& group) { return group.first == row.id; });
  return found == metrics::kGroups.end() ? nullptr : &*found;
}

/// Returns the numbers that matter most, a line each.
std::string Summary(const Json& metrics) {
  const uint64_t queries = CountIn(metrics, "client_queries_udp") + CountIn(metrics, "client_queries_tcp");
  const uint64_t hits = CountIn(metrics, "cache_hits") + CountIn(metrics, "cache_set_hits");
  const uint64_t asked = CountIn(metrics, "upstream_packets_udp") + CountIn(metrics, "upstream_packets_tcp");
  const uint64_t failed = CountIn(metrics, "client_answers_servfail");
  const Json latency = ObjectIn(metrics, "client_latency");
  std::string text = fmt::format("{} queries, {} answered from the cache, {} SERVFAIL\n", Grouped(queries),
                                 ShareText(hits, queries), ShareText(failed, queries));
  if (CountIn(latency, "count") > 0) {
    text += fmt::format("half answered within {}, 99 % within {}\n", TimeText(NumberIn(latency, "p50_us").value_or(0)),
                        TimeText(NumberIn(latency, "p99_us").value_or(0)));
  }
  return text + fmt::format("{} packets sent to nameservers, {} unanswered\n", Grouped(asked),
                            ShareText(CountIn(metrics, "upstream_timeouts"), asked));
}

/// Returns a list of two columns, names and values.
std::string Facts(const std::vector<std::pair<std::string, Cell>>& facts, const Terminal& terminal) {
  Table table({{"", Side::kLeft}, {"", Side::kLeft, 20}});
  for (const auto& [name, value] : facts) {
    if (!value.text.empty()) table.Add({{name, Tint::kDim}, value});
  }
  return table.ToText(terminal, 0);
}

/// Returns the members of a list of texts, separated by commas.
std::string Joined(const Json& list) {
  std::string text;
  for (const auto& item : list) {
    if (item.is_string()) text += fmt::format("{}{}", text.empty() ? "" : ", ", Harmless(item.get<std::string>()));
  }
  return text;
}

/// Returns the date of a member that is milliseconds since 1970; empty where it is not known.
std::string DateOrNothing(const Json& answer, const char* member) {
  const auto time = NumberIn(answer, member);
  return time ? DateText(*time) : "";
}

/// Returns how the sources of the root zone did.
std::string SourcesText(const Json& answer, const Terminal& terminal) {
  const auto sources = answer.find("sources");
  if (sources == answer.end() || !sources->is_array() || sources->empty()) return "";
  Table table({{"source"}, {"good"}, {"failed"}, {"why", Side::kLeft, 20}});
  for (const Json& source : *sources) {
    table.Add({{TextIn(source, "source")},
               {DateOrNothing(source, "good_ms")},
               {DateOrNothing(source, "failed_ms")},
               {TextIn(source, "error"), Tint::kBad}});
  }
  return "\n" + table.ToText(terminal, 0);
}

/// Returns the keys that are followed: `20326 valid since 2026-11-21 18:00:00, 38696 pending since ...`.
std::string AnchorsText(const Json& answer) {
  std::string text;
  const auto keys = answer.find("anchors");
  if (keys == answer.end() || !keys->is_array()) return text;
  for (const Json& key : *keys) {
    const std::string zone = TextIn(key, "zone");
    text += fmt::format("{}{}{} {} since {}", text.empty() ? "" : ", ", zone == "." ? "" : zone + " ",
                        CountIn(key, "key_tag"), TextIn(key, "state"), DateText(NumberIn(key, "since_ms").value_or(0)));
  }
  return text;
}

}  // namespace

std::string StatsText(const Json& answer, Zeros zeros, const Terminal& terminal) {
  const Json metrics = ObjectIn(answer, "metrics");
  const uint64_t workers = CountIn(answer, "workers");
  std::string text =
      Tinted(fmt::format("Taproot {}, up {}, {} worker{}", TextIn(answer, "version"),
                         AgeText(NumberIn(answer, "uptime_s").value_or(0)), workers, workers == 1 ? "" : "s"),
             Tint::kBold, terminal);
  text += "\n" + Summary(metrics) + "\n";
  Table table({{"", Side::kRight}, {""}, {"", Side::kLeft, 20}});
  const metrics::Group* group = nullptr;
  for (const metrics::Row& row : metrics::kRows) {
    if (const auto* next = GroupAt(row)) group = next;
    Cell value = ValueCell(metrics, row);
    if (value.text.empty() && zeros == Zeros::kHide) continue;
    if (value.text.empty()) value.text = "0";
    if (group != nullptr) table.Add({{""}, {std::string(group->title), Tint::kBold}, {""}});
    group = nullptr;
    table.Add({value, {metrics::KeyOf(row)}, {DocOf(row), Tint::kDim}});
  }
  return text + table.ToText(terminal, 0);
}

std::string RootText(const Json& answer, const Terminal& terminal) {
  const auto serial = NumberIn(answer, "serial");
  const auto loaded = NumberIn(answer, "loaded_ms");
  const std::string file = TextIn(answer, "file");
  const std::string error = TextIn(answer, "last_error");
  const std::string size = serial ? fmt::format("{} records, {} delegations", Grouped(CountIn(answer, "records")),
                                                Grouped(CountIn(answer, "delegations")))
                                  : "";
  const std::string reloads =
      fmt::format("{} taken, {} refused", Grouped(CountIn(answer, "reloads")), Grouped(CountIn(answer, "refused")));
  return Facts({{"source", {TextIn(answer, "source") + (file.empty() ? "" : " " + file), Tint::kBold}},
                {"serial", {serial ? fmt::format("{}", *serial) : ""}},
                {"size", {size}},
                {"verified by", {TextIn(answer, "verified_by")}},
                {"verified", {DateOrNothing(answer, "verified_ms")}},
                {"digest", {TextIn(answer, "digest")}},
                {"signatures", {TextIn(answer, "signatures")}},
                {"loaded", {loaded && *loaded > 0 ? DateText(*loaded) : ""}},
                {"confirmed", {DateOrNothing(answer, "checked_ms")}},
                {"used until", {DateOrNothing(answer, "expires_ms")}},
                {"next poll", {DateOrNothing(answer, "next_poll_ms")}},
                {"reloads", {reloads}},
                {"trust anchors", {AnchorsText(answer)}},
                {"loading", {TruthIn(answer, "loading") ? "another one, right at this moment" : ""}},
                {"last error", {error, Tint::kBad}}},
               terminal) +
         SourcesText(answer, terminal);
}

std::string CacheText(const Json& answer, const Terminal& terminal) {
  const uint64_t octets = CountIn(answer, "octets");
  const uint64_t limit = CountIn(answer, "limit_octets");
  return Facts({{"memory", {fmt::format("{} of {}, {}", SizeText(octets), SizeText(limit), ShareText(octets, limit))}},
                {"RRsets", {Grouped(CountIn(answer, "rrset_entries"))}},
                {"ready answers", {Grouped(CountIn(answer, "answer_entries"))}},
                {"delegations", {Grouped(CountIn(answer, "delegation_entries"))}},
                {"failures", {Grouped(CountIn(answer, "failure_entries"))}},
                {"ever kept", {Grouped(CountIn(answer, "insertions"))}},
                {"evicted", {Grouped(CountIn(answer, "evictions"))}}},
               terminal);
}

std::string ReloadText(const Json& answer, const Terminal& terminal) {
  const std::string changed = Joined(ListIn(answer, "changed"));
  const std::string waiting = Joined(ListIn(answer, "needs_restart"));
  if (changed.empty() && waiting.empty()) return "The settings are as they were.\n";
  std::string text;
  if (!changed.empty()) text += fmt::format("In force: {}\n", changed);
  if (!waiting.empty()) text += Tinted(fmt::format("After a restart: {}", waiting), Tint::kWarn, terminal) + "\n";
  return text;
}

}  // namespace taproot
