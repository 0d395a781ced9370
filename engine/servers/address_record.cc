#include "engine/servers/address_record.h"

#include <algorithm>

namespace servers {

void AddressRecord::Sent(world::Instant now) {
  ++asked;
  if (IsSilent() && !RestsAt(now)) rests_until = now + rtt.Timeout(0);
  sent_at = now;
}

void AddressRecord::Answered(world::Protocol via, world::Duration sample, Report report, world::Instant now) {
  ++answered;
  const auto age = answered_at < now && answered_at != kNeverBefore ? now - answered_at : world::Duration::zero();
  answered_at = now;
  timeouts_in_row = 0;
  rests_until = kNeverBefore;
  if (via == world::Protocol::kUdp) rtt.Add(sample, age);  // Over TCP it holds a handshake, and says little of UDP.
  if (report == Report::kNoEdns) plain_until = now + kPlainTime;
}

void AddressRecord::TimedOut(world::Instant sent, world::Instant now) {
  ++timeouts;
  const bool cut_short = now - sent < rtt.Timeout(0);  // Its times have grown since.
  const bool answered_since = answered_at >= sent;     // The address lives, and a packet was lost.
  if (!cut_short && !answered_since) Rest(now);
}

void AddressRecord::Unreachable(world::Instant now) {
  ++timeouts;
  Rest(now);
}

void AddressRecord::Forgive() {
  timeouts_in_row = 0;
  rests_until = kNeverBefore;
}

void AddressRecord::Rest(world::Instant now) {
  // At 100 queries a second thirty are out when the first is overdue: they are one failure.
  if (RestsAt(now)) return;
  constexpr int kMostDoublings = 6;  // 0.5 s * 2^6 is past the longest.
  rests_until = now + std::min(kFirstRest * (1 << std::min(timeouts_in_row, kMostDoublings)), kLongestRest);
  ++timeouts_in_row;
}

}  // namespace servers
