#include "bench/selection/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace selection {
namespace {

using world::Duration;
using world::Instant;
using world::Milliseconds;
using world::Seconds;

/// Returns the instant that is so many seconds into a run.
constexpr Instant At(int64_t seconds) { return kStart + Seconds(seconds); }

/// Returns a scenario of the plain internet.
Scenario Plain(std::string name, std::string story, const Recipe& recipe) {
  Scenario scenario{
      .name = std::move(name), .story = std::move(story), .internet = MakeInternet(recipe), .targets = {}};
  return scenario;
}

/// Adds a phase to a server that keeps its round-trip time.
void Become(Internet& internet, size_t server, Temper temper, Instant from) {
  std::vector<Phase>& phases = internet.servers[server].phases;
  phases.push_back({from, temper, phases.back().rtt});
}

/// Gives a server another round-trip time.
void Move(Internet& internet, size_t server, Duration rtt, Instant from) {
  internet.servers[server].phases.push_back({from, Temper::kHealthy, rtt});
}

/// The fastest server of each zone becomes slow: an anycast site is gone.
Scenario FastBecomesSlow(uint64_t seed) {
  Scenario s = Plain("fast becomes slow", "the fastest of each zone goes to 400 ms at 300 s", {.seed = seed});
  for (size_t zone = 0; zone < s.internet.zones.size(); ++zone) {
    Move(s.internet, FastestOf(s.internet, zone), Milliseconds(400), At(300));
  }
  return s;
}

/// The slowest server of each zone becomes the fastest: an anycast site is new.
Scenario SlowBecomesFast(uint64_t seed) {
  Scenario s =
      Plain("slow becomes fast", "the slowest of each zone goes to 2 ms at 300 s", {.seed = seed, .least_rtt_ms = 20});
  for (size_t zone = 0; zone < s.internet.zones.size(); ++zone) {
    const size_t slowest = SlowestOf(s.internet, zone);
    Move(s.internet, slowest, Milliseconds(2), At(300));
    s.targets.push_back({zone, slowest});
  }
  s.change = At(300);
  return s;
}

/// The fastest server of each zone is dead from 120 s to 360 s.
Scenario DeadFastest(uint64_t seed, size_t servers) {
  Scenario s = Plain(fmt::format("1 of {} dead", servers), "the fastest of each zone is dead from 120 s to 360 s",
                     {.seed = seed, .least_servers = servers, .most_servers = servers});
  for (size_t zone = 0; zone < s.internet.zones.size(); ++zone) {
    const size_t fastest = FastestOf(s.internet, zone);
    Become(s.internet, fastest, Temper::kDead, At(120));
    Become(s.internet, fastest, Temper::kHealthy, At(360));
    s.targets.push_back({zone, fastest});
  }
  s.change = At(360);
  return s;
}

/// Packets are lost everywhere.
Scenario Lossy(uint64_t seed, int percent) {
  Scenario s = Plain(fmt::format("loss {} %", percent), "of packets, everywhere", {.seed = seed});
  s.internet.loss = percent / 100.0;
  return s;
}

/// The fastest server of each zone is up for a minute and down for a minute.
Scenario Flapping(uint64_t seed) {
  Scenario s = Plain("flapping", "the fastest of each zone is down every other minute", {.seed = seed});
  for (size_t zone = 0; zone < s.internet.zones.size(); ++zone) {
    const size_t fastest = FastestOf(s.internet, zone);
    for (int64_t minute = 1; minute < 10; ++minute) {
      Become(s.internet, fastest, minute % 2 == 1 ? Temper::kDead : Temper::kHealthy, At(60 * minute));
    }
  }
  return s;
}

/// No packet gets through over IPv6 from 120 s to 360 s.
Scenario Ipv6Dead(uint64_t seed) {
  Scenario s = Plain("IPv6 dead", "every IPv6 address is dead from 120 s to 360 s", {.seed = seed, .most_servers = 6});
  for (size_t zone = 0; zone < s.internet.zones.size(); ++zone) {
    for (const size_t server : s.internet.zones[zone]) {
      if (s.internet.servers[server].address.family() != world::Family::kIpv6) continue;
      Become(s.internet, server, Temper::kDead, At(120));
      Become(s.internet, server, Temper::kHealthy, At(360));
    }
    const size_t fastest = FastestOf(s.internet, zone);
    if (s.internet.servers[fastest].phases.size() > 1) s.targets.push_back({zone, fastest});
  }
  s.change = At(360);
  return s;
}

/// The resolver's own uplink is gone for ten minutes; what is measured is the ten minutes after.
Scenario UplinkOutage(uint64_t seed) {
  Scenario s = Plain("after an outage", "the uplink is gone from 60 s to 660 s; measured from 660 s", {.seed = seed});
  s.internet.outages.push_back({At(60), At(660)});
  s.length = Seconds(1'260);
  s.warm_up = Seconds(660);
  s.change = At(660);
  for (size_t zone = 0; zone < s.internet.zones.size(); ++zone) {
    s.targets.push_back({zone, FastestOf(s.internet, zone)});
  }
  return s;
}

/// The fastest server of each zone answers badly, and is mended at 360 s.
Scenario FastestIs(uint64_t seed, Temper temper, std::string name) {
  Scenario s = Plain(std::move(name), "from the start to 360 s", {.seed = seed});
  for (size_t zone = 0; zone < s.internet.zones.size(); ++zone) {
    const size_t fastest = FastestOf(s.internet, zone);
    s.internet.servers[fastest].phases.front().temper = temper;
    Become(s.internet, fastest, Temper::kHealthy, At(360));
    s.targets.push_back({zone, fastest});
  }
  s.change = At(360);
  return s;
}

/// A client asks for names that no server answers.
Scenario Hostile(uint64_t seed) {
  Scenario s = Plain("hostile client", "one question in five is for a name that no server answers", {.seed = seed});
  s.share_unanswerable = 0.2;
  return s;
}

/// The first questions of a resolver that has just started.
Scenario Cold(uint64_t seed) {
  Scenario s = Plain("cold", "the first minute, nothing known", {.seed = seed});
  s.length = Seconds(60);
  s.warm_up = Seconds(0);
  return s;
}

}  // namespace

std::vector<Asked> MakeQuestions(const Scenario& scenario) {
  const Internet& internet = scenario.internet;
  std::vector<Asked> questions;
  Instant at = kStart;
  for (uint64_t query = 0;; ++query) {
    const double gap = -std::log(1 - Draw(internet.seed, query, 20)) / scenario.questions_per_second;
    at += Duration(static_cast<int64_t>(gap * 1e6));
    if (at >= kStart + scenario.length) return questions;
    const double position = std::pow(Draw(internet.seed, query, 21), 1.5);
    questions.push_back({.at = at,
                         .zone = static_cast<size_t>(position * static_cast<double>(internet.zones.size())),
                         .unanswerable = Draw(internet.seed, query, 22) < scenario.share_unanswerable});
  }
}

std::vector<Scenario> MakeScenarios(uint64_t seed) {
  std::vector<Scenario> scenarios;
  scenarios.push_back(Plain("stable", "2 to 6 servers of 5 to 300 ms", {.seed = seed}));
  scenarios.push_back(Cold(seed));
  scenarios.push_back(FastBecomesSlow(seed));
  scenarios.push_back(SlowBecomesFast(seed));
  for (const size_t servers : {2u, 4u, 13u}) scenarios.push_back(DeadFastest(seed, servers));
  for (const int percent : {10, 30, 50}) scenarios.push_back(Lossy(seed, percent));
  scenarios.push_back(Flapping(seed));
  scenarios.push_back(Ipv6Dead(seed));
  scenarios.push_back(UplinkOutage(seed));
  scenarios.push_back(FastestIs(seed, Temper::kLame, "fastest is lame"));
  scenarios.push_back(FastestIs(seed, Temper::kServFail, "fastest fails"));
  scenarios.push_back(Hostile(seed));
  return scenarios;
}

}  // namespace selection
