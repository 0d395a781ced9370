#include "engine/simulator/simulation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/wire/message.h"

namespace simulator {
namespace {

/// Parts of the seed.
constexpr uint64_t kNetworkPart = 1;
constexpr uint64_t kPassingPart = 2;
constexpr uint64_t kWorkerPart = 100;

/// libuv's timers have whole milliseconds.
constexpr world::Duration kTimerGrain = world::Milliseconds(1);

/// Expire calls at one instant after which a deadline stands still.
constexpr int kMostTimersAtOnce = 1'000;

/// Breaches that are written down; a broken engine makes no end of them.
constexpr size_t kMostBreaches = 100;

/// Returns the bounds of the cache as the settings give them.
cache::StoreOptions StoreOptionsOf(const settings::Settings::Cache& cache) {
  const auto seconds = [](world::Duration ttl) {
    return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(ttl).count());
  };
  return {.limit_octets = cache.size_octets,
          .min_ttl_seconds = seconds(cache.min_ttl),
          .max_ttl_seconds = seconds(cache.max_ttl),
          .max_negative_ttl_seconds = seconds(cache.max_negative_ttl),
          .stale_seconds = seconds(cache.stale_time)};
}

/// Returns when a timer for `deadline` runs: at the next tick.
world::Instant Tick(world::Instant deadline) {
  if (deadline == world::kNever) return deadline;
  return world::Instant(std::chrono::ceil<std::chrono::milliseconds>(deadline.time_since_epoch()));
}

}  // namespace

Simulation::Simulation(const SimulationOptions& options, Servers& servers)
    : options_(options),
      store_(StoreOptionsOf(options.settings->cache)),
      book_({.exploration_percent = options.settings->upstream.exploration_percent}),
      network_(servers, options.mischief, SeedOf(options.seed, kNetworkPart)),
      random_(SeedOf(options.seed, kPassingPart)) {
  for (uint16_t i = 0; i < options.workers; ++i) {
    Worker worker;
    worker.random = std::make_unique<SeededRandom>(SeedOf(options.seed, kWorkerPart + i));
    worker.engine = std::make_unique<resolver::Engine>(resolver::Place{world::WorkerId{i}, options.workers},
                                                       resolver::Shared{store_, book_}, options.settings, options.root,
                                                       zone::BuiltInRootHints(), *worker.random);
    workers_.push_back(std::move(worker));
  }
}

Simulation::~Simulation() = default;

uint64_t Simulation::Ask(world::Instant at, world::Client client, world::Octets query) {
  const uint64_t slot = fates_.size();
  client.id.slot = slot;
  Fate& fate = fates_.emplace_back();
  fate.client = client;
  fate.query = std::move(query);
  fate.asked = at;
  schedule_.Add(at, ClientAsks{slot});
  return slot;
}

void Simulation::Adopt(world::Instant at, const zone::Snapshot& root, world::WallTime proven_until) {
  for (uint16_t i = 0; i < workers_.size(); ++i) {
    schedule_.Add(at, RootChanges{world::WorkerId{i}, root, proven_until});
    at += Passing();
  }
}

void Simulation::Adopt(world::Instant at, const std::shared_ptr<const settings::Settings>& settings) {
  for (uint16_t i = 0; i < workers_.size(); ++i) {
    schedule_.Add(at, SettingsChange{world::WorkerId{i}, settings});
    at += Passing();
  }
}

void Simulation::Forget(uint64_t slot) {
  fates_[slot].query = {};
  fates_[slot].response = {};
}

std::pair<size_t, world::Instant> Simulation::EarliestTimer() const {
  std::pair<size_t, world::Instant> earliest{0, world::kNever};
  for (size_t i = 0; i < workers_.size(); ++i) {
    const world::Instant at = Tick(workers_[i].engine->NextDeadline());
    if (at < earliest.second) earliest = {i, at};
  }
  return earliest;
}

bool Simulation::Step(world::Instant until) {
  const auto [worker, timer] = EarliestTimer();
  const world::Instant next = std::min(schedule_.NextAt(), timer);
  if (next > until) {
    now_ = std::max(now_, until);
    return false;
  }
  now_ = std::max(now_, next);  // A deadline in the past is one that is due.
  if (timer < schedule_.NextAt()) {
    RunTimer(worker);
    return true;
  }
  Event event = schedule_.TakeNext();
  trace_.Note(now_, event);
  std::visit([this](auto& what) { Happen(what); }, event);
  return true;
}

void Simulation::RunUntil(world::Instant until) {
  while (Step(until)) {
  }
}

void Simulation::RunTimer(size_t index) {
  const world::WorkerId id{static_cast<uint16_t>(index)};
  trace_.NoteTimer(now_, id);
  Worker& worker = workers_[index];
  worker.engine->Expire(Clocks(), effects_);
  CarryOut(id);
  worker.timers_at_once = worker.engine->NextDeadline() <= now_ ? worker.timers_at_once + 1 : 0;
  if (worker.timers_at_once <= kMostTimersAtOnce) return;
  Breach(fmt::format("worker {}: a deadline stands still", index));
  now_ += kTimerGrain;
  worker.timers_at_once = 0;
}

void Simulation::Happen(ClientAsks& asks) {
  const Fate& fate = fates_[asks.slot];
  See(fmt::format("client {} asks worker {}", asks.slot, static_cast<int>(fate.client.id.worker)), fate.query);
  At(fate.client.id.worker).engine->Accept(fate.client, fate.query, Clocks(), effects_);
  CarryOut(fate.client.id.worker);
}

void Simulation::Happen(PacketArrives& packet) {
  if (!network_.IsOpen(packet.worker, packet.id)) return;
  See(fmt::format("{} sends", packet.from.ToText()), packet.message);
  Deliver(packet.worker, packet.id, world::Arrival{packet.from, packet.message});
}

void Simulation::Happen(MishapStrikes& strike) {
  if (network_.IsOpen(strike.worker, strike.id)) Deliver(strike.worker, strike.id, strike.mishap);
}

void Simulation::Happen(SocketCloses& closes) { network_.Close(closes.worker, closes.id); }

void Simulation::Happen(HandOverArrives& arrives) {
  const world::HandOver& hand_over = arrives.hand_over;
  Worker& owner = At(hand_over.owner);
  --owner.hand_overs;
  owner.engine->AcceptHandOver(hand_over.client, hand_over.query, Clocks(), effects_);
  CarryOut(hand_over.owner);
}

void Simulation::Happen(AnswerReturns& returns) { Settle(std::move(returns.answer)); }

void Simulation::Happen(RootChanges& change) { At(change.worker).engine->Adopt(change.root, change.proven_until); }

void Simulation::Happen(SettingsChange& change) { At(change.worker).engine->Adopt(change.settings); }

void Simulation::Deliver(world::WorkerId worker, world::ExchangeId id, const world::Outcome& outcome) {
  At(worker).engine->Deliver(id, outcome, Clocks(), effects_);
  CarryOut(worker);
}

void Simulation::CarryOut(world::WorkerId worker) {
  while (true) {
    for (world::Effect& effect : effects_.list()) {
      trace_.Note(now_, worker, effect);
      std::visit([this, worker](auto& what) { Do(worker, what); }, effect);
    }
    effects_.Clear();
    if (refused_.empty()) return;
    for (const world::HandOver& refused : std::exchange(refused_, {})) {
      At(worker).engine->Refuse(refused.client, refused.query, Clocks(), effects_);
    }
  }
}

void Simulation::Do(world::WorkerId id, world::Ask& ask) {
  Worker& worker = At(id);
  if (worker.has_asked && ask.id <= worker.last_exchange) Breach("an exchange id was used again");
  worker.has_asked = true;
  worker.last_exchange = ask.id;
  See(fmt::format("worker {} asks {}{}", static_cast<int>(id), ask.to.ToText(),
                  world::IsStream(ask.via) ? " over TCP" : ""),
      ask.query);
  network_.Carry(id, ask, now_, schedule_);
  effects_.Recycle(std::move(ask.query));
}

void Simulation::Do(world::WorkerId worker, world::Cancel& cancel) { network_.Close(worker, cancel.id); }

void Simulation::Do(world::WorkerId worker, world::Answer& answer) {
  if (answer.to.worker == worker) return Settle(std::move(answer));
  schedule_.Add(now_ + Passing(), AnswerReturns{std::move(answer)});
}

void Simulation::Do(world::WorkerId /*worker*/, world::Drop& drop) {
  if (drop.to.slot >= fates_.size()) return Breach("a client that is not there was dropped");
  Fate& fate = fates_[drop.to.slot];
  if (fate.IsSettled()) Breach(fmt::format("client {} was dropped after its end", drop.to.slot));
  ++fate.drops;
  fate.ended = now_;
  settled_.push_back(drop.to.slot);
}

void Simulation::Do(world::WorkerId worker, world::HandOver& hand_over) {
  if (hand_over.owner == worker || static_cast<size_t>(hand_over.owner) >= workers_.size()) {
    return Breach("a question was handed to nobody");
  }
  Worker& owner = At(hand_over.owner);
  if (owner.hand_overs >= options_.most_hand_overs) {
    refused_.push_back(std::move(hand_over));
    return;
  }
  ++owner.hand_overs;
  schedule_.Add(now_ + Passing(), HandOverArrives{std::move(hand_over)});
}

void Simulation::Do(world::WorkerId /*worker*/, world::Report& report) {
  if (report.to.slot >= fates_.size()) return Breach("a report to a client that is not there");
  fates_[report.to.slot].report = std::move(report.json);
}

void Simulation::Settle(world::Answer answer) {
  if (answer.to.slot >= fates_.size()) return Breach("an answer to a client that is not there");
  Fate& fate = fates_[answer.to.slot];
  if (answer.to != fate.client.id) Breach(fmt::format("client {} was answered at another worker", answer.to.slot));
  if (fate.IsSettled()) Breach(fmt::format("client {} was answered after its end", answer.to.slot));
  See(fmt::format("client {} is answered", answer.to.slot), answer.response);
  ++fate.answers;
  fate.ended = now_;
  fate.response = std::move(answer.response);
  settled_.push_back(answer.to.slot);
}

world::Duration Simulation::Passing() {
  const auto most = static_cast<uint64_t>(options_.most_hand_over_delay.count());
  return world::Duration(static_cast<int64_t>(1 + random_.Below(most)));
}

void Simulation::Breach(std::string what) {
  if (breaches_.size() < kMostBreaches) breaches_.push_back(std::move(what));
}

void Simulation::See(std::string_view what, world::OctetView message) {
  if (!watch_ || now_ < watch_->from || now_ > watch_->to) return;
  const std::optional<wire::Opening> opening = wire::ParseOpening(message);
  if (!opening || !opening->question || !watch_->name.IsAtOrBelow(opening->question->name)) return;
  const double seconds = std::chrono::duration<double>(now_ - kBegin).count();
  const std::string outcome = opening->header.qr ? wire::ToText(opening->header.rcode) : "";
  watched_.push_back(fmt::format("{:12.6f}  {}: {} id {} {}", seconds, what, wire::ToText(*opening->question),
                                 opening->header.id, outcome));
}

}  // namespace simulator
