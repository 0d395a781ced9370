// bench/selection: nameserver selection, ours and that of others, on one simulated internet.
//
//   selection_bench [--seeds N] [--only SCENARIO] [--markdown FILE] [--svg FILE]
//
// What it is not: the other resolvers. Their policies are written from constants that are documented for them, and have
// not been held against the running daemons.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string_view>

#include "bench/selection/policy.h"
#include "bench/selection/report.h"
#include "bench/selection/scenario.h"
#include "bench/selection/simulation.h"

namespace selection {
namespace {

/// A policy by name.
struct Contender {
  std::string_view name;
  std::unique_ptr<Policy> (*make)(const PolicyContext&);
};
constexpr std::array<Contender, 5> kContenders = {{{"Taproot", MakeTaproot},
                                                   {"Unbound", MakeUnbound},
                                                   {"Knot", MakeKnot},
                                                   {"PowerDNS", MakePowerDns},
                                                   {"BIND", MakeBind}}};

/// What was asked for.
struct Options {
  uint64_t seeds = 3;
  std::string_view only;
  std::string_view markdown;
  std::string_view svg;
};

/// Returns the options, or ends the process.
Options Parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const char* const value = arguments[i + 1];
    if (name == "--seeds") options.seeds = std::max(1ull, std::strtoull(value, nullptr, 10));
    if (name == "--only") options.only = value;
    if (name == "--markdown") options.markdown = value;
    if (name == "--svg") options.svg = value;
  }
  return options;
}

/// Returns the row of the scenario with the given index: each policy over each seed.
Row RunRow(size_t scenario, uint64_t seeds) {
  Row row;
  std::array<std::vector<Result>, kContenders.size()> results;
  for (uint64_t seed = 1; seed <= seeds; ++seed) {
    const Scenario made = MakeScenarios(seed)[scenario];
    row.scenario = made.name;
    row.story = made.story;
    for (size_t i = 0; i < kContenders.size(); ++i) {
      const auto policy = kContenders[i].make({made.internet, seed});
      results[i].push_back(Simulate(made, *policy));
    }
  }
  for (size_t i = 0; i < kContenders.size(); ++i) row.cells.push_back({kContenders[i].name, Middle(results[i])});
  return row;
}

/// Runs everything that was asked for.
void Run(const Options& options) {
  std::vector<Row> rows;
  const std::vector<Scenario> scenarios = MakeScenarios(1);
  for (size_t i = 0; i < scenarios.size(); ++i) {
    if (!options.only.empty() && scenarios[i].name != options.only) continue;
    rows.push_back(RunRow(i, options.seeds));
    fmt::print("{}", ToMarkdown({rows.back()}));
    std::fflush(stdout);
  }
  fmt::print("\nTaproot at or below the best of the others: {}\n", Tally(rows));
  if (!options.markdown.empty()) std::ofstream(std::string(options.markdown)) << ToMarkdown(rows);
  if (!options.svg.empty()) std::ofstream(std::string(options.svg)) << ToSvg(rows);
}

}  // namespace
}  // namespace selection

int main(int count, char** arguments) {
  selection::Run(selection::Parse(count, arguments));
  return 0;
}
