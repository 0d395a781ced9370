// bench/selection: nameserver selection, ours and that of others, on one simulated internet.
//
//   selection_bench [--seeds N] [--only SCENARIO] [--markdown FILE] [--svg FILE]
//   selection_bench --ablation [--seeds N] [--markdown FILE]   Taproot's chooser without each of its ideas
//   selection_bench --list layouts|scenarios      their names
//   selection_bench --play NAME [--seed N]        one of them as JSON, for bench/selection/against_daemons to play
//   selection_bench --layout NAME --policy NAME [--seed N]     every packet that the policy sends in it, as JSON
//
// What it is not: the other resolvers. How far their policies do what the daemons do is told in DAEMONS.md.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string_view>

#include "bench/selection/ablation.h"
#include "bench/selection/play.h"
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

/// What is to be compared: the policies, or Taproot's with itself.
enum class Comparison : uint8_t { kPolicies, kIdeas };

/// What was asked for.
struct Options {
  Comparison comparison = Comparison::kPolicies;
  uint64_t seeds = 3;
  std::string_view only;
  std::string_view markdown;
  std::string_view svg;
  std::string_view list;
  std::string_view play;
  std::string_view layout;
  std::string_view policy;
  uint64_t seed = 1;
};

/// Returns the options, or ends the process.
Options Parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    const std::string_view name = arguments[i];
    if (name == "--ablation") {
      options.comparison = Comparison::kIdeas;
      --i;  // It has no value.
      continue;
    }
    if (i + 1 >= count) break;
    const char* const value = arguments[i + 1];
    if (name == "--seeds") options.seeds = std::max(1ull, std::strtoull(value, nullptr, 10));
    if (name == "--only") options.only = value;
    if (name == "--markdown") options.markdown = value;
    if (name == "--svg") options.svg = value;
    if (name == "--list") options.list = value;
    if (name == "--play") options.play = value;
    if (name == "--layout") options.layout = value;
    if (name == "--policy") options.policy = value;
    if (name == "--seed") options.seed = std::strtoull(value, nullptr, 10);
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

/// Returns the scenario or layout of that name, or ends the process.
Scenario Named(std::string_view name, uint64_t seed) {
  for (std::vector<Scenario>& all : std::array{MakeLayouts(seed), MakeScenarios(seed)}) {
    const auto found = std::ranges::find(all, name, &Scenario::name);
    if (found != all.end()) return std::move(*found);
  }
  fmt::print(stderr, "selection_bench: no layout and no scenario is called {}\n", name);
  std::exit(2);
}

/// Prints every packet that a policy sends in a layout.
int PrintTrace(const Options& options) {
  const Scenario scenario = Named(options.layout, options.seed);
  const auto contender = std::ranges::find(kContenders, options.policy, &Contender::name);
  if (contender == kContenders.end()) {
    fmt::print(stderr, "selection_bench: no policy is called {}\n", options.policy);
    return 2;
  }
  const auto policy = contender->make({scenario.internet, options.seed});
  fmt::print("{}", ToJson(TraceOf(scenario, *policy)));
  return 0;
}

/// Writes the ablation table.
void RunAblation(const Options& options) {
  const std::string table = Ablate(options.seeds);
  if (!options.markdown.empty()) std::ofstream(std::string(options.markdown)) << table;
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
  const selection::Options options = selection::Parse(count, arguments);
  if (!options.list.empty()) {
    for (const auto& each : options.list == "layouts" ? selection::MakeLayouts(1) : selection::MakeScenarios(1)) {
      fmt::print("{}\n", each.name);
    }
  } else if (!options.play.empty()) {
    fmt::print("{}", selection::ToJson(selection::Named(options.play, options.seed)));
  } else if (!options.layout.empty()) {
    return selection::PrintTrace(options);
  } else if (options.comparison == selection::Comparison::kIdeas) {
    selection::RunAblation(options);
  } else {
    selection::Run(options);
  }
  return 0;
}
