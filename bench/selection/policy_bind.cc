// BIND 9.20.28-dev c81b111 (2026-08-21): lib/dns/adb.c, lib/dns/resolver.c.

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
constexpr double kAging = 0.98;
constexpr double kV6BiasUs = 50'000;
constexpr double kMostUs = 10e6;
constexpr auto kRetry = Milliseconds(800);  // retry-interval
constexpr int kTriesBeforeBackoff = 3;      // nonbackoff-tries
constexpr auto kMostWait = world::Seconds(9);
constexpr auto kMostTime = world::Seconds(10);  // resolver-query-timeout

/// What is kept of an address.
struct Host {
  double srtt_us = -1;
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
    world::Duration wait = kRetry;
    for (int tries = question.packets; tries >= kTriesBeforeBackoff && wait < kMostWait; --tries) wait *= 2;
    const auto srtt = world::Duration(static_cast<int64_t>(HostOf(question, *best).srtt_us));
    const auto least = srtt + Milliseconds(question.packets < 1 ? 50 : question.packets < 2 ? 100 : 200);
    return Move{*best, std::min<world::Duration>({std::max(wait, least), kMostWait, left})};
  }

  void Answered(const Question& question, const Event& event, servers::Report, Instant) override {
    Host& host = HostOf(question, event.server);
    host.srtt_us = kOldShare * host.srtt_us + (1 - kOldShare) * static_cast<double>(event.waited.count());
  }

  void TimedOut(const Question& question, const Event& event, Instant) override {
    Host& host = HostOf(question, event.server);
    host.srtt_us = std::min(host.srtt_us + dice_.Unit() * TimeoutMaskUs(host.srtt_us), kMostUs);
  }

  void Finished(const Question& question, Instant now) override {
    for (size_t i = 0; i < question.servers->size(); ++i) {
      Host& host = HostOf(question, i);
      if (question.tries[i].sent > 0 || now - host.aged < world::Seconds(1)) continue;
      host.srtt_us *= kAging;
      host.aged = now;
    }
  }

 private:
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
