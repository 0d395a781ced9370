// Questions that are forwarded, and upstreams that fail.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

#include "tests/simulator/scene.h"

namespace simulator {
namespace {

using metrics::Metric;
using settings::Strategy;
using wire::RrType;

constexpr std::string_view kFirst = "20.0.1.1";
constexpr std::string_view kSecond = "20.0.1.2";
constexpr std::string_view kThird = "20.0.1.3";

/// Returns the upstreams of some addresses.
std::vector<settings::UpstreamUrl> Urls(std::initializer_list<std::string_view> texts) {
  std::vector<settings::UpstreamUrl> urls;
  for (const std::string_view text : texts) {
    urls.push_back(std::get<settings::UpstreamUrl>(settings::UpstreamFromText(text)));
  }
  return urls;
}

/// A scene whose questions are all forwarded to three servers, which answer alike.
struct Forwarded : Scene {
  explicit Forwarded(Strategy strategy) {
    settings.forward.strategy = strategy;
    settings.forward.servers = Urls({kFirst, kSecond, kThird});
    std::string names;
    for (int i = 0; i < 500; ++i) names += fmt::format("w{0}.com. 300 IN A 198.51.100.{1}\n", i, i % 250);
    for (const std::string_view server : {kFirst, kSecond, kThird}) {
      servers.Serve(server, "com.", ZoneText("com.", kCom, names));
      servers.Serve(server, ".", RootText(1, ""));
    }
  }

  /// Asks once every `gap` until `until`, another name each time.
  void AskSteadily(world::Duration gap, world::Duration until) {
    int i = 0;
    for (world::Duration at{}; at < until; at += gap, ++i)
      AskAfter(at, fmt::format("w{}.com.", i % 500), RrType::kA, 0);
    asked = static_cast<uint64_t>(i);
  }

  /// Returns how many of those had no answer with data.
  uint64_t Lost() {
    uint64_t lost = 0;
    for (uint64_t slot = 0; slot < asked; ++slot) lost += AnswerOf(slot).answer.empty() ? 1u : 0u;
    return lost;
  }

  uint64_t asked = 0;
};

TEST_CASE("Questions are forwarded with all strategies, and nothing is walked") {
  for (const Strategy strategy : {Strategy::kParallel, Strategy::kBalanced, Strategy::kFailover}) {
    Forwarded scene(strategy);
    CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
    CHECK(scene.servers.CountAt(Scene::kCom) == 0);
    CHECK(scene.Count(Metric::kForwarded) == 1);
  }
}

TEST_CASE("The strategy parallel asks all at once and takes the first") {
  Forwarded scene(Strategy::kParallel);
  scene.servers.Behave(kFirst, {.latency = world::Milliseconds(300)});
  scene.servers.Behave(kSecond, {.latency = world::Milliseconds(200)});
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  CHECK(scene.simulation().now() - Simulation::kBegin < world::Milliseconds(50));
  CHECK(scene.Count(Metric::kForwardRacesLost) >= 2);
}

TEST_CASE("Under parallel an error of one upstream does not win over another's answer") {
  for (const wire::Rcode rcode : {wire::Rcode::kServFail, wire::Rcode::kRefused, wire::Rcode::kFormErr}) {
    Forwarded scene(Strategy::kParallel);
    scene.servers.Behave(kFirst, {.latency = world::Milliseconds(1), .rcode = rcode});
    scene.servers.Behave(kSecond, {.latency = world::Milliseconds(1), .rcode = rcode});
    CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  }
}

TEST_CASE("Under parallel an empty answer does not win over one with data that comes a moment later") {
  Forwarded scene(Strategy::kParallel);
  scene.servers.Serve(kFirst, "w1.com.", Scene::ZoneText("w1.com.", kFirst, ""));
  scene.servers.Behave(kFirst, {.latency = world::Milliseconds(1)});
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  CHECK(scene.Count(Metric::kForwardContradicted) == 1);
}

TEST_CASE("An empty answer that nobody contradicts is taken") {
  Forwarded scene(Strategy::kParallel);
  const wire::Message told = scene.Resolve("w1.com.", RrType::kTxt);
  CHECK(told.header.rcode == wire::Rcode::kNoError);
  CHECK(told.answer.empty());
}

TEST_CASE("Failover asks the first alone while it is healthy, and is back there once it has recovered") {
  Forwarded scene(Strategy::kFailover);
  scene.servers.Behave(kFirst, {.from = Simulation::kBegin + world::Seconds(10),
                                .to = Simulation::kBegin + world::Seconds(40),
                                .is_silent = true});
  scene.AskSteadily(world::Milliseconds(100), world::Seconds(60));
  scene.RunUntil(world::Seconds(70));
  CHECK(scene.Lost() == 0);
  const auto asks = [&](std::string_view server, int from, int to) {
    return std::ranges::count_if(scene.servers.log(), [&](const ZoneServers::Asked& asked) {
      return asked.question.type == RrType::kA && asked.server == *world::Address::FromText(server) &&
             asked.at >= Simulation::kBegin + world::Seconds(from) &&
             asked.at < Simulation::kBegin + world::Seconds(to);
    });
  };
  CHECK(asks(kSecond, 0, 10) == 0);
  CHECK(asks(kFirst, 12, 40) == 0);  // Out after one timeout.
  CHECK(asks(kSecond, 46, 60) == 0);
  CHECK(asks(kFirst, 46, 50) == 40);
}

TEST_CASE("No query is lost while one upstream of any pool lives, however the others fail") {
  for (const Strategy strategy : {Strategy::kParallel, Strategy::kBalanced, Strategy::kFailover}) {
    for (const bool silent : {true, false}) {
      Forwarded scene(strategy);
      // Each fails in turn, and for some time two at once.
      int second = 3;
      for (const std::string_view server : {kFirst, kSecond, kThird}) {
        ZoneServers::Manner manner{.from = Simulation::kBegin + world::Seconds(second),
                                   .to = Simulation::kBegin + world::Seconds(second + 12)};
        manner.is_silent = silent;
        if (!silent) manner.rcode = wire::Rcode::kServFail;
        scene.servers.Behave(server, manner);
        second += 8;
      }
      scene.AskSteadily(world::Milliseconds(20), world::Seconds(40));
      scene.RunUntil(world::Seconds(50));
      CAPTURE(static_cast<int>(strategy));
      CAPTURE(silent);
      CHECK(scene.Lost() == 0);
    }
  }
}

TEST_CASE("All upstreams are silent: SERVFAIL after forward.query-timeout, with an Extended DNS Error (RFC 8914)") {
  Forwarded scene(Strategy::kFailover);
  for (const std::string_view server : {kFirst, kSecond, kThird}) scene.servers.Behave(server, {.is_silent = true});
  const wire::Message told = scene.Resolve("w1.com.");
  CHECK(told.header.rcode == wire::Rcode::kServFail);
  CHECK(scene.simulation().now() - Simulation::kBegin <= world::Seconds(3) + world::Milliseconds(10));
  REQUIRE(told.edns);
  REQUIRE(!told.edns->errors.empty());
  CHECK(told.edns->errors.front().text.find("udp://20.0.1.1 timeout") != std::string::npos);
}

TEST_CASE("All upstreams say REFUSED: so is the client told") {
  Forwarded scene(Strategy::kFailover);
  for (const std::string_view server : {kFirst, kSecond, kThird}) {
    scene.servers.Behave(server, {.rcode = wire::Rcode::kRefused});
  }
  CHECK(scene.Resolve("w1.com.").header.rcode == wire::Rcode::kRefused);
}

TEST_CASE("forward.fallback = walk: what no upstream answers is asked of the nameservers") {
  Forwarded scene(Strategy::kFailover);
  scene.settings.forward.fallback = settings::Fallback::kWalk;
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, "w1.com. 300 IN A 198.51.100.77\n"));
  for (const std::string_view server : {kFirst, kSecond, kThird}) {
    scene.servers.Behave(server, {.rcode = wire::Rcode::kServFail});
  }
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.77");
  CHECK(scene.Count(Metric::kForwardFallbacks) == 1);
}

/// A scene that walks, but for corp.com., which has a pool of its own.
struct Split : Scene {
  Split() {
    settings.forward_pools.push_back({"internal", Strategy::kFailover, 1, Urls({kFirst})});
    settings.forward_routes.push_back(
        {{*wire::Name::FromText("corp.com."), *wire::Name::FromText("10.in-addr.arpa.")}, {"internal"}});
    servers.Serve(Scene::kCom, "com.",
                  ZoneText("com.", kCom, "w1.com. 300 IN A 198.51.100.1\nto.com. 300 IN CNAME www.corp.com.\n"));
    servers.Serve(
        kFirst, "corp.com.",
        ZoneText("corp.com.", kFirst, "www.corp.com. 300 IN A 10.0.0.1\nout.corp.com. 300 IN CNAME w1.com.\n"));
    servers.Serve(kFirst, "10.in-addr.arpa.",
                  ZoneText("10.in-addr.arpa.", kFirst, "1.0.0.10.in-addr.arpa. 300 IN PTR www.corp.com.\n"));
  }
};

TEST_CASE("A route takes its names to its pool, and others are walked") {
  Split scene;
  CHECK(Told(scene.Resolve("www.corp.com.")) == "NOERROR www.corp.com. A 10.0.0.1");
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  CHECK(scene.servers.CountAt(Scene::kCom) > 0);
}

TEST_CASE("A route beats a special-use name (RFC 6303)") {
  Split scene;
  CHECK(Told(scene.Resolve("1.0.0.10.in-addr.arpa.", RrType::kPtr)) ==
        "NOERROR 1.0.0.10.in-addr.arpa. PTR www.corp.com.");
}

TEST_CASE("Aliases lead from walked names to forwarded ones, and back") {
  Split scene;
  CHECK(Told(scene.Resolve("to.com.")) == "NOERROR to.com. CNAME www.corp.com. www.corp.com. A 10.0.0.1");
  CHECK(Told(scene.Resolve("out.corp.com.")) == "NOERROR out.corp.com. CNAME w1.com. w1.com. A 198.51.100.1");
}

TEST_CASE("NXDOMAIN of a zone in public says nothing of names within that have a route (split horizon, RFC 8020)") {
  Split scene;
  CHECK(scene.Resolve("corp.com.", RrType::kDs).header.rcode == wire::Rcode::kNxDomain);  // The parent's to say.
  CHECK(Told(scene.Resolve("www.corp.com.")) == "NOERROR www.corp.com. A 10.0.0.1");
}

TEST_CASE("What an upstream says of names that are not its own is thrown away (MaginotDNS)") {
  Split scene;
  ZoneServers::Manner poison{};
  poison.extra.answer.push_back({*wire::Name::FromText("w1.com."), RrType::kA, wire::RrClass::kIn, 300, {}, {}});
  poison.extra.answer.back().rdatas.Add(std::array<uint8_t, 4>{6, 6, 6, 6});
  scene.servers.Behave(kFirst, poison);
  CHECK(Told(scene.Resolve("www.corp.com.")) == "NOERROR www.corp.com. A 10.0.0.1");
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  CHECK(Told(scene.Resolve("out.corp.com.")) == "NOERROR out.corp.com. CNAME w1.com. w1.com. A 198.51.100.1");
}

TEST_CASE("What a nameserver in public says of names that have a route is thrown away") {
  Split scene;
  ZoneServers::Manner poison{};
  poison.extra.answer.push_back({*wire::Name::FromText("www.corp.com."), RrType::kA, wire::RrClass::kIn, 300, {}, {}});
  poison.extra.answer.back().rdatas.Add(std::array<uint8_t, 4>{6, 6, 6, 6});
  scene.servers.Behave(Scene::kCom, poison);
  CHECK(Told(scene.Resolve("to.com.")) == "NOERROR to.com. CNAME www.corp.com. www.corp.com. A 10.0.0.1");
}

TEST_CASE("The pool of the lowest priority number with a healthy upstream is used, then the next") {
  Forwarded scene(Strategy::kFailover);
  scene.settings.forward.servers = Urls({kThird});
  scene.settings.forward_pools.push_back({"later", Strategy::kFailover, 2, Urls({kSecond})});
  scene.settings.forward_pools.push_back({"sooner", Strategy::kFailover, 1, Urls({kFirst})});
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  scene.servers.Behave(kFirst, {.from = scene.simulation().now(), .rcode = wire::Rcode::kServFail});
  CHECK(Told(scene.Resolve("w2.com.")) == "NOERROR w2.com. A 198.51.100.2");
  const auto of_a = [&](std::string_view server) {
    return std::ranges::count_if(scene.servers.log(), [&](const ZoneServers::Asked& asked) {
      return asked.question.type == RrType::kA && asked.server == *world::Address::FromText(server);
    });
  };
  CHECK(of_a(kFirst) == 2);
  CHECK(of_a(kSecond) == 1);
  CHECK(of_a(kThird) == 0);
}

TEST_CASE("An upstream that is given by name is found by the walk, never by itself") {
  Forwarded scene(Strategy::kFailover);
  scene.settings.forward.servers = Urls({"udp://dns.com"});
  scene.servers.Serve(Scene::kCom, "com.",
                      Scene::ZoneText("com.", Scene::kCom, fmt::format("dns.com. 300 IN A {}\n", kFirst)));
  scene.RunUntil(world::Seconds(1));
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  CHECK(scene.servers.CountAt(kFirst) > 0);
}

TEST_CASE("An upstream that is given by name is found through the bootstrap servers, and again when they are back") {
  Forwarded scene(Strategy::kFailover);
  scene.settings.forward.servers = Urls({"udp://dns.net"});
  scene.settings.forward.bootstrap = settings::Endpoints(kSecond);
  scene.servers.Serve(kSecond, "net.", Scene::ZoneText("net.", kSecond, fmt::format("dns.net. 300 IN A {}\n", kFirst)));
  scene.servers.Behave(kSecond, {.to = Simulation::kBegin + world::Seconds(20), .is_silent = true});
  scene.RunUntil(world::Seconds(1));
  CHECK(scene.Resolve("w1.com.").header.rcode == wire::Rcode::kServFail);
  scene.RunUntil(world::Seconds(40));
  CHECK(Told(scene.Resolve("w2.com.")) == "NOERROR w2.com. A 198.51.100.2");
  CHECK(scene.servers.CountAt(Scene::kNet) == 0);
}

TEST_CASE("A truncated answer of an upstream is asked for again over TCP (RFC 7766 section 5)") {
  Forwarded scene(Strategy::kFailover);
  std::string names;
  for (int i = 0; i < 200; ++i) names += fmt::format("big.com. 300 IN A 198.51.100.{}\n", i);
  scene.servers.Serve(kFirst, "com.", Scene::ZoneText("com.", kFirst, names));
  CHECK(scene.Resolve("big.com.").header.tc);  // The client has asked over UDP.
  CHECK(std::ranges::any_of(scene.servers.log(), [](const auto& asked) { return asked.via == world::Protocol::kTcp; }));
}

TEST_CASE("A question that many clients ask goes to the upstreams once") {
  Forwarded scene(Strategy::kFailover);
  for (int i = 0; i < 50; ++i) scene.AskAfter(world::Milliseconds(1), "w1.com.", RrType::kA, 0);
  scene.RunUntil(world::Seconds(1));
  for (uint64_t slot = 0; slot < 50; ++slot) CHECK(!scene.AnswerOf(slot).answer.empty());
  CHECK(scene.Count(Metric::kForwarded) == 1);
}

}  // namespace
}  // namespace simulator
