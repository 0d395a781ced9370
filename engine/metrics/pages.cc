#include "engine/metrics/pages.h"

#include <fmt/format.h>

#include <algorithm>

namespace metrics {
namespace {

/// What the rows of one name have in common.
struct Family {
  std::string_view name;
  std::string_view doc;
};

#define GROUP(title, first)
#define FAMILY(name, doc) Family{name, doc},
#define METRIC(id, kind, name, label, value, unit, doc)
/// The families of the table.
constexpr auto kFamilies = std::to_array<Family>({
#include "engine/metrics/rows.inc"
});
#undef METRIC
#undef FAMILY
#undef GROUP

/// Returns the doc of all rows of the row's name.
std::string_view FamilyDoc(const Row& row) {
  const auto family =
      std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& each) { return each.name == row.name; });
  return family == kFamilies.end() ? row.doc : family->doc;
}

/// Returns the name in Prometheus: `taproot_cache_hits_total`.
std::string FullName(const Row& row) {
  switch (row.kind) {
    case Kind::kCounter:
      return fmt::format("taproot_{}_total", row.name);
    case Kind::kHistogram:
      return fmt::format("taproot_{}_seconds", row.name);
    case Kind::kLevel:
    case Kind::kPeak:
      break;
  }
  return fmt::format("taproot_{}", row.name);
}

/// Returns the word of Prometheus for a kind.
std::string_view TypeWord(Kind kind) {
  switch (kind) {
    case Kind::kCounter:
      return "counter";
    case Kind::kHistogram:
      return "histogram";
    case Kind::kLevel:
    case Kind::kPeak:
      break;
  }
  return "gauge";
}

/// Returns `{rcode="noerror"}`, or nothing for a row without label.
std::string LabelText(const Row& row) {
  return row.label.empty() ? std::string() : fmt::format("{{{}=\"{}\"}}", row.label, row.value);
}

/// Returns microseconds as seconds, in the shortest form.
std::string SecondsText(uint64_t us) { return fmt::format("{}", static_cast<double>(us) / 1e6); }

/// Appends the samples of a histogram; Prometheus' buckets are cumulative.
void AppendHistogram(const Row& row, const Counters::Histogram& histogram, std::string& text) {
  const std::string name = FullName(row);
  uint64_t count = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    count += histogram.counts[i];
    const std::string bound =
        i < kBucketBounds.size() ? SecondsText(static_cast<uint64_t>(kBucketBounds[i])) : std::string("+Inf");
    text += fmt::format("{}_bucket{{le=\"{}\"}} {}\n", name, bound, count);
  }
  text += fmt::format("{0}_sum {1}\n{0}_count {2}\n", name, SecondsText(histogram.sum_us), count);
}

/// Returns the heading of the docs page that stands before a row: empty, but for the first of a group.
std::string GroupHeading(const Row& row) {
  const auto group =
      std::find_if(kGroups.begin(), kGroups.end(), [&](const Group& each) { return each.first == row.id; });
  if (group == kGroups.end()) return {};
  return fmt::format("\n## {}\n\n| Prometheus | kind | unit | what it counts |\n|---|---|---|---|\n", group->title);
}

/// Returns a histogram as a JSON object.
std::string HistogramJson(const Counters::Histogram& histogram) {
  std::string buckets;
  for (size_t i = 0; i < kBuckets; ++i) {
    const std::string bound = i < kBucketBounds.size() ? fmt::format("{}", kBucketBounds[i]) : std::string("null");
    buckets += fmt::format("{}{{\"le_us\":{},\"count\":{}}}", i == 0 ? "" : ",", bound, histogram.counts[i]);
  }
  return fmt::format("{{\"count\":{},\"sum_us\":{},\"p50_us\":{},\"p90_us\":{},\"p99_us\":{},\"buckets\":[{}]}}",
                     histogram.Count(), histogram.sum_us, histogram.Quantile(0.5).count(),
                     histogram.Quantile(0.9).count(), histogram.Quantile(0.99).count(), buckets);
}

}  // namespace

std::string KeyOf(const Row& row) {
  return row.label.empty() ? std::string(row.name) : fmt::format("{}_{}", row.name, row.value);
}

std::string ToPrometheus(const Counters& counters) {
  std::string text;
  std::string_view family;
  for (const Row& row : kRows) {
    if (row.name != family) {
      text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", FullName(row), FamilyDoc(row), TypeWord(row.kind));
      family = row.name;
    }
    if (row.kind == Kind::kHistogram) {
      AppendHistogram(row, counters.GetHistogram(row.id), text);
    } else {
      text += fmt::format("{}{} {}\n", FullName(row), LabelText(row), counters.Get(row.id));
    }
  }
  return text;
}

std::string ToJson(const Counters& counters) {
  std::string text = "{";
  for (const Row& row : kRows) {
    text += fmt::format("{}\"{}\":{}", text.size() == 1 ? "" : ",", KeyOf(row),
                        row.kind == Kind::kHistogram ? HistogramJson(counters.GetHistogram(row.id))
                                                     : fmt::format("{}", counters.Get(row.id)));
  }
  return text + "}";
}

std::string ToMarkdown() {
  std::string page =
      "# Metrics\n\n"
      "<!-- Made by `taproot docs metrics` of engine/metrics/rows.inc: change it there. -->\n\n"
      "`taproot stats` shows them to people, `taproot stats --prometheus` and `--json` to programs; both read the "
      "stats\n"
      "socket (docs/OPERATING.md). The name in JSON is the one of Prometheus without `taproot_`, `_total` and "
      "`_seconds`,\n"
      "and with the label's value joined to it: `client_queries_udp`.\n";
  for (const Row& row : kRows) {
    page += GroupHeading(row);
    page += fmt::format("| `{}{}` | {} | {} | {} |\n", FullName(row), LabelText(row), TypeWord(row.kind),
                        row.kind == Kind::kHistogram ? "seconds" : row.unit, row.doc);
  }
  return page;
}

}  // namespace metrics
