// BIND 9.18.49 (Debian 12), held against it by bench/selection/against_daemons.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <array>

#include "bench/selection/dice.h"
#include "bench/selection/policy.h"

namespace selection {
namespace {

using world::Instant;
using world::Milliseconds;

constexpr uint64_t kMostInitialUs = 32;
constexpr double kOldShare = 0.7;
constexpr double kAging = 511.0 / 512;
constexpr double kV6BiasUs = 50'000;
constexpr double kMostUs = 10e6;
constexpr auto kRetry = Milliseconds(800);  // retry-interval
constexpr int kRoundsBeforeBackoff = 3;     // nonbackoff-tries, counted in rounds through all servers.
constexpr int kMostShift = 6;
constexpr auto kMostWait = world::Seconds(9);
constexpr auto kMostTime = world::Seconds(10);  // resolver-query-timeout

/// What is kept of an address.
struct Host {
  double srtt_us = -1;
  bool is_edns_seen = false;
  Instant aged{};
};

/// Returns what a timeout adds at most: the faster the server was, the more.
double TimeoutMaskUs(double srtt_us) {
  constexpr std::array<std::pair<double, double>, 6> kMasks = {
      {{25e3, 0xfffff}, {50e3, 0x7ffff}, {100e3, 0x3ffff}, {200e3, 0x1ffff}, {400e3, 0xffff}, {800e3, 0x7fff}}};
  for (const auto& [below_us, mask] : kMasks) {
    if (srtt_us < below_us) return mask;
  }
  return 0x3fff;
}

/// What a question sees of the servers: as they were when its round through all of them began.
struct Round {
  int number = -1;
  std::vector<Host> seen;
};

class Bind : public Policy {
 public:
  explicit Bind(const PolicyContext& context) : internet_(context.internet), dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    const auto left = kMostTime - (now - question.began);
    const std::optional<int> number = RoundOf(question);
    if (left <= world::Duration::zero() || !number) {
      rounds_.erase(question.id);
      return std::nullopt;
    }
    Round& round = rounds_[question.id];
    if (round.number != *number) Begin(round, question, *number);
    const size_t best = BestOf(question, round);
    const int shift = std::clamp(*number + 1 - kRoundsBeforeBackoff, 0, kMostShift);
    const world::Duration wait = std::max<world::Duration>(kRetry * (1 << shift), ExpectedOf(round.seen[best].srtt_us));
    return Move{best, std::min<world::Duration>({wait, kMostWait, left})};
  }

  void Answered(const Question& question, const Event& event, servers::Report, Instant now) override {
    Age(question, now);
    Host& host = HostOf(question, event.server);
    host.is_edns_seen = true;
    host.srtt_us = kOldShare * host.srtt_us + (1 - kOldShare) * static_cast<double>(event.waited.count());
  }

  /// A silent server becomes slower than it was when the round began, however many questions wait for it.
  void TimedOut(const Question& question, const Event& event, Instant) override {
    const Host& seen = rounds_[question.id].seen[event.server];
    const double mask_us = TimeoutMaskUs(seen.srtt_us) / (seen.is_edns_seen ? 1 : 4);
    HostOf(question, event.server).srtt_us = std::min(seen.srtt_us + dice_.Unit() * mask_us, kMostUs);
  }

  void Finished(const Question& question, Instant) override { rounds_.erase(question.id); }

 private:
  /// Returns how many rounds are over, or nothing when every server has answered badly.
  static std::optional<int> RoundOf(const Question& question) {
    std::optional<int> least;
    for (const Tries& tries : question.tries) {
      if (!tries.answered_badly) least = std::min(least.value_or(tries.sent), tries.sent);
    }
    return least;
  }

  void Begin(Round& round, const Question& question, int number) {
    round = {.number = number, .seen = {}};
    for (size_t i = 0; i < question.servers->size(); ++i) round.seen.push_back(HostOf(question, i));
  }

  /// Returns how long an answer may take.
  static world::Duration ExpectedOf(double srtt_us) {
    const double more_us = srtt_us < 50e3 ? 50e3 : srtt_us < 100e3 ? 100e3 : 200e3;
    return world::Duration(static_cast<int64_t>(srtt_us + more_us));
  }

  /// Lets those servers look faster that the question has not tried in this round, each once a second.
  void Age(const Question& question, Instant now) {
    Round& round = rounds_[question.id];
    for (size_t i = 0; i < question.servers->size(); ++i) {
      Host& host = HostOf(question, i);
      const auto second = std::chrono::floor<std::chrono::seconds>(now);
      if (question.tries[i].sent > round.number || host.aged == second) continue;
      host.srtt_us *= kAging;
      host.aged = second;
      round.seen[i] = host;
    }
  }

  /// Returns the record of a server; an unknown one looks faster than any known.
  Host& HostOf(const Question& question, size_t server) {
    Host& host = hosts_[(*question.servers)[server]];
    if (host.srtt_us < 0) host.srtt_us = 1 + static_cast<double>(dice_.Below(kMostInitialUs));
    return host;
  }

  /// Returns the fastest of those that have not been tried in this round, IPv4 handicapped.
  size_t BestOf(const Question& question, const Round& round) const {
    const auto rank = [&](size_t i) {
      const bool v4 = internet_.servers[(*question.servers)[i]].address.family() == world::Family::kIpv4;
      return round.seen[i].srtt_us + (v4 ? kV6BiasUs : 0);
    };
    std::optional<size_t> best;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      if (question.tries[i].answered_badly || question.tries[i].sent > round.number) continue;
      if (!best || rank(i) < rank(*best)) best = i;
    }
    return *best;
  }

  const Internet& internet_;
  Dice dice_;
  absl::flat_hash_map<size_t, Host> hosts_;
  absl::flat_hash_map<uint64_t, Round> rounds_;
};

}  // namespace

std::unique_ptr<Policy> MakeBind(const PolicyContext& context) { return std::make_unique<Bind>(context); }

}  // namespace selection
