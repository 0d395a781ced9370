#include "bench/selection/ablation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <optional>

#include "bench/selection/report.h"
#include "bench/selection/scenario.h"

namespace selection {
namespace {

using servers::Figures;
using world::Duration;
using world::Milliseconds;
using world::Seconds;

/// From this change on a cell is told by name.
constexpr double kTelling = 0.10;
/// Cells that are told of a line.
constexpr size_t kMostTold = 3;

/// Returns the chooser with one figure changed.
template <typename Value>
Variation With(std::string_view without, Value Figures::*figure, Value value) {
  Variation variation{.without = without};
  variation.figures.*figure = value;
  return variation;
}

/// Returns the chooser with another band.
Variation Band(std::string_view without, Duration least, int percent) {
  Variation variation = With(without, &Figures::least_band, least);
  variation.figures.band_percent = percent;
  return variation;
}

/// Returns the ideas, one left out of each.
std::vector<Variation> Variations() {
  return {
      {.without = "exploring", .options = {.exploration_percent = 0}},
      {.without = "exploring aside: the client's question goes", .learning = Learning::kInPlace},
      With("probing silent servers aside", &Figures::probing_percent, 0),
      With("pardon for a server that missed two packets", &Figures::pardoned_silences, 0),
      {.without = "a budget: all may be asked aside",
       .figures = {.probing_percent = 100},
       .options = {.exploration_percent = 100}},
      With("waiting longer to renew what is slow", &Figures::most_slowness, 1.0),
      With("a gain that grows with age", &Figures::half_life, Seconds(1'000'000'000)),
      With("a low prior: 0 ms", &Figures::unknown_rtt, Duration(0)),
      With("a low prior: 100 ms", &Figures::unknown_rtt, Milliseconds(100)),
      Band("a band of 15 %: 5 ms only", Milliseconds(5), 0),
      Band("any band", Duration(0), 0),
      With("holding errors against a server", &Figures::erring_cost, Duration(0)),
      With("holding silence against a server", &Figures::silent_cost, Duration(0)),
      With("odds of loss: each miss is a silence", &Figures::loss_gain, 0.0),
      With("rest after a timeout", &Figures::first_rest, Duration(0)),
      With("doubling after five packets", &Figures::prompt_packets, 1'000),
      {.without = "hearing late answers", .listening = Listening::kUntilTimeout},
      {.without = "telling our uplink's fault from theirs", .standing = Standing::kPrivate},
  };
}

/// A figure of a result; nothing where it was not measured.
struct Column {
  std::string_view name;
  std::optional<double> (*of)(const Result&);
};
constexpr std::array<Column, 6> kColumns = {{
    {"p50", [](const Result& r) { return std::optional(static_cast<double>(r.p50.count())); }},
    {"p95", [](const Result& r) { return std::optional(static_cast<double>(r.p95.count())); }},
    {"p99", [](const Result& r) { return std::optional(static_cast<double>(r.p99.count())); }},
    {"p99.9", [](const Result& r) { return std::optional(static_cast<double>(r.p999.count())); }},
    {"packets", [](const Result& r) { return std::optional(r.packets); }},
    {"recovery",
     [](const Result& r) {
       return r.recovery ? std::optional(static_cast<double>(r.recovery->count() + 1)) : std::nullopt;
     }},
}};

/// Returns the middle result of each scenario.
std::vector<Result> RunAll(const Variation& variation, const std::vector<std::vector<Scenario>>& by_seed) {
  std::vector<Result> middles;
  for (size_t scenario = 0; scenario < by_seed.front().size(); ++scenario) {
    std::vector<Result> results;
    for (size_t i = 0; i < by_seed.size(); ++i) {
      const Scenario& made = by_seed[i][scenario];
      const auto policy = MakeVaried({made.internet, i + 1}, variation);
      results.push_back(Simulate(made, *policy));
    }
    middles.push_back(Middle(results));
  }
  return middles;
}

/// A cell that an idea changes.
struct Change {
  std::string where;
  double factor = 1;
};

/// Returns the cells that change most, and enough to be told.
std::string ToldOf(std::vector<Change> changes) {
  std::ranges::sort(changes, std::greater{}, [](const Change& change) { return std::abs(std::log(change.factor)); });
  std::string told;
  for (const Change& change : changes) {
    if (std::abs(change.factor - 1) < kTelling) continue;
    told += fmt::format("{}{} {:+.0f} %", told.empty() ? "" : "; ", change.where, 100 * (change.factor - 1));
    if (std::ranges::count(told, ';') == static_cast<std::ptrdiff_t>(kMostTold) - 1) break;
  }
  return told;
}

/// Returns a line of the table: geometric means over the scenarios.
std::string LineOf(std::string_view without, const std::vector<Result>& with, const std::vector<Result>& varied,
                   const std::vector<Scenario>& scenarios) {
  std::string line = fmt::format("| {} |", without);
  std::vector<Change> changes;
  for (const Column& column : kColumns) {
    double logarithms = 0;
    size_t measured = 0;
    for (size_t i = 0; i < with.size(); ++i) {
      const auto before = column.of(with[i]);
      const auto after = column.of(varied[i]);
      if (!before || !after) continue;
      ++measured;
      logarithms += std::log(*after / *before);
      changes.push_back({fmt::format("{}: {}", scenarios[i].name, column.name), *after / *before});
    }
    line += fmt::format(" {:+.0f} % |", 100 * std::expm1(logarithms / static_cast<double>(measured)));
  }
  return line + fmt::format(" {} |\n", ToldOf(std::move(changes)));
}

}  // namespace

std::string Ablate(uint64_t seeds) {
  std::vector<std::vector<Scenario>> by_seed;
  for (uint64_t seed = 1; seed <= seeds; ++seed) by_seed.push_back(MakeScenarios(seed));
  std::string table =
      "| without | p50 | p95 | p99 | p99.9 | packets | recovery | most |\n|---|---|---|---|---|---|---|---|\n";
  fmt::print("{}", table);
  const std::vector<Result> with = RunAll({}, by_seed);
  for (const Variation& variation : Variations()) {
    const std::string line = LineOf(variation.without, with, RunAll(variation, by_seed), by_seed.front());
    fmt::print("{}", line);
    std::fflush(stdout);
    table += line;
  }
  return table;
}

}  // namespace selection
