// PowerDNS Recursor 4.8.8 (Debian 12), held against it by bench/selection/against_daemons.

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
constexpr double kSilentMs = 1'000;
constexpr double kReadDecaySeconds = 60;
constexpr int kFailsToDown = 64;                // server_down_max_fails
constexpr auto kDownTime = world::Seconds(60);  // server_down_throttle_time
constexpr uint64_t kBypassOneIn = 25;           // bypass_server_throttling_probability

/// What is kept of a server.
struct Host {
  double speed_ms = 0;  // 0: nothing is known, which looks faster than all.
  Instant read{};
  int fails_in_row = 0;
  Instant down_until{};
};

class PowerDns : public Policy {
 public:
  explicit PowerDns(const PolicyContext& context) : dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    if (now - question.began >= kMostTime) return std::nullopt;
    if (question.packets == 0) {
      for (const size_t server : *question.servers) Decay(hosts_[server], now);
    }
    // Each server is asked once, in the order of speed; ties are broken by a shuffle.
    std::optional<size_t> best;
    double best_ms = 0;
    uint64_t ties = 0;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      if (question.tries[i].sent > 0) continue;
      const Host& host = hosts_[(*question.servers)[i]];
      if (host.down_until > now && !dice_.OneIn(kBypassOneIn)) continue;
      const double speed_ms = host.speed_ms;
      ties = best && speed_ms == best_ms ? ties + 1 : 1;
      if (best && (speed_ms > best_ms || (speed_ms == best_ms && !dice_.OneIn(ties)))) continue;
      best = i, best_ms = speed_ms;
    }
    if (!best) return std::nullopt;
    return Move{*best, std::min<world::Duration>(kTimeout, kMostTime - (now - question.began))};
  }

  void Answered(const Question& question, const Event& event, servers::Report, Instant now) override {
    Host& host = hosts_[(*question.servers)[event.server]];
    const double sample = std::chrono::duration<double, std::milli>(event.waited).count();
    Submit(host, sample, now);  // Also an error: a server that fails fast stays the fastest.
    host.fails_in_row = 0;
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Host& host = hosts_[(*question.servers)[event.server]];
    Submit(host, kSilentMs, now);
    if (++host.fails_in_row >= kFailsToDown) host.down_until = now + kDownTime;
  }

 private:
  /// Lets a speed drift to nothing, whenever it is read: silent servers become the fastest.
  static void Decay(Host& host, Instant now) {
    if (host.read != Instant{}) host.speed_ms *= std::exp(-SecondsBetween(host.read, now) / kReadDecaySeconds);
    host.read = now;
  }

  static double SecondsBetween(Instant from, Instant to) { return std::chrono::duration<double>(to - from).count(); }

  /// Takes a sample in. Its weight grows with the time since the last reading, which was for this very question or a
  /// later one: so it is hardly ever more than a half.
  static void Submit(Host& host, double sample_ms, Instant now) {
    const double factor = std::exp(-SecondsBetween(host.read, now)) / 2;
    host.speed_ms = host.speed_ms <= 0 ? sample_ms : (1 - factor) * sample_ms + factor * host.speed_ms;
  }

  Dice dice_;
  absl::flat_hash_map<size_t, Host> hosts_;
};

}  // namespace

std::unique_ptr<Policy> MakePowerDns(const PolicyContext& context) { return std::make_unique<PowerDns>(context); }

}  // namespace selection
