#include "engine/daemon/uplink_reporter.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace taprootd {
namespace {

using servers::Link;
using servers::LinkReport;
using world::Family;

/// The families, as they stand in arrays.
constexpr std::array kFamilies = {Family::kIpv6, Family::kIpv4};

/// Returns whole seconds.
uint64_t SecondsOf(world::Duration duration) {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

std::string UplinkLine(Family family, const LinkReport& before, const LinkReport& after) {
  const std::string_view name = family == Family::kIpv4 ? "IPv4" : "IPv6";
  const bool is_down = after.state == Link::kDown;
  const bool is_over = !is_down && before.state == Link::kDown;
  if (after.outages != before.outages && !is_over) {
    return fmt::format("no nameserver {} over {}: the uplink is taken to be down, and none is blamed",
                       is_down ? "answers" : "answered for a moment", name);
  }
  if (!is_over) return {};
  return fmt::format("nameservers answer over {} again", name);
}

void UplinkReporter::OnTurn(world::Now now) {
  if (now.mono < next_) return;
  next_ = now.mono + kPeriod;
  for (size_t i = 0; i < kFamilies.size(); ++i) {
    const LinkReport after = uplink_.ReportOf(kFamilies[i], now.mono);
    const std::string line = UplinkLine(kFamilies[i], seen_[i], after);
    if (!line.empty()) log_.Warn(line);
    seen_[i] = after;
  }
}

void UplinkReporter::Count(world::Now now, metrics::Counters& counters) const {
  using metrics::Metric;
  const LinkReport ipv4 = uplink_.ReportOf(Family::kIpv4, now.mono);
  const LinkReport ipv6 = uplink_.ReportOf(Family::kIpv6, now.mono);
  counters.Set(Metric::kUplinkIpv4, static_cast<uint64_t>(ipv4.state));
  counters.Set(Metric::kUplinkIpv6, static_cast<uint64_t>(ipv6.state));
  counters.Add(Metric::kUplinkOutagesIpv4, ipv4.outages);
  counters.Add(Metric::kUplinkOutagesIpv6, ipv6.outages);
  counters.Add(Metric::kUplinkOutageTimeIpv4, SecondsOf(ipv4.down_for));
  counters.Add(Metric::kUplinkOutageTimeIpv6, SecondsOf(ipv6.down_for));
  counters.Add(Metric::kUplinkPardons, uplink_.pardons());
}

}  // namespace taprootd
