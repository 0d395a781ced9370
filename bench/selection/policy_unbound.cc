// Unbound 1.26.1-dev 7fb79b0 (2026-08-21): util/rtt.c, services/cache/infra.c, iterator/iter_utils.c.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cmath>

#include "bench/selection/dice.h"
#include "bench/selection/policy.h"

namespace selection {
namespace {

using world::Instant;
using world::Milliseconds;

constexpr double kUnknownMs = 376;
constexpr double kLeastMs = 50;
constexpr double kMostMs = 120'000;
constexpr double kBandMs = 400;      // RTT_BAND
constexpr double kProbeMs = 12'000;  // PROBE_MAXRTO
constexpr double kLamePenaltyMs = 1e6;
constexpr auto kHostTtl = world::Seconds(900);  // infra-host-ttl
constexpr int kTriesPerServer = 5;              // outbound-msg-retry
constexpr int kMostPackets = 32;                // max-sent-count

/// What is kept of an (address, zone).
struct Host {
  double srtt_ms = 0;
  double rttvar_ms = kUnknownMs / 4;  // So that the RTO of an unknown server is 376 ms.
  double rto_ms = kUnknownMs;
  bool lame = false;
  Instant expires{};
  Instant probe_not_before{};
};

class Unbound : public Policy {
 public:
  explicit Unbound(const PolicyContext& context) : dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    if (question.packets >= kMostPackets) return std::nullopt;
    std::vector<double> scores;
    for (size_t i = 0; i < question.servers->size(); ++i) scores.push_back(ScoreOf(question, i, now));
    const double best = *std::ranges::min_element(scores);
    if (std::isinf(best)) return std::nullopt;
    std::vector<size_t> band;
    for (size_t i = 0; i < scores.size(); ++i) {
      if (scores[i] <= best + kBandMs) band.push_back(i);
    }
    const size_t chosen = band[dice_.Below(band.size())];
    Host& host = HostOf(question, chosen, now);
    if (host.rto_ms >= kProbeMs) host.probe_not_before = now + Milliseconds(static_cast<int64_t>(host.rto_ms));
    return Move{chosen, Milliseconds(static_cast<int64_t>(host.rto_ms))};
  }

  void Answered(const Question& question, const Event& event, servers::Report report, Instant now) override {
    Host& host = HostOf(question, event.server, now);
    const double sample = std::chrono::duration<double, std::milli>(event.waited).count();
    const double delta = sample - host.srtt_ms;
    host.srtt_ms += delta / 8;
    host.rttvar_ms += (std::abs(delta) - host.rttvar_ms) / 4;
    host.rto_ms = std::clamp(host.srtt_ms + 4 * host.rttvar_ms, kLeastMs, kMostMs);
    if (report == servers::Report::kLame || report == servers::Report::kRefused) host.lame = true;
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Host& host = HostOf(question, event.server, now);
    const double sent_with = std::chrono::duration<double, std::milli>(event.timeout).count();
    if (host.rto_ms < sent_with) return;  // Somebody had an answer meanwhile.
    host.rto_ms = std::min(2 * sent_with, kMostMs);
  }

 private:
  /// Returns the record of a server, which begins anew when its time is over.
  Host& HostOf(const Question& question, size_t server, Instant now) {
    Host& host = hosts_[{(*question.servers)[server], question.zone}];
    if (host.expires <= now) host = {.expires = now + kHostTtl};
    return host;
  }

  /// Returns what a server is ranked by; infinite when it may not be asked.
  double ScoreOf(const Question& question, size_t server, Instant now) {
    const Tries& tries = question.tries[server];
    const Host& host = HostOf(question, server, now);
    const bool barred = tries.sent >= kTriesPerServer || tries.answered_badly || host.rto_ms >= kMostMs ||
                        (host.rto_ms >= kProbeMs && now < host.probe_not_before);
    if (barred) return HUGE_VAL;
    return host.rto_ms + (host.lame ? kLamePenaltyMs : 0);
  }

  Dice dice_;
  absl::flat_hash_map<std::pair<size_t, size_t>, Host> hosts_;
};

}  // namespace

std::unique_ptr<Policy> MakeUnbound(const PolicyContext& context) { return std::make_unique<Unbound>(context); }

}  // namespace selection
