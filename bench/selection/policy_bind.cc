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

class Bind : public Policy {
 public:
  explicit Bind(const PolicyContext& context) : internet_(context.internet), dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    const auto left = kMostTime - (now - question.began);
    if (left <= world::Duration::zero()) return std::nullopt;
    std::optional<size_t> best;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      if (question.tries[i].answered_badly) continue;
      if (!best || RankOf(question, i) < RankOf(question, *best)) best = i;
    }
    if (!best) return std::nullopt;
    const int rounds = question.tries[*best].sent;
    const int shift = std::clamp(rounds - kRoundsBeforeBackoff, 0, kMostShift);
    const world::Duration wait = kRetry * (1 << shift);
    return Move{*best, std::min<world::Duration>({wait, kMostWait, left})};
  }

  void Answered(const Question& question, const Event& event, servers::Report, Instant now) override {
    Age(question, now);
    Host& host = HostOf(question, event.server);
    host.is_edns_seen = true;
    host.srtt_us = kOldShare * host.srtt_us + (1 - kOldShare) * static_cast<double>(event.waited.count());
  }

  void TimedOut(const Question& question, const Event& event, Instant) override {
    Host& host = HostOf(question, event.server);
    const double mask_us = TimeoutMaskUs(host.srtt_us) / (host.is_edns_seen ? 1 : 4);
    host.srtt_us = std::min(host.srtt_us + dice_.Unit() * mask_us, kMostUs);
  }

 private:
  /// Lets those servers look faster that the question has not tried in this round, each once a second.
  void Age(const Question& question, Instant now) {
    int rounds = 0;
    for (const Tries& tries : question.tries) rounds = std::max(rounds, tries.sent);
    for (size_t i = 0; i < question.servers->size(); ++i) {
      Host& host = HostOf(question, i);
      const auto second = std::chrono::floor<std::chrono::seconds>(now);
      if (question.tries[i].sent >= rounds || host.aged == second) continue;
      host.srtt_us *= kAging;
      host.aged = second;
    }
  }

  /// Returns the record of a server; an unknown one looks faster than any known.
  Host& HostOf(const Question& question, size_t server) {
    Host& host = hosts_[(*question.servers)[server]];
    if (host.srtt_us < 0) host.srtt_us = 1 + static_cast<double>(dice_.Below(kMostInitialUs));
    return host;
  }

  /// Servers that were tried least in this question first, then by time, IPv4 handicapped.
  std::pair<int, double> RankOf(const Question& question, size_t server) {
    const bool v4 = internet_.servers[(*question.servers)[server]].address.family() == world::Family::kIpv4;
    return {question.tries[server].sent, HostOf(question, server).srtt_us + (v4 ? kV6BiasUs : 0)};
  }

  const Internet& internet_;
  Dice dice_;
  absl::flat_hash_map<size_t, Host> hosts_;
};

}  // namespace

std::unique_ptr<Policy> MakeBind(const PolicyContext& context) { return std::make_unique<Bind>(context); }

}  // namespace selection
