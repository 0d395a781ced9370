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

/// A question's way through the servers, which is fixed when it begins.
struct Plan {
  std::vector<size_t> order;
  size_t next = 0;
};

class PowerDns : public Policy {
 public:
  explicit PowerDns(const PolicyContext& context) : dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    Plan& plan = plans_[question.id];
    if (plan.order.empty()) plan.order = OrderOf(question, now);
    while (plan.next < plan.order.size() && now - question.began < kMostTime) {
      const size_t server = plan.order[plan.next++];
      const Host& host = hosts_[(*question.servers)[server]];
      if (host.down_until <= now || dice_.OneIn(kBypassOneIn)) return Move{server, kTimeout};
    }
    plans_.erase(question.id);
    return std::nullopt;
  }

  void Answered(const Question& question, const Event& event, servers::Report report, Instant now) override {
    // A failure tells nothing of a server: one that fails at once keeps its place.
    if (report == servers::Report::kServFail || report == servers::Report::kRefused) return;
    Host& host = hosts_[(*question.servers)[event.server]];
    Submit(host, std::chrono::duration<double, std::milli>(event.waited).count(), now);
    host.fails_in_row = 0;
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Host& host = hosts_[(*question.servers)[event.server]];
    Submit(host, kSilentMs, now);
    if (++host.fails_in_row >= kFailsToDown) host.down_until = now + kDownTime;
  }

  void Finished(const Question& question, Instant) override { plans_.erase(question.id); }

 private:
  /// Returns the servers from the fastest on, chance between equals.
  std::vector<size_t> OrderOf(const Question& question, Instant now) {
    std::vector<size_t> order;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      Decay(hosts_[(*question.servers)[i]], now);
      order.insert(order.begin() + static_cast<ptrdiff_t>(dice_.Below(i + 1)), i);
    }
    std::ranges::stable_sort(order, {}, [&](size_t i) { return hosts_[(*question.servers)[i]].speed_ms; });
    return order;
  }

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
  absl::flat_hash_map<uint64_t, Plan> plans_;
};

}  // namespace

std::unique_ptr<Policy> MakePowerDns(const PolicyContext& context) { return std::make_unique<PowerDns>(context); }

}  // namespace selection
