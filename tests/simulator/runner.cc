// Runs one simulation, and says what happened: `simulator_run --seed 7 --queries 5000 --verbose`.

#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/simulator/run.h"
#include "tests/simulator/commit.h"
#include "tests/simulator/small_root.h"

namespace {

/// What the command line asks for.
struct Command {
  uint64_t seed = 1;
  uint64_t queries = 2'000;
  std::string root;         ///< A master file; empty: the small root.
  bool is_verbose = false;  ///< Also the plan and the census of a good run.
  bool wants_all = false;   ///< Every temper and shape has to be met.
};

constexpr std::string_view kUsage =
    "usage: simulator_run [--seed N] [--queries N] [--root FILE] [--all-met] [--verbose]\n"
    "  --all-met   fail when a temper or a shape of the pocket internet was never met\n";

/// Returns the number of a text.
std::optional<uint64_t> NumberOf(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Returns what the arguments ask for, or nothing when they make no sense.
std::optional<Command> CommandOf(const std::vector<std::string_view>& arguments) {
  Command command;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    const bool has_value = i + 1 < arguments.size();
    if (argument == "--verbose") {
      command.is_verbose = true;
    } else if (argument == "--all-met") {
      command.wants_all = true;
    } else if (argument == "--root" && has_value) {
      command.root = arguments[++i];
    } else if ((argument == "--seed" || argument == "--queries") && has_value) {
      const std::optional<uint64_t> number = NumberOf(arguments[++i]);
      if (!number) return std::nullopt;
      (argument == "--seed" ? command.seed : command.queries) = *number;
    } else {
      return std::nullopt;
    }
  }
  return command;
}

/// Returns the command that makes the same run again.
std::string Replay(const Command& command) {
  const std::string root = command.root.empty() ? "" : fmt::format(" --root {}", command.root);
  return fmt::format("build/tests/simulator/simulator_run --seed {} --queries {}{} --verbose", command.seed,
                     command.queries, root);
}

/// Returns the root zones that the engines take up in turn.
std::vector<zone::Snapshot> RootsOf(const Command& command) {
  if (!command.root.empty()) return {simulator::RootOfFile(command.root)};
  std::vector<zone::Snapshot> roots;
  for (uint32_t serial = 2026112100; serial < 2026112108; ++serial) roots.push_back(simulator::SmallRoot(serial));
  return roots;
}

/// Returns what of the census was never met, one a line.
std::string NeverMet(const simulator::Census& census) {
  std::string text;
  for (size_t i = 0; i < simulator::kTempers; ++i) {
    if (census.tempers[i] == 0) text += fmt::format("never met: {}\n", ToText(static_cast<simulator::Temper>(i)));
  }
  for (size_t i = 0; i < simulator::kShapes; ++i) {
    if (census.shapes[i] == 0) text += fmt::format("never met: {}\n", ToText(static_cast<simulator::Shape>(i)));
  }
  return text;
}

/// Prints a failed run: what went wrong, the packets of the first failure, and how to see it again.
void PrintFailure(const Command& command, const simulator::Plan& plan, const std::vector<zone::Snapshot>& roots,
                  const simulator::RunResult& result) {
  if (result.worth_watching) {
    const simulator::RunResult again = simulator::Run(plan, roots, result.worth_watching);
    fmt::print("\nwhat passed meanwhile of {} and the names above it:\n", result.worth_watching->name.ToText());
    for (const std::string& line : again.watched) fmt::print("{}\n", line);
  }
  fmt::print("\nFAILED: seed {}, commit {}\nreplay: {}\n", command.seed, simulator::kCommit, Replay(command));
}

/// Runs what the command line asks for; returns the exit code.
int RunCommand(const Command& command) {
  const std::vector<zone::Snapshot> roots = RootsOf(command);
  if (roots.front() == nullptr) {
    fmt::print(stderr, "simulator_run: no root zone at {}\n", command.root);
    return 2;
  }
  const simulator::Plan plan = simulator::PlanOf(command.seed, command.queries, roots);
  const simulator::RunResult result = simulator::Run(plan, roots, std::nullopt);
  const std::string never_met = command.wants_all ? NeverMet(result.census) : "";
  const bool is_good = result.IsGood() && never_met.empty();
  fmt::print("seed {}: {}\n", command.seed, ToText(plan));
  if (command.is_verbose || !is_good) fmt::print("{}", ToText(result));
  fmt::print("trace {:016x}\n{}", result.trace, never_met);
  if (!is_good) PrintFailure(command, plan, roots, result);
  fmt::print("{} passed, {} failed, 0 skipped\n", is_good ? 1 : 0, is_good ? 0 : 1);
  return is_good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Command> command = CommandOf({argv + 1, argv + argc});
  if (!command) {
    fmt::print(stderr, "{}", kUsage);
    return 2;
  }
  return RunCommand(*command);
}
