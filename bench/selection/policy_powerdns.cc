// PowerDNS Recursor 5.4.5/5.5.0-alpha1 20096dc (2026-08-20): pdns/recursordist/syncres.cc, rec-nsspeeds.hh.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cmath>

#include "bench/selection/dice.h"
#include "bench/selection/policy.h"

namespace selection {
namespace {

using world::Instant;
using world::Milliseconds;

constexpr auto kTimeout = Milliseconds(1'500);   // network_timeout
constexpr auto kMostTime = Milliseconds(7'000);  // max_total_msec
constexpr double kErrorMs = 1'000;
constexpr double kReadDecaySeconds = 60;
constexpr int kFailsToDown = 64;                // server_down_max_fails
constexpr auto kDownTime = world::Seconds(60);  // server_down_throttle_time
constexpr uint64_t kBypassOneIn = 25;           // bypass_server_throttling_probability

/// What is kept of a server.
struct Host {
  double speed_ms = 0;
  Instant updated{};
  int fails_in_row = 0;
  Instant down_until{};
};

class PowerDns : public Policy {
 public:
  explicit PowerDns(const PolicyContext& context) : dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    if (now - question.began >= kMostTime) return std::nullopt;
    // Each server is asked once, in the order of speed; ties are broken by a shuffle.
    std::optional<size_t> best;
    double best_ms = 0;
    uint64_t ties = 0;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      if (question.tries[i].sent > 0) continue;
      const Host& host = hosts_[(*question.servers)[i]];
      if (host.down_until > now && !dice_.OneIn(kBypassOneIn)) continue;
      const double speed_ms = SpeedAt(host, now);
      ties = best && speed_ms == best_ms ? ties + 1 : 1;
      if (best && (speed_ms > best_ms || (speed_ms == best_ms && !dice_.OneIn(ties)))) continue;
      best = i, best_ms = speed_ms;
    }
    if (!best) return std::nullopt;
    return Move{*best, std::min<world::Duration>(kTimeout, kMostTime - (now - question.began))};
  }

  void Answered(const Question& question, const Event& event, servers::Report report, Instant now) override {
    Host& host = hosts_[(*question.servers)[event.server]];
    const double sample = std::chrono::duration<double, std::milli>(event.waited).count();
    Submit(host, report == servers::Report::kValid ? sample : kErrorMs, now);
    host.fails_in_row = 0;
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Host& host = hosts_[(*question.servers)[event.server]];
    Submit(host, std::chrono::duration<double, std::milli>(event.waited).count(), now);
    if (++host.fails_in_row >= kFailsToDown) host.down_until = now + kDownTime;
  }

 private:
  /// Returns the speed as it is read: what is old drifts to nothing.
  static double SpeedAt(const Host& host, Instant now) {
    return host.speed_ms * std::exp(-SecondsBetween(host.updated, now) / kReadDecaySeconds);
  }

  static double SecondsBetween(Instant from, Instant to) { return std::chrono::duration<double>(to - from).count(); }

  /// Takes a sample in: after a few seconds the old one counts for nothing.
  static void Submit(Host& host, double sample_ms, Instant now) {
    const double factor = std::exp(-SecondsBetween(host.updated, now)) / 2;
    host.speed_ms = host.updated == Instant{} ? sample_ms : (1 - factor) * sample_ms + factor * host.speed_ms;
    host.updated = now;
  }

  Dice dice_;
  absl::flat_hash_map<size_t, Host> hosts_;
};

}  // namespace

std::unique_ptr<Policy> MakePowerDns(const PolicyContext& context) { return std::make_unique<PowerDns>(context); }

}  // namespace selection
