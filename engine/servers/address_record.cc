#include "engine/servers/address_record.h"

#include <algorithm>

namespace servers {
namespace {

/// What is not put down to loss: a row of misses that is as rare as this, and beyond so many anyhow.
constexpr double kTooRare = 0.01;
constexpr int kMostPatience = 2;

/// A row of silences as long as this was an outage of the server, and says nothing of loss.
constexpr int kOutage = 4;

}  // namespace

int AddressRecord::Patience() const {
  int patience = 0;
  for (double row = loss; patience < kMostPatience && row > kTooRare; row *= loss) ++patience;
  return patience;
}

void AddressRecord::Lost(int packets, const Figures& figures) {
  for (; packets > 0; --packets) loss += (1 - loss) * figures.loss_gain;
}

void AddressRecord::Sent(world::Instant now) {
  ++asked;
  if (IsSilent() && !RestsAt(now)) rests_until = now + rtt.Timeout(0);
  sent_at = now;
}

void AddressRecord::Answered(world::Protocol via, world::Duration sample, Report report, world::Instant now,
                             const Figures& figures) {
  ++answered;
  const auto age = answered_at < now && answered_at != kNeverBefore ? now - answered_at : world::Duration::zero();
  answered_at = now;
  const bool was_lost = Silences() < kOutage && sample < rtt.Timeout(0);  // One that is late was not.
  if (was_lost) Lost(timeouts_in_row, figures);
  loss -= loss * figures.loss_gain;
  timeouts_in_row = 0;
  rests_until = kNeverBefore;
  // Over TCP it holds a handshake, and says little of UDP.
  if (via == world::Protocol::kUdp) rtt.Add(sample, age, figures.half_life);
  if (report == Report::kNoEdns) plain_until = now + kPlainTime;
}

void AddressRecord::TimedOut(world::Instant sent, world::Instant now, const Figures& figures) {
  ++timeouts;
  if (answered_at >= sent) return Lost(1, figures);  // The address lives, and a packet was lost.
  Rest(now, figures);
}

void AddressRecord::Unreachable(world::Instant now, const Figures& figures) {
  ++timeouts;
  timeouts_in_row = std::max(timeouts_in_row, Patience());  // It was not lost.
  Rest(now, figures);
}

void AddressRecord::Forgive() {
  timeouts_in_row = 0;
  rests_until = kNeverBefore;
}

void AddressRecord::Rest(world::Instant now, const Figures& figures) {
  // At 100 queries a second thirty are out when the first is overdue: they are one failure.
  if (RestsAt(now)) return;
  constexpr int kMostDoublings = 6;  // 0.5 s * 2^6 is past the longest.
  const int before = Silences();
  ++timeouts_in_row;
  if (!IsSilent()) return;
  rests_until = now + std::min(figures.first_rest * (1 << std::min(before, kMostDoublings)), kLongestRest);
}

}  // namespace servers
