// Lives through a simulated year of key rollovers, and says what happened: `year_run --seed 7 --sites 8 --strays 500`.

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/simulator/commit.h"
#include "tests/simulator/year.h"

namespace {

constexpr std::string_view kUsage = "usage: year_run [--seed N] [--sites N] [--strays N]\n";

/// Returns the number of a text.
std::optional<uint64_t> NumberOf(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Returns what the arguments ask for, or nothing when they make no sense.
std::optional<simulator::YearOptions> OptionsOf(const std::vector<std::string_view>& arguments) {
  simulator::YearOptions options;
  for (size_t i = 0; i < arguments.size(); i += 2) {
    const auto number = i + 1 < arguments.size() ? NumberOf(arguments[i + 1]) : std::nullopt;
    if (!number) return std::nullopt;
    if (arguments[i] == "--seed") {
      options.seed = *number;
    } else if (arguments[i] == "--sites") {
      options.travel.sites = *number;
    } else if (arguments[i] == "--strays") {
      options.travel.strays = *number;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = OptionsOf({argv + 1, argv + argc});
  if (!options) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  const simulator::YearResult result = simulator::LiveThrough(*options);
  fmt::print("{}", ToText(result));
  if (!result.IsGood()) {
    fmt::print("\nFAILED: commit {}\nreplay: build/tests/simulator/year_run --seed {} --sites {} --strays {}\n",
               simulator::kCommit, options->seed, options->travel.sites, options->travel.strays);
  }
  fmt::print("{} passed, {} failed, 0 skipped\n", result.IsGood() ? 1 : 0, result.IsGood() ? 0 : 1);
  return result.IsGood() ? 0 : 1;
}
