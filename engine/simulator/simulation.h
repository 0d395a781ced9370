#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cache/store.h"
#include "engine/resolver/engine.h"
#include "engine/servers/book.h"
#include "engine/settings/settings.h"
#include "engine/simulator/network.h"
#include "engine/simulator/schedule.h"
#include "engine/simulator/seeded_random.h"
#include "engine/simulator/servers.h"
#include "engine/simulator/trace.h"
#include "engine/world/effect.h"
#include "engine/world/limits.h"
#include "engine/world/time.h"

namespace simulator {

/// What makes one simulation differ from another.
struct SimulationOptions {
  uint64_t seed = 1;
  uint16_t workers = 1;
  std::shared_ptr<const settings::Settings> settings;
  zone::Snapshot root;
  Mischief mischief;
  /// Queries on their way between two workers; more are refused.
  size_t most_hand_overs = world::limits::kMaxHandOvers;
  /// The longest that a hand-over or an answer is on its way between two workers.
  world::Duration most_hand_over_delay = world::Duration(200);
};

/// What became of a client's query.
struct Fate {
  world::Client client;
  world::Octets query;
  world::Instant asked;
  world::Instant ended;
  int answers = 0;
  int drops = 0;
  world::Octets response;
  std::string report;  ///< JSON; only of an operator's query.

  /// Returns whether the client has its answer, or is told that there is none.
  bool IsSettled() const { return answers + drops > 0; }
};

/// What a person wants to see of a run: the packets and events in [from, to] of questions at `name` and above it.
struct Watch {
  world::Instant from;
  world::Instant to;
  wire::Name name;
};

/// Virtual time: one or several engines in one thread over a virtual network. It drives them exactly as the daemon
/// does: wait for a packet or NextDeadline(), read the clocks, call one method, carry out the effects. All that happens
/// follows from the seed.
class Simulation {
 public:
  /// `servers` must outlive this.
  Simulation(const SimulationOptions& options, Servers& servers);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// Has `client` ask at `at`; returns the slot of its query. The slot in `client` is overwritten.
  uint64_t Ask(world::Instant at, world::Client client, world::Octets query);

  /// Has every worker take up another root zone or other settings at `at`, each a moment later than the one before.
  void Adopt(world::Instant at, const zone::Snapshot& root, world::WallTime proven_until = world::WallTime::min());
  void Adopt(world::Instant at, const std::shared_ptr<const settings::Settings>& settings);

  /// Lets the next thing happen; returns false when nothing is due until `until`, which it is then.
  bool Step(world::Instant until);

  /// Lets all happen that is due until `until`.
  void RunUntil(world::Instant until);

  /// Returns the slots that were settled since the last call, in order.
  std::vector<uint64_t> TakeSettled() { return std::exchange(settled_, {}); }

  const Fate& fate(uint64_t slot) const { return fates_[slot]; }
  size_t fates() const { return fates_.size(); }
  /// Forgets the octets of a settled query, so that a long run stays small.
  void Forget(uint64_t slot);

  world::Instant now() const { return now_; }
  uint64_t trace() const { return trace_.value(); }
  const Network& network() const { return network_; }
  resolver::Engine& engine(size_t worker) { return *workers_[worker].engine; }
  size_t workers() const { return workers_.size(); }
  cache::Store& store() { return store_; }
  servers::Book& book() { return book_; }

  /// What an engine did against its contract: answered twice, asked with an old id, let a deadline stand still.
  const std::vector<std::string>& breaches() const { return breaches_; }

  /// Begins to write down what happens.
  void Begin(Watch watch) { watch_ = std::move(watch); }
  /// What was written down, a line each.
  const std::vector<std::string>& watched() const { return watched_; }

  /// When a simulation begins, on both clocks. Not zero, so that "a while ago" is a time.
  static constexpr world::Instant kBegin{world::Seconds(1'000'000)};
  static constexpr world::WallTime kWallBegin{world::Seconds(1'790'000'000)};

 private:
  /// An engine, and its own chance.
  struct Worker {
    std::unique_ptr<SeededRandom> random;
    std::unique_ptr<resolver::Engine> engine;
    size_t hand_overs = 0;              ///< On their way to it.
    world::ExchangeId last_exchange{};  ///< Ids are never used again.
    bool has_asked = false;
    int timers_at_once = 0;  ///< Expire calls in a row at one instant.
  };

  /// Returns the worker whose timer runs first, and when.
  std::pair<size_t, world::Instant> EarliestTimer() const;
  /// Calls Expire.
  void RunTimer(size_t worker);

  /// Lets one kind of event happen.
  void Happen(ClientAsks& asks);
  void Happen(PacketArrives& packet);
  void Happen(MishapStrikes& strike);
  void Happen(SocketCloses& closes);
  void Happen(HandOverArrives& arrives);
  void Happen(AnswerReturns& returns);
  void Happen(RootChanges& change);
  void Happen(SettingsChange& change);

  /// Carries out all that the worker's engine wants done, in order.
  void CarryOut(world::WorkerId worker);
  /// Carries out one effect.
  void Do(world::WorkerId worker, world::Ask& ask);
  void Do(world::WorkerId worker, world::Cancel& cancel);
  void Do(world::WorkerId worker, world::Answer& answer);
  void Do(world::WorkerId worker, world::Drop& drop);
  void Do(world::WorkerId worker, world::HandOver& hand_over);
  void Do(world::WorkerId worker, world::Report& report);

  /// Gives a client its answer.
  void Settle(world::Answer answer);
  /// Delivers an outcome to the engine of an exchange whose socket is open.
  void Deliver(world::WorkerId worker, world::ExchangeId id, const world::Outcome& outcome);
  /// Returns how long something is on its way between two workers.
  world::Duration Passing();
  /// Returns both clocks.
  world::Now Clocks() const { return {now_, kWallBegin + (now_ - kBegin)}; }
  /// Writes a breach of the engine's contract down.
  void Breach(std::string what);
  /// Writes an event down, if it is watched: a message, or what befell a client.
  void See(std::string_view what, world::OctetView message);

  /// Returns a worker of its id.
  Worker& At(world::WorkerId worker) { return workers_[static_cast<size_t>(worker)]; }

  SimulationOptions options_;
  cache::Store store_;
  servers::Book book_;
  Network network_;
  SeededRandom random_;
  Schedule schedule_;
  Trace trace_;
  world::Instant now_ = kBegin;
  std::vector<Worker> workers_;
  world::Effects effects_;
  std::vector<world::HandOver> refused_;  // Hand-overs that found their way full during CarryOut.
  std::vector<Fate> fates_;               // By slot.
  std::vector<uint64_t> settled_;
  std::vector<std::string> breaches_;
  std::optional<Watch> watch_;
  std::vector<std::string> watched_;
};

}  // namespace simulator
