// Unbound 1.17.1 (Debian 12), held against it by bench/selection/against_daemons.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cmath>
#include <utility>

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
constexpr double kMostToSendTwice = 5'000;
constexpr double kLamePenaltyMs = 1e6;
constexpr auto kHostTtl = world::Seconds(900);  // infra-host-ttl
constexpr int kTriesPerServer = 5;              // outbound-msg-retry
constexpr int kMostPackets = 32;                // max-sent-count

/// What is kept of an (address, zone).
struct Host {
  double srtt_ms = 0;
  double rttvar_ms = kUnknownMs / 4;  // So that the RTO of an unknown server is 376 ms.
  double rto_ms = kUnknownMs;
  bool is_backed_off = false;
  bool is_lame = false;
  Instant expires{};
  Instant probe_not_before{};

  /// Returns what servers are ranked by: a server that answers, without the bounds of the RTO.
  double RankMs() const { return is_backed_off ? rto_ms : srtt_ms + 4 * rttvar_ms; }
};

/// What a question is about to do.
struct Progress {
  std::vector<int> attempts;       // With each server; a packet is sent twice in each.
  bool is_sent_twice = false;      // The last packet was the second of its attempt.
  bool is_to_be_repeated = false;  // To the same server.
  size_t server = 0;
  bool has_failed_attempt = false;  // The answer to come is of a shortened name; the whole one is asked for after it.
};

class Unbound : public Policy {
 public:
  explicit Unbound(const PolicyContext& context) : dice_(context.seed) {}

  std::optional<Move> Next(const Question& question, Instant now) override {
    Progress& progress = progress_[question.id];
    progress.attempts.resize(question.servers->size());
    progress.is_sent_twice = std::exchange(progress.is_to_be_repeated, false);
    if (!progress.is_sent_twice) {
      const std::optional<size_t> chosen = Choose(question, progress, now);
      if (!chosen || question.packets >= kMostPackets) {
        progress_.erase(question.id);
        return std::nullopt;
      }
      progress.server = *chosen;
      ++progress.attempts[*chosen];
    }
    Host& host = HostOf(question, progress.server, now);
    if (host.rto_ms >= kProbeMs) host.probe_not_before = now + Milliseconds(static_cast<int64_t>(host.rto_ms) + 1'999);
    return Move{progress.server, Milliseconds(static_cast<int64_t>(host.rto_ms))};
  }

  void Answered(const Question& question, const Event& event, servers::Report report, Instant now) override {
    Host& host = HostOf(question, event.server, now);
    const double sample = std::chrono::duration<double, std::milli>(event.waited).count();
    if (host.rto_ms >= kMostMs) host = {.expires = host.expires};
    const double delta = sample - host.srtt_ms;
    host.srtt_ms += delta / 8;
    host.rttvar_ms += (std::abs(delta) - host.rttvar_ms) / 4;
    host.rto_ms = std::clamp(host.srtt_ms + 4 * host.rttvar_ms, kLeastMs, kMostMs);
    host.is_backed_off = false;
    if (report == servers::Report::kLame || report == servers::Report::kRefused) host.is_lame = true;
  }

  bool IsEnough(const Question& question) override {
    return !std::exchange(progress_[question.id].has_failed_attempt, false);
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Progress& progress = progress_[question.id];
    const double sent_with = std::chrono::duration<double, std::milli>(event.timeout).count();
    if (!progress.is_sent_twice && sent_with < kMostToSendTwice) {
      progress.is_to_be_repeated = true;
      return;
    }
    progress.has_failed_attempt = true;
    Host& host = HostOf(question, event.server, now);
    if (host.rto_ms < sent_with) return;  // Somebody had an answer meanwhile.
    if (host.rto_ms > 2 * sent_with) return;
    host.rto_ms = std::min(2 * sent_with, kMostMs);
    host.is_backed_off = true;
  }

  void Finished(const Question& question, Instant) override { progress_.erase(question.id); }

 private:
  /// Chooses at random among those within a band of the best.
  std::optional<size_t> Choose(const Question& question, const Progress& progress, Instant now) {
    std::vector<double> scores;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      scores.push_back(progress.attempts[i] >= kTriesPerServer ? HUGE_VAL : ScoreOf(question, i, now));
    }
    const double best = *std::ranges::min_element(scores);
    if (std::isinf(best)) return std::nullopt;
    std::vector<size_t> band;
    for (size_t i = 0; i < scores.size(); ++i) {
      if (scores[i] <= best + kBandMs) band.push_back(i);
    }
    return band[dice_.Below(band.size())];
  }

  /// Returns the record of a server, which begins anew when its time is over.
  Host& HostOf(const Question& question, size_t server, Instant now) {
    Host& host = hosts_[{(*question.servers)[server], question.zone}];
    if (host.expires <= now) host = {.expires = now + kHostTtl};
    return host;
  }

  /// Returns what a server is ranked by; infinite when it may not be asked.
  double ScoreOf(const Question& question, size_t server, Instant now) {
    const Host& host = HostOf(question, server, now);
    const bool is_barred = host.rto_ms >= kMostMs || (host.rto_ms >= kProbeMs && now < host.probe_not_before);
    if (is_barred) return HUGE_VAL;
    return host.RankMs() + (host.is_lame ? kLamePenaltyMs : 0);
  }

  Dice dice_;
  absl::flat_hash_map<std::pair<size_t, size_t>, Host> hosts_;
  absl::flat_hash_map<uint64_t, Progress> progress_;
};

}  // namespace

std::unique_ptr<Policy> MakeUnbound(const PolicyContext& context) { return std::make_unique<Unbound>(context); }

}  // namespace selection
