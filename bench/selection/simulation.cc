#include "bench/selection/simulation.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace selection {
namespace {

using world::Duration;
using world::Instant;

/// What a failed question counts as.
constexpr Duration kFailureLatency = world::Seconds(5);
/// A target is in use again when it is asked first in so many of the zone's questions in a row of ten.
constexpr size_t kWindow = 10;
constexpr size_t kInUse = 5;
/// The number of a packet that was sent beside a question, for its luck.
constexpr size_t kAsideAttempt = 200;
/// So are the packets in which a question is not what is asked.
constexpr size_t kOwnAttempt = 210;
/// From this number on, questions are the resolver's own.
constexpr uint64_t kFirstOwn = 1 << 30;

/// One packet of a question.
struct Attempt {
  size_t server = 0;  // Within the zone.
  Instant sent;
  Duration timeout{};
  bool waiting = true;  // Its timeout has not passed.
};

/// A packet that was sent beside a question, and may outlive it.
struct AsidePacket {
  Question question;
  Attempt attempt;
};

/// A question with its packets.
struct Flight {
  Question question;
  std::vector<Attempt> attempts;
  bool hostile = false;
};

/// Something that happens to a question: its beginning, a reply, or a timeout; or to a packet beside it.
struct Happening {
  enum class Kind : uint8_t { kBegins, kReplied, kTimedOut, kAsideReplied, kAsideTimedOut } kind = Kind::kBegins;
  uint64_t query = 0;
  size_t attempt = 0;
  servers::Report report = servers::Report::kValid;
};

/// First choices of a zone that has a target, from the change on.
struct Watch {
  std::vector<std::pair<Instant, bool>> first_choices;  // Whether it was the target.
};

/// Returns the given share of `sorted` latencies.
Duration Percentile(const std::vector<Duration>& sorted, double share) {
  if (sorted.empty()) return {};
  const auto index = static_cast<size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(index, sorted.size() - 1)];
}

/// One run.
class Simulation {
 public:
  Simulation(const Scenario& scenario, Policy& policy)
      : scenario_(scenario), policy_(policy), questions_asked_(MakeQuestions(scenario)) {
    for (const Target& target : scenario.targets) watches_[target.zone] = {};
  }

  Result Run() {
    ScheduleBeginning(0);
    while (!schedule_.empty()) {
      const auto [when, happening] = std::pair(schedule_.begin()->first.first, schedule_.begin()->second);
      schedule_.erase(schedule_.begin());
      Handle(happening, when);
    }
    return Summary();
  }

  /// Returns each packet of the run.
  Trace TakeTrace() { return std::move(trace_); }

 private:
  /// Ordered by time, then by the order in which it was scheduled.
  using Schedule = std::map<std::pair<Instant, uint64_t>, Happening>;

  void Add(Instant when, const Happening& happening) {
    schedule_.emplace(std::pair(when, next_sequence_++), happening);
  }

  /// Schedules a question, unless the run is over.
  void ScheduleBeginning(uint64_t query) {
    if (query >= questions_asked_.size()) return;
    Add(questions_asked_[query].at, {.kind = Happening::Kind::kBegins, .query = query});
  }

  void Handle(const Happening& happening, Instant now) {
    switch (happening.kind) {
      case Happening::Kind::kBegins:
        Begin(happening.query, now);
        return;
      case Happening::Kind::kReplied:
        Replied(happening, now);
        return;
      case Happening::Kind::kTimedOut:
        TimedOut(happening, now);
        return;
      case Happening::Kind::kAsideReplied:
        AsideReplied(happening, now);
        return;
      case Happening::Kind::kAsideTimedOut:
        AsideTimedOut(happening, now);
        return;
    }
  }

  /// Begins a question.
  void Begin(uint64_t query, Instant now) {
    const Asked& asked = questions_asked_[query];
    const bool is_first = zones_seen_.insert(asked.zone).second;
    MakeFlight(query, asked.zone, now).hostile = asked.unanswerable;
    ScheduleBeginning(query + 1);
    const size_t own = is_first ? policy_.OwnQuestions(flights_[query].question) : 0;
    SendNext(query, now);
    for (size_t i = 0; i < own; ++i) {
      MakeFlight(kFirstOwn + owns_, asked.zone, now);
      SendNext(kFirstOwn + owns_++, now);
    }
  }

  /// Returns a question that has no packets yet.
  Flight& MakeFlight(uint64_t query, size_t zone, Instant now) {
    const std::vector<size_t>& servers = scenario_.internet.zones[zone];
    Flight& flight = flights_[query];
    flight.question = {.id = query, .zone = zone, .began = now, .servers = &servers, .tries = {}};
    flight.question.tries.resize(servers.size());
    return flight;
  }

  /// Sends the question's next packet, or fails it.
  void SendNext(uint64_t query, Instant now) {
    Flight& flight = flights_[query];
    const std::optional<Move> move = policy_.Next(flight.question, now);
    if (!move) return End(query, std::nullopt, now);
    const size_t attempt = flight.attempts.size();
    const size_t luck = move->is_own ? kOwnAttempt + attempt : static_cast<size_t>(flight.question.packets);
    const size_t server = (*flight.question.servers)[move->server];
    flight.attempts.push_back({move->server, now, move->timeout});
    if (!move->is_own) NoteSent(flight.question, *move, now);
    if (move->aside) SendAside(flight, *move->aside, now);
    Add(now + move->timeout, {.kind = Happening::Kind::kTimedOut, .query = query, .attempt = attempt});
    if (flight.hostile && !move->is_own) return;
    if (const auto reply = scenario_.internet.Ask({query, server, luck, move->via}, now)) {
      Add(now + reply->delay,
          {.kind = Happening::Kind::kReplied, .query = query, .attempt = attempt, .report = reply->report});
    }
  }

  /// Takes note of a packet of a question.
  void NoteSent(Question& question, const Move& move, Instant now) {
    const size_t server = (*question.servers)[move.server];
    if (question.packets == 0 && !IsOwn(question.id)) NoteFirstChoice(question, server, now);
    ++question.tries[move.server].sent;
    ++question.packets;
    if (IsMeasured(question)) ++packets_;
    const bool is_shut = scenario_.internet.PhaseOf(server, now).temper == Temper::kDead;
    const bool is_seen = move.via == world::Protocol::kUdp || !is_shut;
    if (is_seen && !IsOwn(question.id)) trace_.packets.push_back({question.id, server, now});
  }

  /// Sends a packet beside the question. It is numbered apart from the question's attempts: its luck is its own.
  void SendAside(const Flight& flight, const AsideMove& move, Instant now) {
    const uint64_t id = flight.question.id;
    asides_[id] = {flight.question, {move.server, now, move.timeout}};
    if (IsMeasured(flight.question)) ++packets_;
    Add(now + move.timeout, {.kind = Happening::Kind::kAsideTimedOut, .query = id});
    const size_t server = (*flight.question.servers)[move.server];
    trace_.packets.push_back({id, server, now, true});
    if (flight.hostile) return;
    if (const auto reply = scenario_.internet.Ask({id, server, kAsideAttempt}, now)) {
      Add(now + reply->delay, {.kind = Happening::Kind::kAsideReplied, .query = id, .report = reply->report});
    }
  }

  void AsideReplied(const Happening& happening, Instant now) {
    const auto found = asides_.find(happening.query);
    if (found == asides_.end()) return;
    const auto& [question, attempt] = found->second;
    policy_.Answered(question, {attempt.server, now - attempt.sent, attempt.timeout}, happening.report, now);
    asides_.erase(found);
  }

  /// Late is not lost: an aside that was silent is listened to all the same.
  void AsideTimedOut(const Happening& happening, Instant now) {
    const auto found = asides_.find(happening.query);
    if (found == asides_.end()) return;
    const auto& [question, attempt] = found->second;
    policy_.TimedOut(question, {attempt.server, attempt.timeout, attempt.timeout}, now);
  }

  void Replied(const Happening& happening, Instant now) {
    const auto found = flights_.find(happening.query);
    if (found == flights_.end()) return;
    Flight& flight = found->second;
    Attempt& attempt = flight.attempts[happening.attempt];
    if (!attempt.waiting && policy_.listening() == Listening::kUntilTimeout) return;
    policy_.Answered(flight.question, {attempt.server, now - attempt.sent, attempt.timeout}, happening.report, now);
    if (happening.report == servers::Report::kValid && policy_.IsEnough(flight.question)) {
      return End(happening.query, now - flight.question.began, now);
    }
    flight.question.tries[attempt.server].answered_badly = happening.report != servers::Report::kValid;
    if (std::exchange(attempt.waiting, false)) SendNext(happening.query, now);
  }

  void TimedOut(const Happening& happening, Instant now) {
    const auto found = flights_.find(happening.query);
    if (found == flights_.end()) return;
    Attempt& attempt = found->second.attempts[happening.attempt];
    if (!std::exchange(attempt.waiting, false)) return;
    policy_.TimedOut(found->second.question, {attempt.server, attempt.timeout, attempt.timeout}, now);
    SendNext(happening.query, now);
  }

  /// Ends a question, answered or not, and takes its measure.
  void End(uint64_t query, std::optional<Duration> answered, Instant now) {
    const auto found = flights_.find(query);
    const Flight& flight = found->second;
    const Duration latency = answered.value_or(kFailureLatency);
    if (!IsOwn(query)) trace_.questions.push_back({query, now, answered.has_value()});
    if (latency < kFailureLatency || !flight.hostile) policy_.Finished(flight.question, now);
    if (IsMeasured(flight.question)) {
      ++questions_;
      if (!flight.hostile) {
        latencies_.push_back(std::min(latency, kFailureLatency));
        if (latency >= kFailureLatency) ++failures_;
      }
    }
    flights_.erase(found);
  }

  static bool IsOwn(uint64_t query) { return query >= kFirstOwn; }

  bool IsMeasured(const Question& question) const {
    return question.began >= kStart + scenario_.warm_up && !IsOwn(question.id);
  }

  void NoteFirstChoice(const Question& question, size_t server, Instant now) {
    const auto watch = watches_.find(question.zone);
    if (watch == watches_.end() || now < scenario_.change) return;
    const bool is_target = std::ranges::any_of(scenario_.targets, [&](const Target& target) {
      return target.zone == question.zone && target.server == server;
    });
    watch->second.first_choices.emplace_back(now, is_target);
  }

  /// Returns when the zone's target was in use again, or the end of the run. Nothing for zones seldom asked.
  std::optional<Duration> RecoveryOf(const Watch& watch) const {
    const auto& choices = watch.first_choices;
    if (choices.size() < 2 * kWindow) return std::nullopt;
    for (size_t i = 0; i + kWindow <= choices.size(); ++i) {
      const auto in_use = std::count_if(&choices[i], &choices[i] + kWindow, [](const auto& c) { return c.second; });
      if (choices[i].second && static_cast<size_t>(in_use) >= kInUse) return choices[i].first - scenario_.change;
    }
    return kStart + scenario_.length - scenario_.change;
  }

  Result Summary() {
    std::ranges::sort(latencies_);
    Result result{.p50 = Percentile(latencies_, 0.5),
                  .p95 = Percentile(latencies_, 0.95),
                  .p99 = Percentile(latencies_, 0.99),
                  .p999 = Percentile(latencies_, 0.999),
                  .recovery = std::nullopt};
    result.failures = static_cast<double>(failures_) / static_cast<double>(std::max<size_t>(latencies_.size(), 1));
    result.packets = static_cast<double>(packets_) / static_cast<double>(std::max<uint64_t>(questions_, 1));
    std::vector<Duration> recoveries;
    for (const auto& [zone, watch] : watches_) {
      if (const auto recovery = RecoveryOf(watch)) recoveries.push_back(*recovery);
    }
    std::ranges::sort(recoveries);
    if (!recoveries.empty()) result.recovery = Percentile(recoveries, 0.5);
    return result;
  }

  const Scenario& scenario_;
  Policy& policy_;
  std::vector<Asked> questions_asked_;
  Schedule schedule_;
  uint64_t next_sequence_ = 0;
  absl::flat_hash_set<size_t> zones_seen_;
  uint64_t owns_ = 0;
  absl::flat_hash_map<uint64_t, Flight> flights_;
  absl::flat_hash_map<uint64_t, AsidePacket> asides_;
  std::map<size_t, Watch> watches_;
  std::vector<Duration> latencies_;
  uint64_t questions_ = 0;
  uint64_t failures_ = 0;
  uint64_t packets_ = 0;
  Trace trace_;
};

}  // namespace

Result Simulate(const Scenario& scenario, Policy& policy) { return Simulation(scenario, policy).Run(); }

Trace TraceOf(const Scenario& scenario, Policy& policy) {
  Simulation simulation(scenario, policy);
  simulation.Run();
  return simulation.TakeTrace();
}

}  // namespace selection
