#include "engine/servers/rtt.h"

#include "tests/servers/timeline.h"

namespace servers {
namespace {

TEST_CASE("the first sample is the time, and half of it the variance (RFC 6298 2.2)") {
  RttEstimate rtt;
  rtt.Add(Ms(100), Ms(0));
  CHECK(rtt.smoothed == Ms(100));
  CHECK(rtt.variance == Ms(50));
  CHECK(rtt.Timeout(0) == Ms(300));
}

TEST_CASE("a sample moves the time by an eighth and the variance by a quarter (RFC 6298 2.3)") {
  RttEstimate rtt{.smoothed = Ms(100), .variance = Ms(10), .measured = true};
  rtt.Add(Ms(180), Ms(0));
  CHECK(rtt.smoothed == Ms(110));
  CHECK(rtt.variance == world::Duration(27'500));
  CHECK(rtt.Timeout(0) == Ms(220));
}

TEST_CASE("the older the estimate, the more a sample weighs: half after 20 s, all after minutes") {
  const RttEstimate old{.smoothed = Ms(100), .variance = Ms(10), .measured = true};
  for (const auto& [seconds, smoothed] :
       {std::pair(3, 90), std::pair(20, 60), std::pair(40, 40), std::pair(86'400, 20)}) {
    RttEstimate rtt = old;
    rtt.Add(Ms(20), world::Seconds(seconds));
    CHECK(rtt.smoothed / Ms(1) == smoothed);
  }
}

TEST_CASE("the timeout has a floor, a ceiling and a least margin") {
  CHECK(RttEstimate{.smoothed = Ms(1), .variance = Ms(0), .measured = true}.Timeout(0) == kLeastTimeout);
  CHECK(RttEstimate{.smoothed = Ms(100), .variance = Ms(1), .measured = true}.Timeout(0) == Ms(120));
  CHECK(RttEstimate{.smoothed = Ms(900), .variance = Ms(900), .measured = true}.Timeout(0) == kMostTimeout);
}

TEST_CASE("the timeout doubles with each try in a question (RFC 6298 5.5), up to the ceiling") {
  const RttEstimate rtt{.smoothed = Ms(100), .variance = Ms(25), .measured = true};
  CHECK(rtt.Timeout(1) == Ms(400));
  CHECK(rtt.Timeout(3) == Ms(1'600));
  CHECK(rtt.Timeout(4) == kMostTimeout);
  CHECK(rtt.Timeout(1'000'000) == kMostTimeout);
}

TEST_CASE("an address that never answered is given 400 ms") {
  CHECK(RttEstimate().Timeout(0) == Ms(400));
  CHECK(RttEstimate().Timeout(1) == Ms(800));
}

TEST_CASE("a sample of no time, or of a day, does no harm") {
  RttEstimate rtt;
  rtt.Add(world::Duration(-5), Ms(0));
  CHECK(rtt.smoothed == world::Duration(1));
  rtt.Add(world::Seconds(86'400), Ms(0));
  CHECK(rtt.smoothed < world::Seconds(8));
}

}  // namespace
}  // namespace servers
