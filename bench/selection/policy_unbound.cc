// Unbound 1.17.1 (Debian 12), held against it by bench/selection/against_daemons.

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "bench/selection/dice.h"
#include "bench/selection/policy.h"

namespace selection {
namespace {

using world::Instant;
using world::Milliseconds;

constexpr int kUnknownMs = 376;
constexpr int kLeastMs = 50;
constexpr int kMostMs = 120'000;
constexpr int kBandMs = 400;      // RTT_BAND
constexpr int kProbeMs = 12'000;  // PROBE_MAXRTO
constexpr int kLastChoiceMs = kMostMs - 1'000;
constexpr int kProbesInFlight = 3;  // TIMEOUT_COUNT_MAX
constexpr int kMostToSendTwiceMs = 5'000;
constexpr int kUnusable = std::numeric_limits<int>::max();
constexpr auto kHostTtl = world::Seconds(900);  // infra-host-ttl
constexpr int kTriesPerServer = 5;              // outbound-msg-retry
constexpr int kMostAttempts = 32;               // max-sent-count
constexpr int kTimeoutsToNameWhole = 3;         // MAX_MINIMISE_TIMEOUT_COUNT

/// What is kept of an (address, zone), in whole milliseconds: what a division leaves over is dropped.
struct Host {
  int srtt_ms = 0;
  int rttvar_ms = kUnknownMs / 4;  // So that the RTO of an unknown server is 376 ms.
  int rto_ms = kUnknownMs;
  int timeouts_in_row = 0;
  bool is_lame = false;
  Instant expires{};
  Instant probe_ends{};

  /// Returns the RTO as it is without timeouts.
  int MeasuredMs() const { return std::clamp(srtt_ms + 4 * rttvar_ms, kLeastMs, kMostMs); }
  /// Returns what servers are ranked by: a server that answers, without the bounds of the RTO.
  int RankMs() const { return rto_ms == MeasuredMs() ? srtt_ms + 4 * rttvar_ms : rto_ms; }
  /// Returns whether timeouts have made it one that is only probed.
  bool IsProbed() const { return rto_ms >= kProbeMs && 4 * MeasuredMs() <= rto_ms; }
};

/// What a question is about to do.
struct Progress {
  std::vector<int> attempts;  // With each server; a packet is sent twice in each.
  int all_attempts = 0;
  bool is_sent_twice = false;      // The last packet was the second of its attempt.
  bool is_to_be_repeated = false;  // To the same server.
  size_t server = 0;
  int timeouts_in_row = 0;  // After one or two, the answer counts as that to a shortened name: the whole one is asked.
};

class Unbound : public Policy {
 public:
  explicit Unbound(const PolicyContext& context) : dice_(context.seed) {
    has_ipv6_ = std::ranges::any_of(
        context.internet.servers, [](const Server& server) { return server.address.family() == world::Family::kIpv6; });
  }

  std::optional<Move> Next(const Question& question, Instant now) override {
    Progress& progress = progress_[question.id];
    progress.attempts.resize(question.servers->size());
    progress.is_sent_twice = std::exchange(progress.is_to_be_repeated, false);
    if (!progress.is_sent_twice) {
      const std::optional<size_t> chosen = Choose(question, progress, now);
      if (!chosen || ++progress.all_attempts > kMostAttempts) {
        progress_.erase(question.id);
        return std::nullopt;
      }
      progress.server = *chosen;
      ++progress.attempts[*chosen];
    }
    Host& host = HostOf(question, progress.server, now);
    if (host.IsProbed()) host.probe_ends = now + Milliseconds(host.rto_ms + 1'999);
    return Move{progress.server, Milliseconds(host.rto_ms)};
  }

  void Answered(const Question& question, const Event& event, servers::Report report, Instant now) override {
    Host& host = HostOf(question, event.server, now);
    if (host.RankMs() >= kMostMs) host = {.is_lame = host.is_lame, .expires = host.expires};
    const int delta = static_cast<int>(event.waited / world::Milliseconds(1)) - host.srtt_ms;
    host.srtt_ms += delta / 8;
    host.rttvar_ms += (std::abs(delta) - host.rttvar_ms) / 4;
    host.rto_ms = host.MeasuredMs();
    host.timeouts_in_row = 0;
    host.probe_ends = {};
    if (report == servers::Report::kLame || report == servers::Report::kRefused) host.is_lame = true;
    if (report != servers::Report::kValid) progress_[question.id].timeouts_in_row = 0;
  }

  bool IsEnough(const Question& question) override {
    const int timeouts = std::exchange(progress_[question.id].timeouts_in_row, 0);
    return timeouts == 0 || timeouts >= kTimeoutsToNameWhole;
  }

  void TimedOut(const Question& question, const Event& event, Instant now) override {
    Progress& progress = progress_[question.id];
    const int sent_with_ms = static_cast<int>(event.timeout / world::Milliseconds(1));
    if (!progress.is_sent_twice && sent_with_ms < kMostToSendTwiceMs) {
      progress.is_to_be_repeated = true;
      return;
    }
    ++progress.timeouts_in_row;
    Host& host = HostOf(question, event.server, now);
    ++host.timeouts_in_row;
    // What others have heard or doubled meanwhile is left as it is.
    if (host.rto_ms >= sent_with_ms && host.rto_ms <= 2 * sent_with_ms)
      host.rto_ms = std::min(2 * sent_with_ms, kMostMs);
  }

  void Finished(const Question& question, Instant) override { progress_.erase(question.id); }

  /// Where there are two families, it looks for the address in the other one of every nameserver.
  size_t OwnQuestions(const Question& question) const override { return has_ipv6_ ? question.servers->size() : 0; }

 private:
  /// Chooses at random among those within a band of the best.
  std::optional<size_t> Choose(const Question& question, const Progress& progress, Instant now) {
    std::vector<int> scores;
    for (size_t i = 0; i < question.servers->size(); ++i) {
      scores.push_back(progress.attempts[i] >= kTriesPerServer ? kUnusable : ScoreOf(question, i, now));
    }
    const int best = *std::ranges::min_element(scores);
    if (best == kUnusable) return std::nullopt;
    std::vector<size_t> band;
    for (size_t i = 0; i < scores.size(); ++i) {
      if (scores[i] <= best + kBandMs) band.push_back(i);
    }
    return band[dice_.Below(band.size())];
  }

  /// Returns the record of a server, which begins anew when its time is over; but what was given up stays given up.
  Host& HostOf(const Question& question, size_t server, Instant now) {
    Host& host = hosts_[{(*question.servers)[server], question.zone}];
    if (host.expires > now) return host;
    const bool is_given_up = host.rto_ms >= kMostMs;
    host = {.rto_ms = is_given_up ? kMostMs : kUnknownMs,
            .timeouts_in_row = is_given_up ? host.timeouts_in_row : 0,
            .expires = now + kHostTtl};
    return host;
  }

  /// Returns what a server is ranked by. One that is given up is the last choice when its record has expired, one that
  /// is being probed while it has not been silent too often.
  int ScoreOf(const Question& question, size_t server, Instant now) {
    const Host& host = hosts_[{(*question.servers)[server], question.zone}];
    if (host.expires <= now) return host.rto_ms >= kMostMs ? kLastChoiceMs : kUnknownMs;
    if (host.is_lame) return kUnusable;
    if (host.IsProbed() && now < host.probe_ends) {
      return host.timeouts_in_row >= kProbesInFlight ? kUnusable : kLastChoiceMs;
    }
    return host.RankMs() >= kMostMs ? kUnusable : host.RankMs();
  }

  Dice dice_;
  bool has_ipv6_ = false;
  absl::flat_hash_map<std::pair<size_t, size_t>, Host> hosts_;
  absl::flat_hash_map<uint64_t, Progress> progress_;
};

}  // namespace

std::unique_ptr<Policy> MakeUnbound(const PolicyContext& context) { return std::make_unique<Unbound>(context); }

}  // namespace selection
