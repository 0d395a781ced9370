// Knot Resolver 5.6.0 (Debian 12), held against it by bench/selection/against_daemons.

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

#include "bench/selection/dice.h"
#include "bench/selection/policy.h"

namespace selection {
namespace {

using world::Instant;
using world::Milliseconds;
using world::Protocol;

constexpr int kUnknownMs = 400;
constexpr int kLeastMarginMs = 20;
constexpr int kMostMs = 10'000;
constexpr int kMostBackoff = 8;
constexpr int kTimeoutsToDeath = 4;                // KR_NS_TIMEOUT_ROW_DEAD
constexpr auto kLeastToDeath = Milliseconds(800);  // KR_NS_TIMEOUT_MIN_DEAD_TIMEOUT
constexpr auto kDeadTime = world::Seconds(1);      // KR_NS_TIMEOUT_RETRY_INTERVAL
constexpr uint64_t kExploreOneIn = 20;
constexpr int kExploreTimes = 2;  // Of the best server's timeout an exploring question waits.
constexpr size_t kNo6Prefixes = 6;
constexpr int kTimeoutsToStream = 2;  // TCP_TIMEOUT_THRESHOLD
constexpr int kStreamMs = 2'000;      // TCP_RTT_THRESHOLD, and what a handshake may take.
constexpr int kMostTimeouts = 10;     // KR_TIMEOUT_LIMIT
constexpr int kMostPackets = 100;     // KR_ITER_LIMIT
constexpr auto kMostTime = world::Seconds(10);

/// Returns a timeout after so many timeouts.
int BackedOff(int timeout_ms, int times) { return std::min(timeout_ms << std::min(times, kMostBackoff), kMostMs); }

/// What is kept of an address.
struct Host {
  int srtt_ms = 0;
  int variance_ms = kUnknownMs / 4;
  int timeouts_in_row = 0;
  Instant dead_until{};

  bool IsUnknown() const { return srtt_ms == 0 && timeouts_in_row == 0; }
  int TimeoutMs() const { return BackedOff(srtt_ms + std::max(4 * variance_ms, kLeastMarginMs), timeouts_in_row); }
};

/// What a question has been through with one server.
struct Trial {
  int errors = 0;
  int timeouts = 0;
  bool is_broken = false;
};

/// What a question has been through.
struct Progress {
  std::vector<Trial> trials;
  int timeouts = 0;
  int concessions = 0;         // After bad answers: the whole name, then TCP.
  bool is_looking_up = false;  // An address of a nameserver, before the question itself.
  Protocol via = Protocol::kUdp;
  bool is_stream_refused = false;  // A handshake failed: UDP from there on.
};

class Knot : public Policy {
 public:
  explicit Knot(const PolicyContext& context) : internet_(context.internet), dice_(context.seed) {
    for (size_t i = 0; i < internet_.servers.size(); ++i) has_ipv6_ = has_ipv6_ || IsIpv6(i);
  }

  std::optional<Move> Next(const Question& question, Instant now) override {
    Progress& progress = progress_[question.id];
    progress.trials.resize(question.servers->size());
    const std::vector<size_t> usable = UsableOf(question, progress, now);
    const bool is_over = question.packets >= kMostPackets || now - question.began >= kMostTime ||
                         progress.timeouts >= kMostTimeouts || usable.empty();
    if (is_over) {
      progress_.erase(question.id);
      return std::nullopt;
    }
    const size_t best = BestOf(question, progress, usable);
    // Where there are two families, to look for a nameserver's address in the other one is as good a way to explore; it
    // is asked for each time anew.
    const size_t drawn = dice_.Below(usable.size() + (has_ipv6_ ? question.servers->size() : 0));
    const bool explores = dice_.OneIn(kExploreOneIn);
    progress.is_looking_up = explores && drawn >= usable.size();
    const bool is_explored = explores && !progress.is_looking_up;
    Move move = MoveTo(question, progress, is_explored ? usable[drawn] : best,
                       is_explored ? kExploreTimes * hosts_[Id(question, best)].TimeoutMs() : kMostMs, now);
    move.is_own = progress.is_looking_up;
    return move;
  }

  bool IsEnough(const Question& question) override { return !progress_[question.id].is_looking_up; }

  void Answered(const Question& question, const Event& event, servers::Report report, Instant) override {
    if (report != servers::Report::kValid) AnsweredBadly(progress_[question.id], event.server, report);
    Host& host = hosts_[Id(question, event.server)];
    const int sample = static_cast<int>(std::lround(std::chrono::duration<double, std::milli>(event.waited).count()));
    if (host.IsUnknown()) {
      host.srtt_ms = sample, host.variance_ms = sample / 2;
    } else {
      host.variance_ms = (3 * host.variance_ms + std::abs(sample - host.srtt_ms) + 2) / 4;
      host.srtt_ms = (7 * host.srtt_ms + sample + 4) / 8;
    }
    host.timeouts_in_row = 0;
    host.dead_until = {};
    if (IsIpv6(Id(question, event.server))) silent6_.clear();
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Progress& progress = progress_[question.id];
    Trial& trial = progress.trials[event.server];
    ++progress.timeouts, ++trial.errors, ++trial.timeouts;
    if (progress.via == Protocol::kTcp) {
      progress.via = Protocol::kUdp, progress.is_stream_refused = true;
    }
    // A try that was cut short is charged like any other: the daemon forgets that it cut it.
    if (IsIpv6(Id(question, event.server))) silent6_.insert(Id(question, event.server));
    Host& host = hosts_[Id(question, event.server)];
    if (++host.timeouts_in_row >= kTimeoutsToDeath && event.timeout >= kLeastToDeath) host.dead_until = now + kDeadTime;
  }

  void Finished(const Question& question, Instant) override { progress_.erase(question.id); }

 private:
  /// Makes a concession, which any server may be asked with again; a server for which there is none left is done with.
  static void AnsweredBadly(Progress& progress, size_t server, servers::Report report) {
    ++progress.trials[server].errors;
    const int most = report == servers::Report::kLame ? 1 : 2;
    progress.trials[server].is_broken = progress.concessions >= most;
    if (progress.concessions < most && ++progress.concessions == 2) progress.via = Protocol::kTcp;
  }

  /// Returns the number of a server in the internet.
  static size_t Id(const Question& question, size_t server) { return (*question.servers)[server]; }

  /// Asks a server, by TCP when UDP has failed or would take long.
  Move MoveTo(const Question& question, Progress& progress, size_t server, int most_ms, Instant now) {
    const Host& host = hosts_[Id(question, server)];
    const int due_ms = host.IsUnknown() ? BackedOff(kUnknownMs, progress.timeouts) : host.TimeoutMs();
    const int timeout_ms = host.IsUnknown() ? due_ms : std::min(due_ms, most_ms);
    const bool is_slow = progress.trials[server].timeouts >= kTimeoutsToStream || timeout_ms > kStreamMs;
    if (is_slow && !progress.is_stream_refused) progress.via = Protocol::kTcp;
    if (progress.via == Protocol::kUdp) return {.server = server, .timeout = Milliseconds(timeout_ms)};
    // Once the handshake has come through there is nothing more that hurries it.
    const bool is_shut = internet_.PhaseOf(Id(question, server), now).temper == Temper::kDead;
    const auto left = kMostTime - (now - question.began);
    return {.server = server, .timeout = is_shut ? Milliseconds(kStreamMs) : left, .via = Protocol::kTcp};
  }

  bool IsIpv6(size_t id) const { return internet_.servers[id].address.family() == world::Family::kIpv6; }

  /// Returns the best: IPv4 where IPv6 is broken, untried addresses, those with fewest errors in this question, then
  /// the least timeout; chance between equals.
  size_t BestOf(const Question& question, const Progress& progress, const std::vector<size_t>& usable) {
    const auto rank = [&](size_t server) {
      const Host& host = hosts_[Id(question, server)];
      const bool is_broken = silent6_.size() >= kNo6Prefixes && IsIpv6(Id(question, server));
      return std::tuple(is_broken, !host.IsUnknown(), progress.trials[server].errors, host.TimeoutMs());
    };
    size_t best = usable.front();
    uint64_t ties = 0;
    for (const size_t server : usable) {
      if (rank(server) > rank(best)) continue;
      ties = rank(server) == rank(best) ? ties + 1 : 1;
      if (dice_.OneIn(ties)) best = server;
    }
    return best;
  }

  /// Returns the servers that may be asked: not dead, not broken for this question.
  std::vector<size_t> UsableOf(const Question& question, const Progress& progress, Instant now) {
    std::vector<size_t> usable;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      if (!progress.trials[i].is_broken && hosts_[Id(question, i)].dead_until <= now) usable.push_back(i);
    }
    return usable;
  }

  const Internet& internet_;
  bool has_ipv6_ = false;
  Dice dice_;
  absl::flat_hash_map<size_t, Host> hosts_;
  absl::flat_hash_set<size_t> silent6_;
  absl::flat_hash_map<uint64_t, Progress> progress_;
};

}  // namespace

std::unique_ptr<Policy> MakeKnot(const PolicyContext& context) { return std::make_unique<Knot>(context); }

}  // namespace selection
