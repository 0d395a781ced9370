#include "engine/simulator/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/simulator/judge.h"
#include "engine/simulator/seeded_random.h"
#include "engine/wire/message.h"

namespace simulator {
namespace {

/// Parts of the seed.
constexpr uint64_t kPlanPart = 10;
constexpr uint64_t kClientsPart = 11;
constexpr uint64_t kInternetPart = 12;

/// Failures that are told in full.
constexpr size_t kMostFailures = 5;

/// How often an engine's load is looked at, in steps.
constexpr uint64_t kLoadGap = 256;

/// How long after the last query the run goes on: its time, and what falls behind it.
constexpr world::Duration kTail = world::Seconds(2);

/// Returns one of the values.
template <size_t n>
int OneOf(const std::array<int, n>& values, world::Random& random) {
  return values[random.Below(n)];
}

/// Returns what the network does under this plan.
Mischief DrawMischief(world::Random& random) {
  Mischief mischief;
  mischief.late_permille = OneOf(std::array{0, 10, 50}, random);
  mischief.duplicate_permille = OneOf(std::array{0, 10, 100}, random);
  mischief.forged_permille = OneOf(std::array{20, 100, 300}, random);
  mischief.unreachable_permille = OneOf(std::array{0, 5, 20}, random);
  mischief.no_socket_permille = OneOf(std::array{0, 2, 10}, random);
  mischief.cut_stream_permille = OneOf(std::array{0, 10, 50}, random);
  return mischief;
}

/// Adds times in which the uplink is down: a few seconds every few minutes.
void DrawOutages(world::Duration span, world::Random& random, Mischief& mischief) {
  constexpr uint64_t kMostGapSeconds = 240;
  constexpr uint64_t kMostOutageSeconds = 8;
  world::Instant at = Simulation::kBegin;
  while (true) {
    at += world::Seconds(static_cast<int64_t>(20 + random.Below(kMostGapSeconds)));
    if (at > Simulation::kBegin + span) return;
    const world::Instant end = at + world::Seconds(static_cast<int64_t>(1 + random.Below(kMostOutageSeconds)));
    mischief.outages.push_back({at, end});
    at = end;
  }
}

/// Returns seconds since the begin of the simulation.
double SecondsIn(world::Instant at) { return std::chrono::duration<double>(at - Simulation::kBegin).count(); }

}  // namespace

Plan PlanOf(uint64_t seed, uint64_t queries, std::span<const zone::Snapshot> roots) {
  SeededRandom random(SeedOf(seed, kPlanPart));
  Plan plan;
  plan.internet.seed = SeedOf(seed, kInternetPart);
  plan.internet.loss_permille = OneOf(std::array{0, 5, 20}, random);
  plan.internet.broken_servers_permille = OneOf(std::array{50, 80, 120}, random);
  plan.habits.queries = queries;
  plan.habits.workers = static_cast<uint16_t>(1 + random.Below(4));
  plan.simulation.seed = seed;
  plan.simulation.workers = plan.habits.workers;
  plan.simulation.root = roots.front();
  plan.simulation.mischief = DrawMischief(random);
  DrawOutages(plan.habits.mean_gap * static_cast<int64_t>(queries), random, plan.simulation.mischief);
  auto settings = std::make_shared<settings::Settings>();
  settings->walk.qname_minimisation =
      random.OneIn(4) ? settings::QnameMinimisation::kOff : settings::QnameMinimisation::kRelaxed;
  settings->cache.size_octets = size_t{1} << 30;  // Ample: which entry goes first is for the cache's own tests.
  plan.simulation.settings = std::move(settings);
  return plan;
}

std::string ToText(const Plan& plan) {
  const Mischief& mischief = plan.simulation.mischief;
  const bool minimised = plan.simulation.settings->walk.qname_minimisation != settings::QnameMinimisation::kOff;
  return fmt::format(
      "{} queries at {} workers, minimisation {}; of 1000: {} lost each way, {} servers broken, {} replies late, "
      "{} twice, {} forged, {} unreachable, {} without socket, {} streams cut; {} outages",
      plan.habits.queries, plan.simulation.workers, minimised ? "relaxed" : "off", plan.internet.loss_permille,
      plan.internet.broken_servers_permille, mischief.late_permille, mischief.duplicate_permille,
      mischief.forged_permille, mischief.unreachable_permille, mischief.no_socket_permille,
      mischief.cut_stream_permille, mischief.outages.size());
}

namespace {

/// One run, from the first query to the verdict on the last.
class Runner {
 public:
  Runner(const Plan& plan, std::span<const zone::Snapshot> roots)
      : plan_(plan),
        internet_(roots.front(), plan.internet),
        servers_(internet_),
        simulation_(plan.simulation, servers_),
        judge_(internet_, simulation_.network(), *plan.simulation.settings),
        clients_(internet_, plan.habits, Simulation::kBegin, SeedOf(plan.simulation.seed, kClientsPart)) {
    ScheduleQueries();
    ScheduleRoots(roots);
  }

  /// Writes down what is watched.
  void Begin(const Watch& watch) { simulation_.Begin(watch); }

  /// Lets all happen, and returns what came of it.
  RunResult Run();

 private:
  /// Puts all queries of the clients on the schedule.
  void ScheduleQueries();
  /// Puts the root zones on the schedule, in turn.
  void ScheduleRoots(std::span<const zone::Snapshot> roots);
  /// Judges a query that was settled.
  void Settle(uint64_t slot);
  /// Asks again over TCP.
  void FollowTruncation(const Asking& asking);
  /// Looks whether an engine holds more than it may.
  void CheckLoad();
  /// Counts who got no answer, and what the engines still hold.
  void Close();
  /// Writes a failure down.
  void Tell(uint64_t slot, const std::string& reason);

  Plan plan_;
  Internet internet_;
  PocketServers servers_;
  Simulation simulation_;
  Judge judge_;
  Clients clients_;
  std::vector<Asking> askings_;  // By slot.
  world::Instant last_query_ = Simulation::kBegin;
  RunResult result_;
};

void Runner::ScheduleQueries() {
  while (std::optional<Asking> asking = clients_.Next()) {
    simulation_.Ask(asking->at, asking->client, asking->query);
    last_query_ = asking->at;
    askings_.push_back(*std::move(asking));
  }
}

void Runner::ScheduleRoots(std::span<const zone::Snapshot> roots) {
  world::Instant at = Simulation::kBegin;
  for (size_t i = 1; i < roots.size(); ++i) simulation_.Adopt(at += plan_.root_change_gap, roots[i]);
}

RunResult Runner::Run() {
  uint64_t steps = 0;
  while (simulation_.Step(last_query_ + plan_.simulation.settings->walk.query_time + kTail)) {
    for (uint64_t slot : simulation_.TakeSettled()) Settle(slot);
    if (++steps % kLoadGap == 0) CheckLoad();
  }
  Close();
  result_.asked = askings_.size();
  result_.trace = simulation_.trace();
  result_.census = servers_.census();
  result_.traffic = simulation_.network().traffic();
  result_.span = simulation_.now() - Simulation::kBegin;
  result_.watched = simulation_.watched();
  result_.breaches.insert(result_.breaches.end(), simulation_.breaches().begin(), simulation_.breaches().end());
  return std::move(result_);
}

void Runner::Settle(uint64_t slot) {
  const Asking& asking = askings_[slot];
  const Fate& fate = simulation_.fate(slot);
  result_.slowest = std::max(result_.slowest, fate.ended - fate.asked);
  const Judgement judgement = judge_.Of(asking, fate);
  switch (judgement.verdict) {
    case Verdict::kRight:
      ++result_.right;
      break;
    case Verdict::kTruncated:
      ++result_.truncated;
      FollowTruncation(asking);
      break;
    case Verdict::kExcused:
      ++result_.excused;
      break;
    case Verdict::kUnlucky:
      ++result_.unlucky;
      Tell(slot, judgement.reason);
      break;
    case Verdict::kWrong:
      ++result_.wrong;
      Tell(slot, judgement.reason);
      break;
  }
  simulation_.Forget(slot);
}

void Runner::FollowTruncation(const Asking& asking) {
  Asking again = clients_.OverTcp(asking, simulation_.now() + world::Milliseconds(1));
  simulation_.Ask(again.at, again.client, again.query);
  last_query_ = std::max(last_query_, again.at);
  askings_.push_back(std::move(again));
}

void Runner::CheckLoad() {
  for (size_t i = 0; i < simulation_.workers(); ++i) {
    const resolver::Engine::Load load = simulation_.engine(i).load();
    const settings::Settings::Walk& walk = plan_.simulation.settings->walk;
    if (load.resolutions > walk.max_resolutions) {
      result_.breaches.push_back(fmt::format("worker {} has {} resolutions under way", i, load.resolutions));
    }
  }
}

void Runner::Close() {
  for (uint64_t slot = 0; slot < simulation_.fates(); ++slot) {
    if (simulation_.fate(slot).IsSettled()) continue;
    ++result_.unanswered;
    Tell(slot, "no answer");
  }
  for (size_t i = 0; i < simulation_.workers(); ++i) {
    const resolver::Engine::Load load = simulation_.engine(i).load();
    if (load.waiters == 0) continue;
    result_.breaches.push_back(fmt::format("worker {} still has {} clients that wait", i, load.waiters));
  }
}

void Runner::Tell(uint64_t slot, const std::string& reason) {
  if (result_.failures.size() >= kMostFailures) return;
  const Asking& asking = askings_[slot];
  const Fate& fate = simulation_.fate(slot);
  const Truth truth = internet_.TruthOf(asking.question, asking.at);
  std::string text =
      fmt::format("client {} at {:.6f} s asked {} over {} at worker {}: {}\n", slot, SecondsIn(asking.at),
                  wire::ToText(asking.question), asking.client.via == world::Protocol::kTcp ? "TCP" : "UDP",
                  static_cast<int>(asking.client.id.worker), reason);
  text += fmt::format("true: {}{}\n", wire::ToText(truth.rcode), truth.unreachable ? ", but no server works" : "");
  for (const wire::RrSet& rrset : truth.answer) text += "  " + wire::ToText(rrset) + "\n";
  if (const std::optional<wire::Message> told = wire::Parse(fate.response)) {
    text += fmt::format("told after {:.6f} s:\n{}\n", std::chrono::duration<double>(fate.ended - fate.asked).count(),
                        wire::ToText(*told));
  }
  for (size_t i = 0; i < simulation_.workers(); ++i) {
    text += fmt::format("walk at worker {}: {}\n", i, simulation_.engine(i).Explain(asking.question.name.ToText(), 1));
  }
  result_.failures.push_back(std::move(text));
  const world::Instant end = fate.IsSettled() ? fate.ended : asking.at + plan_.simulation.settings->walk.query_time;
  if (!result_.worth_watching) result_.worth_watching = Watch{asking.at, end, asking.question.name};
}

}  // namespace

RunResult Run(const Plan& plan, std::span<const zone::Snapshot> roots, const std::optional<Watch>& watch) {
  Runner runner(plan, roots);
  if (watch) runner.Begin(*watch);
  return runner.Run();
}

std::string ToText(const RunResult& result) {
  std::string text = fmt::format(
      "{} asked: {} right, {} truncated first, {} failed where nothing works, {} unlucky, {} wrong, {} unanswered\n",
      result.asked, result.right, result.truncated, result.excused, result.unlucky, result.wrong, result.unanswered);
  const Traffic& traffic = result.traffic;
  text += fmt::format(
      "{:.1f} s of virtual time, slowest answer {:.3f} s; upstream {} datagrams, {} streams, {} replies, {} late, "
      "{} twice, {} forged, {} mishaps, {} lost to outages\n",
      std::chrono::duration<double>(result.span).count(), std::chrono::duration<double>(result.slowest).count(),
      traffic.datagrams, traffic.streams, traffic.replies, traffic.late, traffic.duplicated, traffic.forged,
      traffic.mishaps, traffic.lost_to_outages);
  for (size_t i = 0; i < kTempers; ++i) {
    text +=
        fmt::format("{}{} {}", i == 0 ? "tempers: " : ", ", ToText(static_cast<Temper>(i)), result.census.tempers[i]);
  }
  for (size_t i = 0; i < kShapes; ++i) {
    text +=
        fmt::format("{}{} {}", i == 0 ? "\nshapes: " : ", ", ToText(static_cast<Shape>(i)), result.census.shapes[i]);
  }
  text += fmt::format("\ntrace {:016x}\n", result.trace);
  for (const std::string& breach : result.breaches) text += "breach: " + breach + "\n";
  for (const std::string& failure : result.failures) text += "\n" + failure;
  return text;
}

}  // namespace simulator
