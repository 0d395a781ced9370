// What clients notice of upstreams that fail, in the simulator: the engine as it is, 5,000 questions a second in virtual
// time, and no moods of a machine.
//
//   forward_bench [--markdown FILE]
//
// tests/system/forward_faults.py does the same with real upstreams.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/forwarding/upstreams.h"
#include "engine/simulator/simulation.h"
#include "engine/wire/message.h"
#include "engine/wire/query.h"

namespace forwarding_bench {
namespace {

using simulator::Simulation;
using world::Duration;
using world::Instant;
using world::Milliseconds;
using world::Seconds;

constexpr auto kAddresses = std::to_array<std::string_view>({"10.9.0.1", "10.9.0.2", "10.9.0.3"});
constexpr Duration kGap = Duration(200);  // 5,000 a second.
constexpr Duration kWarmUp = Seconds(2);
constexpr Duration kCalm = Seconds(5);
constexpr Duration kHit = Seconds(10);
constexpr Duration kHead = Milliseconds(100);  // The fault begins after it, so that it catches questions of kHit.
constexpr Duration kMore = Milliseconds(700);  // The fault goes on, so that it does not end as a probe is due.
constexpr Duration kAfter = Seconds(4);
constexpr Duration kPatience = Seconds(5);  // More than forward.query-timeout.

/// One row of the table.
struct Cell {
  settings::Strategy strategy{};
  std::string_view scheme;
  Fault fault{};
  size_t victims = 1;
};

/// What came of it.
struct Seen {
  size_t asked = 0;
  size_t lost = 0;    ///< No answer, or one without data.
  double p50 = 0;     ///< In milliseconds, as all: of the questions that were asked while the fault lasted.
  double p99 = 0;
  double longest = 0;
  double p99_before = 0;
  double back = 0;  ///< Seconds from its end until the first victim was asked a client's question again; -1: never.
  double after_probe = 0;  ///< Seconds from its first probe until then.
};

world::Address AddressAt(size_t upstream) { return *world::Address::FromText(kAddresses[upstream]); }

/// Returns the settings of the upstreams from the `first` on, in one pool.
std::shared_ptr<const settings::Settings> SettingsOf(const Cell& cell, size_t first) {
  auto made = std::make_shared<settings::Settings>();
  std::vector<settings::UpstreamUrl> urls;
  for (size_t i = first; i < kAddresses.size(); ++i) {
    const std::string url =
        fmt::format("{}://{}{}", cell.scheme, kAddresses[i], cell.scheme == "https" ? "/dns-query" : "");
    urls.push_back(std::get<settings::UpstreamUrl>(settings::UpstreamFromText(url)));
  }
  made->forward_pools.push_back({"pool", cell.strategy, 1, std::move(urls)});
  return made;
}

/// Returns a percentile in milliseconds. The latencies are in order.
double At(const std::vector<Duration>& latencies, double part) {
  const auto index = static_cast<size_t>(part * static_cast<double>(latencies.size()));
  return static_cast<double>(latencies[std::min(latencies.size() - 1, index)].count()) / 1'000;
}

/// One cell's questions, one a kGap.
class Load {
 public:
  explicit Load(Simulation& simulation) : simulation_(simulation) {}

  /// Asks for names that nobody has asked before, and runs as long; returns the slots.
  std::vector<uint64_t> Run(Duration length) {
    std::vector<uint64_t> slots;
    const Instant end = next_ + length;
    for (; next_ < end; next_ += kGap) {
      world::Client client;
      client.from = {*world::Address::FromText("10.0.0.1"), 5'353};
      const auto name = wire::Name::FromText(fmt::format("w{}.test.example.", count_++));
      slots.push_back(simulation_.Ask(next_, client,
                                      wire::MakeQuery(static_cast<uint16_t>(count_), {*name, wire::RrType::kA},
                                                      wire::Recursion::kDesired, wire::Edns{})));
    }
    simulation_.RunUntil(end);
    return slots;
  }

 private:
  Simulation& simulation_;
  Instant next_ = Simulation::kBegin;
  uint64_t count_ = 0;
};

/// Returns how long questions took, in order, and counts them.
std::vector<Duration> LatenciesOf(const std::vector<uint64_t>& slots, const Simulation& simulation, Seen& seen) {
  std::vector<Duration> latencies;
  for (const uint64_t slot : slots) {
    const simulator::Fate& fate = simulation.fate(slot);
    const auto response = fate.answers == 1 ? wire::Parse(fate.response) : std::nullopt;
    if (!response || response->answer.empty()) ++seen.lost;
    latencies.push_back(fate.IsSettled() ? fate.ended - fate.asked : kPatience);
  }
  seen.asked += slots.size();
  std::ranges::sort(latencies);
  return latencies;
}

/// Plays a cell.
Seen Play(const Cell& cell) {
  Upstreams upstreams;
  const Instant from = Simulation::kBegin + kWarmUp + kCalm + kHead;
  const Instant to = from + kHit + kMore;
  for (size_t i = 0; i < cell.victims; ++i) upstreams.Befall(AddressAt(i), cell.fault, {from, to});
  Simulation simulation({.seed = 1, .workers = 1, .settings = SettingsOf(cell, 0), .root = nullptr, .mischief = {}},
                        upstreams);
  Load load(simulation);
  load.Run(kWarmUp);
  const std::vector<uint64_t> calm = load.Run(kCalm);
  const std::vector<uint64_t> hit = load.Run(kHit);
  const std::vector<uint64_t> after = load.Run(kAfter);
  simulation.RunUntil(simulation.now() + kPatience);

  Seen seen;
  const std::vector<Duration> before = LatenciesOf(calm, simulation, seen);
  const std::vector<Duration> during = LatenciesOf(hit, simulation, seen);
  LatenciesOf(after, simulation, seen);
  seen.p99_before = At(before, .99);
  seen.p50 = At(during, .5), seen.p99 = At(during, .99), seen.longest = At(during, 1);
  const Upstreams::Victim& victim = upstreams.victims().front();
  const bool is_back = victim.used_again != world::kNever;
  seen.back = is_back ? static_cast<double>((victim.used_again - to).count()) / 1e6 : -1;
  if (victim.probed < victim.used_again) {
    seen.after_probe = static_cast<double>((victim.used_again - victim.probed).count()) / 1e6;
  }
  return seen;
}

/// Returns the p99 of a pool that never had the victims: what the best of all failovers could come to.
double OfTheRest(const Cell& cell) {
  Upstreams upstreams;
  const auto settings = SettingsOf(cell, cell.victims);
  Simulation simulation({.seed = 1, .workers = 1, .settings = settings, .root = nullptr, .mischief = {}}, upstreams);
  Load load(simulation);
  load.Run(kWarmUp);
  const std::vector<uint64_t> slots = load.Run(kCalm);
  simulation.RunUntil(simulation.now() + kPatience);
  Seen seen;
  return At(LatenciesOf(slots, simulation, seen), .99);
}

/// Returns the word for a strategy.
std::string_view ToText(settings::Strategy strategy) {
  if (strategy == settings::Strategy::kParallel) return "parallel";
  return strategy == settings::Strategy::kBalanced ? "balanced" : "failover";
}

/// Returns all cells; over UDP there is no connection, and no certificate.
std::vector<Cell> Cells() {
  constexpr auto kFaults = std::to_array(
      {Fault::kKill, Fault::kSilence, Fault::kReset, Fault::kCertificate, Fault::kServFail});
  std::vector<Cell> cells;
  for (const auto strategy :
       {settings::Strategy::kParallel, settings::Strategy::kBalanced, settings::Strategy::kFailover}) {
    for (const std::string_view scheme : {"udp", "tls", "https"}) {
      for (const Fault fault : kFaults) {
        const bool is_of_connections = fault == Fault::kReset || fault == Fault::kCertificate;
        if (scheme == "udp" && is_of_connections) continue;
        for (size_t victims = 1; victims <= 2; ++victims) cells.push_back({strategy, scheme, fault, victims});
      }
    }
  }
  return cells;
}

/// Plays all and returns the table.
std::string Table() {
  std::string table =
      "| strategy | over | fault | of 3 | asked | lost | p50 ms | p99 | longest | times before | times the rest's | "
      "back s | after its probe |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Cell& cell : Cells()) {
    const Seen seen = Play(cell);
    const std::string row = fmt::format(
        "| {} | {} | {} | {} | {} | {} | {:.1f} | {:.1f} | {:.0f} | {:.2f} | {:.2f} | {} | {:.2f} |\n", ToText(cell.strategy),
        cell.scheme, ToText(cell.fault), cell.victims, seen.asked, seen.lost, seen.p50, seen.p99, seen.longest,
        seen.p99 / seen.p99_before, seen.p99 / OfTheRest(cell),
        seen.back < 0 ? "never" : fmt::format("{:.2f}", seen.back), seen.after_probe);
    fmt::print("{}", row);
    std::fflush(stdout);
    table += row;
  }
  return table;
}

}  // namespace
}  // namespace forwarding_bench

int main(int count, char** arguments) {
  const std::string table = forwarding_bench::Table();
  if (count > 2 && std::string_view(arguments[1]) == "--markdown") std::ofstream(arguments[2]) << table;
  return 0;
}
