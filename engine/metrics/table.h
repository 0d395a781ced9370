#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// What the resolver counts. rows.inc is the one table; the enum, the storage, the Prometheus text, the JSON and
/// docs/METRICS.md are all made of it, so a metric is added by one line there.
namespace metrics {

/// A length of time: the same type as world::Duration, which this floor does not see.
using Duration = std::chrono::duration<int64_t, std::micro>;

/// How a metric moves, and how those of several workers become one.
enum class Kind : uint8_t {
  kCounter,    ///< Only grows; workers add up.
  kLevel,      ///< Rises and falls; workers add up.
  kPeak,       ///< The greatest of the workers counts.
  kHistogram,  ///< Counts durations by bucket; workers add up bucket by bucket.
};

#define GROUP(title, first)
#define FAMILY(name, doc)
#define METRIC(id, kind, name, label, value, unit, doc) id,
/// A metric: a row of rows.inc.
enum class Metric : uint16_t {
#include "engine/metrics/rows.inc"
};
#undef METRIC

/// One row of the table.
struct Row {
  Metric id{};
  Kind kind = Kind::kCounter;
  std::string_view name;   ///< Without prefix and suffix; of the family where there is a label.
  std::string_view label;  ///< Empty: none.
  std::string_view value;  ///< Of the label.
  std::string_view unit;
  std::string_view doc;
};

#define METRIC(id, kind, name, label, value, unit, doc) Row{Metric::id, Kind::kind, name, label, value, unit, doc},
/// The table, in the order of the enum.
inline constexpr auto kRows = std::to_array<Row>({
#include "engine/metrics/rows.inc"
});
#undef METRIC
#undef GROUP

/// Metrics that are shown together: from this one to the next group's first.
struct Group {
  std::string_view title;
  Metric first{};
};

#define GROUP(title, first) Group{title, Metric::first},
#define METRIC(id, kind, name, label, value, unit, doc)
/// The groups, in the order of the table.
inline constexpr auto kGroups = std::to_array<Group>({
#include "engine/metrics/rows.inc"
});
#undef METRIC
#undef GROUP
#undef FAMILY

/// Returns the row of a metric.
constexpr const Row& RowOf(Metric metric) { return kRows[static_cast<size_t>(metric)]; }

/// Upper bounds of a histogram's buckets in microseconds, inclusive: 10 us to 10 s, three to a decade. One more bucket
/// takes what is longer.
inline constexpr auto kBucketBounds =
    std::to_array<int64_t>({10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000, 20'000, 50'000, 100'000, 200'000,
                            500'000, 1'000'000, 2'000'000, 5'000'000, 10'000'000});

/// The buckets of a histogram, the last one without bound.
inline constexpr size_t kBuckets = kBucketBounds.size() + 1;

namespace layout {

/// Returns how many words of storage a metric takes: a histogram has its buckets and the sum of microseconds.
constexpr size_t Words(Kind kind) { return kind == Kind::kHistogram ? kBuckets + 1 : 1; }

/// Returns where the words of each metric begin, and after the last of them the total.
constexpr std::array<uint16_t, kRows.size() + 1> Offsets() {
  std::array<uint16_t, kRows.size() + 1> offsets{};
  for (size_t i = 0; i < kRows.size(); ++i) {
    offsets[i + 1] = static_cast<uint16_t>(offsets[i] + Words(kRows[i].kind));
  }
  return offsets;
}

inline constexpr auto kOffsets = Offsets();

}  // namespace layout

/// The counters of one engine: plain words, no atomics. The driver copies them on the engine's own thread and adds up
/// the copies of all workers. A value: copies and compares.
class Counters {
 public:
  /// Adds `n` to a counter or a level.
  void Add(Metric metric, uint64_t n = 1) { Word(metric) += n; }

  /// Takes `n` off a level. Requires: the level is at least `n`.
  void Subtract(Metric metric, uint64_t n = 1) { Word(metric) -= n; }

  /// Gives a level or a peak its value.
  void Set(Metric metric, uint64_t value) { Word(metric) = value; }

  /// Lifts a peak to `value` where that is higher.
  void Raise(Metric metric, uint64_t value) {
    if (value > Word(metric)) Word(metric) = value;
  }

  /// Counts a duration in a histogram; a negative one counts as zero. Requires: the metric is one.
  void Observe(Metric metric, Duration duration);

  /// Returns the value of a counter, level or peak.
  uint64_t Get(Metric metric) const { return words_[layout::kOffsets[static_cast<size_t>(metric)]]; }

  /// A histogram as it stands.
  struct Histogram {
    std::array<uint64_t, kBuckets> counts{};  ///< Of each bucket alone, not cumulative.
    uint64_t sum_us = 0;

    /// Returns how many durations were counted.
    uint64_t Count() const;

    /// Returns the duration below which the part `quantile` (0 to 1) of all lies, interpolated within its bucket; zero
    /// when nothing was counted. What is longer than the last bound counts as that bound.
    Duration Quantile(double quantile) const;
  };

  /// Returns a histogram. Requires: the metric is one.
  Histogram GetHistogram(Metric metric) const;

  /// Takes in the counters of another engine, each as its kind wants.
  void Merge(const Counters& other);

  bool operator==(const Counters&) const = default;

 private:
  /// Returns the first word of a metric.
  uint64_t& Word(Metric metric) { return words_[layout::kOffsets[static_cast<size_t>(metric)]]; }

  std::array<uint64_t, layout::kOffsets.back()> words_{};
};

}  // namespace metrics
