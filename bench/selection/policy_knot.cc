// Knot Resolver 6.4.2 4f4788c (2026-08-17): lib/selection.c, lib/selection_iter.c, lib/defines.h.

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "bench/selection/dice.h"
#include "bench/selection/policy.h"

namespace selection {
namespace {

using world::Instant;
using world::Milliseconds;

constexpr double kUnknownMs = 400;
constexpr double kLeastMarginMs = 20;
constexpr double kMostMs = 10'000;
constexpr int kMostBackoff = 8;
constexpr int kTimeoutsToDeath = 4;            // KR_NS_TIMEOUT_ROW_DEAD
constexpr double kDeathMs = 800;               // KR_NS_TIMEOUT_MIN_DEAD_TIMEOUT
constexpr auto kDeadTime = world::Seconds(1);  // KR_NS_TIMEOUT_RETRY_INTERVAL
constexpr uint64_t kExploreOneIn = 20;
constexpr size_t kNo6Prefixes = 6;
constexpr int kMostTimeouts = 10;  // KR_TIMEOUT_LIMIT
constexpr int kMostPackets = 100;  // KR_ITER_LIMIT
constexpr auto kMostTime = world::Seconds(10);

/// What is kept of an address.
struct Host {
  double srtt_ms = -1;
  double rttvar_ms = 0;
  int timeouts_in_row = 0;
  Instant dead_until{};

  /// Returns the timeout, backed off.
  double TimeoutMs() const {
    const double once = srtt_ms < 0 ? kUnknownMs : srtt_ms + std::max(4 * rttvar_ms, kLeastMarginMs);
    return std::min(once * (1 << std::min(timeouts_in_row, kMostBackoff)), kMostMs);
  }
};

class Knot : public Policy {
 public:
  explicit Knot(const PolicyContext& context) : internet_(context.internet), dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    if (question.packets >= kMostPackets || now - question.began >= kMostTime) return std::nullopt;
    int timeouts = 0;
    for (const Tries& tries : question.tries) timeouts += tries.answered_badly ? 0 : tries.sent;
    if (timeouts >= kMostTimeouts) return std::nullopt;
    const std::vector<size_t> usable = UsableOf(question, now);
    if (usable.empty()) return std::nullopt;
    size_t best = usable.front();
    for (const size_t server : usable) {
      if (RankOf(question, server) < RankOf(question, best)) best = server;
    }
    const double best_ms = hosts_[Id(question, best)].TimeoutMs();
    if (!dice_.OneIn(kExploreOneIn)) return MoveTo(best, best_ms);
    const size_t chosen = usable[dice_.Below(usable.size())];
    return MoveTo(chosen, std::min(hosts_[Id(question, chosen)].TimeoutMs(), 2 * best_ms));
  }

  void Answered(const Question& question, const Event& event, servers::Report, Instant) override {
    Host& host = hosts_[Id(question, event.server)];
    const double sample = std::chrono::duration<double, std::milli>(event.waited).count();
    if (host.srtt_ms < 0) {
      host.srtt_ms = sample, host.rttvar_ms = sample / 2;
    } else {
      host.rttvar_ms += (std::abs(sample - host.srtt_ms) - host.rttvar_ms) / 4;
      host.srtt_ms += (sample - host.srtt_ms) / 8;
    }
    host.timeouts_in_row = 0;
    if (IsIpv6(Id(question, event.server))) silent6_.clear();
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Host& host = hosts_[Id(question, event.server)];
    const double timeout_ms = std::chrono::duration<double, std::milli>(event.timeout).count();
    if (timeout_ms + 1 < host.TimeoutMs()) return;  // A try that was cut short is not punished.
    ++host.timeouts_in_row;
    if (host.timeouts_in_row >= kTimeoutsToDeath && host.TimeoutMs() >= kDeathMs) host.dead_until = now + kDeadTime;
    if (IsIpv6(Id(question, event.server))) silent6_.insert(Id(question, event.server));
  }

 private:
  /// Returns the number of a server in the internet.
  static size_t Id(const Question& question, size_t server) { return (*question.servers)[server]; }

  static Move MoveTo(size_t server, double timeout_ms) {
    return {server, Milliseconds(static_cast<int64_t>(timeout_ms))};
  }

  bool IsIpv6(size_t id) const { return internet_.servers[id].address.family() == world::Family::kIpv6; }

  /// Untried addresses first, then those with fewest errors in this question, then the least timeout.
  std::tuple<int, int, double> RankOf(const Question& question, size_t server) {
    const Host& host = hosts_[Id(question, server)];
    const Tries& tries = question.tries[server];
    const int errors = tries.sent;
    const bool untried = host.srtt_ms < 0 && host.timeouts_in_row == 0;
    return {untried ? 0 : 1, errors, host.TimeoutMs()};
  }

  /// Returns the servers that may be asked: not dead, not broken for this question, not IPv6 when that is broken. When
  /// that leaves none, all that did not answer badly.
  std::vector<size_t> UsableOf(const Question& question, Instant now) {
    std::vector<size_t> usable;
    std::vector<size_t> rest;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      if (question.tries[i].answered_badly) continue;
      const bool no6 = silent6_.size() >= kNo6Prefixes && IsIpv6(Id(question, i));
      const bool dead = hosts_[Id(question, i)].dead_until > now;
      (dead || no6 ? rest : usable).push_back(i);
    }
    return usable.empty() ? rest : usable;
  }

  const Internet& internet_;
  Dice dice_;
  absl::flat_hash_map<size_t, Host> hosts_;
  absl::flat_hash_set<size_t> silent6_;
};

}  // namespace

std::unique_ptr<Policy> MakeKnot(const PolicyContext& context) { return std::make_unique<Knot>(context); }

}  // namespace selection
