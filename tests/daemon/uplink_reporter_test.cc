#include "engine/daemon/uplink_reporter.h"

#include <doctest/doctest.h>

namespace taprootd {
namespace {

using servers::Link;
using servers::LinkReport;
using world::Family;
using world::Seconds;

TEST_CASE("The log says when an uplink is lost and when it is back, once each") {
  const LinkReport well{};
  const LinkReport suspect{.state = Link::kSuspect};
  const LinkReport down{.state = Link::kDown, .outages = 1, .down_for = Seconds(1)};
  const LinkReport still{.state = Link::kDown, .outages = 1, .down_for = Seconds(2)};
  const LinkReport back{.state = Link::kUp, .outages = 1, .down_for = Seconds(3)};
  CHECK(UplinkLine(Family::kIpv4, well, suspect).empty());
  CHECK(UplinkLine(Family::kIpv4, suspect, down) ==
        "no nameserver answers over IPv4: the uplink is taken to be down, and none is blamed");
  CHECK(UplinkLine(Family::kIpv4, down, still).empty());
  CHECK(UplinkLine(Family::kIpv6, still, back) == "nameservers answer over IPv6 again");
  CHECK(UplinkLine(Family::kIpv6, back, back).empty());
}

TEST_CASE("An outage that was over before anybody looked is told as well") {
  const LinkReport over{.state = Link::kUp, .outages = 1, .down_for = Seconds(1)};
  CHECK(UplinkLine(Family::kIpv4, {}, over) ==
        "no nameserver answered for a moment over IPv4: the uplink is taken to be down, and none is blamed");
}

TEST_CASE("The metrics tell of both families") {
  servers::Uplink uplink;
  Log log;
  const UplinkReporter reporter(log, uplink);
  const world::Now now{world::Instant(Seconds(1'000)), world::WallTime(Seconds(1'790'000'000))};
  for (int i = 0; i < 5; ++i) {
    const auto address = world::Address::FromOctets(world::Octets{20, 0, static_cast<uint8_t>(i), 1});
    static_cast<void>(uplink.Failed({*address, now.mono - Seconds(7), true}, now.mono));
  }
  metrics::Counters counters;
  reporter.Count(now, counters);
  CHECK(counters.Get(metrics::Metric::kUplinkIpv4) == 2);
  CHECK(counters.Get(metrics::Metric::kUplinkIpv6) == 0);
  CHECK(counters.Get(metrics::Metric::kUplinkOutagesIpv4) == 1);
  CHECK(counters.Get(metrics::Metric::kUplinkOutageTimeIpv4) == 7);
  CHECK(counters.Get(metrics::Metric::kUplinkPardons) == 5);
}

}  // namespace
}  // namespace taprootd
