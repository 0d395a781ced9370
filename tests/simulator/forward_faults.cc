#include "tests/simulator/forward_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "engine/simulator/seeded_random.h"
#include "tests/simulator/scene.h"

namespace simulator {
namespace {

using world::Duration;
using world::Milliseconds;
using world::Seconds;

constexpr auto kAddresses = std::to_array<std::string_view>({"20.0.1.1", "20.0.1.2", "20.0.1.3", "20.0.1.4"});
constexpr Duration kLength = Seconds(60);
constexpr Duration kQuiet = Seconds(3);    // All are well at first.
constexpr Duration kOverlap = Seconds(4);  // Who was well and who will be: longer than forward.query-timeout.
constexpr int kNames = 400;

/// What can befall an upstream.
enum class Fault : uint8_t { kSilent, kServFail, kRefused, kFormErr, kSlow, kPortClosed, kConnectionCut, kCertificate };
constexpr auto kFaults = std::to_array<std::string_view>(
    {"silent", "SERVFAIL", "REFUSED", "FORMERR", "slow", "port closed", "connections cut", "not trusted"});

/// Returns how an upstream behaves that a fault has befallen.
ZoneServers::Manner MannerOf(Fault fault, SeededRandom& random) {
  ZoneServers::Manner manner;
  switch (fault) {
    case Fault::kSilent:
      manner.is_silent = true;
      break;
    case Fault::kServFail:
      manner.rcode = wire::Rcode::kServFail;
      break;
    case Fault::kRefused:
      manner.rcode = wire::Rcode::kRefused;
      break;
    case Fault::kFormErr:
      manner.rcode = wire::Rcode::kFormErr;
      break;
    case Fault::kSlow:
      manner.latency = Milliseconds(static_cast<int64_t>(300 + random.Below(2'500)));
      break;
    case Fault::kPortClosed:
      manner.mishap = world::Mishap::kPortUnreachable;
      break;
    case Fault::kConnectionCut:
      manner.mishap = world::Mishap::kClosed;
      break;
    case Fault::kCertificate:
      manner.mishap = world::Mishap::kNotTrusted;
      break;
  }
  return manner;
}

/// One seed's scene.
class FaultyScene {
 public:
  explicit FaultyScene(uint64_t seed) : random_(SeedOf(seed, 77)) {
    run_.seed = seed;
    scene_.options.seed = seed;
    scene_.options.workers = static_cast<uint16_t>(1 + random_.Below(3));
    MakeUpstreams();
    MakeFaults();
  }

  /// Asks, and counts what came.
  ForwardRun Play() {
    std::vector<uint64_t> slots;
    const Duration gap = Milliseconds(static_cast<int64_t>(20 + random_.Below(100)));
    for (Duration at{}; at < kLength; at += gap) {
      const auto name = fmt::format("w{}.com.", run_.asked++ % kNames);
      slots.push_back(
          scene_.AskAfter(at, name, wire::RrType::kA, static_cast<uint16_t>(random_.Below(scene_.options.workers))));
    }
    scene_.RunUntil(kLength + Seconds(11));
    for (const uint64_t slot : slots) {
      if (scene_.AnswerOf(slot).answer.empty()) ++run_.lost;
      const Fate& fate = scene_.simulation().fate(slot);
      if (fate.ended - fate.asked > Seconds(1)) ++run_.slow;
    }
    run_.moved = scene_.Count(metrics::Metric::kForwardSecondServer);
    return run_;
  }

 private:
  /// Draws the upstreams, their transports, pools and strategy.
  void MakeUpstreams() {
    constexpr auto kStrategies =
        std::to_array({settings::Strategy::kParallel, settings::Strategy::kBalanced, settings::Strategy::kFailover});
    constexpr auto kSchemes = std::to_array<std::string_view>({"udp", "tcp", "tls", "https"});
    count_ = 2 + random_.Below(kAddresses.size() - 1);
    const settings::Strategy strategy = kStrategies[random_.Below(kStrategies.size())];
    const size_t in_first_pool = 1 + random_.Below(count_);
    std::string names;
    for (int i = 0; i < kNames; ++i) names += fmt::format("w{0}.com. 2 IN A 198.51.100.{1}\n", i, i % 250);
    run_.plan = fmt::format("strategy {}, {} in the first pool\n", static_cast<int>(strategy), in_first_pool);
    std::vector<settings::UpstreamUrl> first;
    std::vector<settings::UpstreamUrl> second;
    for (size_t i = 0; i < count_; ++i) {
      const std::string_view scheme = kSchemes[random_.Below(kSchemes.size())];
      const std::string url = fmt::format("{}://{}{}", scheme, kAddresses[i], scheme == "https" ? "/dns-query" : "");
      auto& pool = i < in_first_pool ? first : second;
      pool.push_back(std::get<settings::UpstreamUrl>(settings::UpstreamFromText(url)));
      run_.plan += fmt::format("{}\n", url);
      scene_.servers.Serve(kAddresses[i], "com.", Scene::ZoneText("com.", Scene::kCom, names));
      scene_.servers.Serve(kAddresses[i], ".", Scene::RootText(1, ""));
    }
    scene_.settings.forward_pools.push_back({"first", strategy, 1, std::move(first)});
    if (!second.empty()) scene_.settings.forward_pools.push_back({"second", strategy, 2, std::move(second)});
  }

  /// Draws the faults. The upstream that is well in one span is well until some time into the next.
  void MakeFaults() {
    size_t well = random_.Below(count_);
    Duration begin = kQuiet;
    while (begin < kLength) {
      const Duration end = begin + kOverlap + Milliseconds(static_cast<int64_t>(random_.Below(8'000)));
      const size_t next = random_.Below(count_);
      for (size_t i = 0; i < count_; ++i) {
        if (i == well || random_.OneIn(4)) continue;
        // Whoever is to be well in the next span has recovered before this one ends.
        AddFault(i, begin, i == next ? end - kOverlap : end);
      }
      well = next;
      begin = end;
    }
  }

  /// Has a fault befall an upstream.
  void AddFault(size_t upstream, Duration from, Duration to) {
    const auto fault = static_cast<Fault>(random_.Below(kFaults.size()));
    ZoneServers::Manner manner = MannerOf(fault, random_);
    manner.from = Simulation::kBegin + from;
    manner.to = Simulation::kBegin + to;
    scene_.servers.Behave(kAddresses[upstream], manner);
    run_.plan += fmt::format("{} {} from {} ms to {} ms\n", kAddresses[upstream], kFaults[static_cast<size_t>(fault)],
                             from.count() / 1000, to.count() / 1000);
  }

  SeededRandom random_;
  Scene scene_;
  ForwardRun run_;
  size_t count_ = 2;
};

}  // namespace

ForwardRun RunForwardSeed(uint64_t seed) { return FaultyScene(seed).Play(); }

}  // namespace simulator
