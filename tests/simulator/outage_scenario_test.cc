// Servers and networks that fail, and come back.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "tests/simulator/scene.h"

namespace simulator {
namespace {

using wire::RrType;

/// Adds names to com. itself.
void AddNames(Scene& scene) {
  std::string names;
  for (int i = 0; i < 100; ++i) names += fmt::format("w{0}.com. 300 IN A 198.51.100.{0}\n", i);
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, names));
}

TEST_CASE("an answer that is later than the timeout still counts") {
  Scene scene;
  AddNames(scene);
  scene.servers.Behave(Scene::kCom, {.latency = world::Milliseconds(2'500)});
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
  CHECK(scene.simulation().now() - Simulation::kBegin < world::Seconds(4));
}

TEST_CASE("no server answers: SERVFAIL in time, with the Extended DNS Error that says so (RFC 8914)") {
  Scene scene;
  AddNames(scene);
  scene.servers.Behave(Scene::kCom, {.is_silent = true});
  const wire::Message told = scene.Resolve("w1.com.");
  CHECK(told.header.rcode == wire::Rcode::kServFail);
  CHECK(scene.simulation().now() - Simulation::kBegin <= world::limits::kMaxQueryTime + world::Milliseconds(10));
  REQUIRE(told.edns);
  REQUIRE(!told.edns->errors.empty());
  CHECK(told.edns->errors.front().code == wire::EdeCode::kNoReachableAuthority);
}

TEST_CASE("servers that were dead for a minute are found again within seconds of their return") {
  Scene scene;
  AddNames(scene);
  const world::Instant back = Simulation::kBegin + world::Seconds(60);
  scene.servers.Behave(Scene::kCom, {.to = back, .is_silent = true});
  for (int i = 0; i < 60; ++i) scene.AskAfter(world::Seconds(i), fmt::format("w{}.com.", i), RrType::kA, 0);
  scene.RunUntil(world::Seconds(65));
  CHECK(scene.AnswerOf(0).header.rcode == wire::Rcode::kServFail);
  CHECK(Told(scene.Resolve("w99.com.")) == "NOERROR w99.com. A 198.51.100.99");
}

TEST_CASE("every server says REFUSED: so is the client told") {
  Scene scene;
  AddNames(scene);
  scene.servers.Behave(Scene::kCom, {.rcode = wire::Rcode::kRefused});
  CHECK(scene.Resolve("w1.com.").header.rcode == wire::Rcode::kRefused);
}

TEST_CASE("an outage of the uplink: clients get SERVFAIL in time, and answers when it is over") {
  Scene scene;
  AddNames(scene);
  scene.options.mischief.outages.push_back({Simulation::kBegin, Simulation::kBegin + world::Seconds(30)});
  for (int i = 0; i < 20; ++i) scene.AskAfter(world::Seconds(i), fmt::format("w{}.com.", i), RrType::kA, 0);
  scene.RunUntil(world::Seconds(40));
  for (uint64_t slot = 0; slot < 10; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kServFail);
  CHECK(Told(scene.Resolve("w99.com.")) == "NOERROR w99.com. A 198.51.100.99");
}

/// Adds a name with a short TTL, an alias of it, and a name that is not there.
void AddShortLived(Scene& scene) {
  const std::string names = "www.com. 30 IN A 198.51.100.1\nalias.com. 30 IN CNAME www.com.\n";
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, names));
}

/// Returns the code of a response's first Extended DNS Error.
std::optional<wire::EdeCode> FirstError(const wire::Message& message) {
  if (!message.edns || message.edns->errors.empty()) return std::nullopt;
  return message.edns->errors.front().code;
}

TEST_CASE("when no server is left clients are told what was known, with TTL 30 and the error that says so (RFC 8767)") {
  Scene scene;
  AddShortLived(scene);
  REQUIRE(Told(scene.Resolve("alias.com.")) == "NOERROR alias.com. CNAME www.com. www.com. A 198.51.100.1");
  REQUIRE(scene.Resolve("none.com.").header.rcode == wire::Rcode::kNxDomain);
  scene.servers.Behave(Scene::kCom, {.is_silent = true});
  scene.RunUntil(world::Seconds(4'000));
  const world::Instant asked = scene.simulation().now();
  const wire::Message told = scene.Resolve("alias.com.");
  CHECK(Told(told) == "NOERROR alias.com. CNAME www.com. www.com. A 198.51.100.1");
  CHECK(told.answer.front().ttl == 30);
  CHECK(FirstError(told) == wire::EdeCode::kStaleAnswer);
  const world::Duration waited = scene.simulation().now() - asked;
  CHECK(waited >= world::Milliseconds(1'800));  // RFC 8767 section 5: the client timer.
  CHECK(waited < world::Milliseconds(2'000));
  const wire::Message denied = scene.Resolve("none.com.");
  CHECK(denied.header.rcode == wire::Rcode::kNxDomain);
  CHECK(FirstError(denied) == wire::EdeCode::kStaleNxdomainAnswer);
  CHECK(scene.Count(metrics::Metric::kStaleAnswers) == 2);
}

TEST_CASE("once what was known has been told it is told at once, and when the servers are back they are asked") {
  Scene scene;
  AddShortLived(scene);
  REQUIRE(scene.Resolve("www.com.").header.rcode == wire::Rcode::kNoError);
  const world::Instant back = Simulation::kBegin + world::Seconds(120);
  scene.servers.Behave(Scene::kCom, {.to = back, .is_silent = true});
  scene.RunUntil(world::Seconds(60));
  CHECK(FirstError(scene.Resolve("www.com.")) == wire::EdeCode::kStaleAnswer);
  // While the servers are still being asked, and when that has failed: nobody waits for them any more.
  for (const int second : {62, 64}) {
    scene.RunUntil(world::Seconds(second));
    const world::Instant asked = scene.simulation().now();
    CHECK(FirstError(scene.Resolve("www.com.")) == wire::EdeCode::kStaleAnswer);
    CHECK(scene.simulation().now() - asked < world::Milliseconds(10));
  }
  scene.RunUntil(world::Seconds(140));
  const wire::Message told = scene.Resolve("www.com.");
  CHECK_FALSE(FirstError(told));
  CHECK(told.answer.front().ttl == 30);
}

TEST_CASE("what was known is not told beyond the operator's stale time, nor the delegation's life") {
  for (const bool by_delegation : {false, true}) {
    Scene scene;
    AddShortLived(scene);
    scene.settings.cache.stale_time = by_delegation ? world::Seconds(604'800) : world::Seconds(3'600);
    REQUIRE(scene.Resolve("www.com.").header.rcode == wire::Rcode::kNoError);
    scene.servers.Behave(Scene::kCom, {.is_silent = true});
    scene.RunUntil(by_delegation ? world::Seconds(86'500) : world::Seconds(3'640));
    CHECK(scene.Resolve("www.com.").header.rcode == wire::Rcode::kServFail);
  }
}

TEST_CASE("a popular answer is fetched anew before its end: no client waits for it") {
  Scene scene;
  AddShortLived(scene);
  scene.servers.Behave(Scene::kCom, {.latency = world::Milliseconds(500)});
  uint64_t slot = 0;
  for (int second = 0; second < 120; ++second) slot = scene.AskAfter(world::Seconds(second), "www.com.", RrType::kA, 0);
  scene.RunUntil(world::Seconds(125));
  CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNoError);
  CHECK(scene.Count(metrics::Metric::kPrefetches) >= 3);
  CHECK(scene.Count(metrics::Metric::kCacheMisses) == 1);
}

TEST_CASE("with IPv6 off no IPv6 address is asked, and likewise IPv4") {
  for (const bool ipv6 : {false, true}) {
    Scene scene;
    AddNames(scene);
    scene.root = Scene::RootText(1, "com. 86400 IN NS ns6.com.\nns6.com. 86400 IN AAAA 2a01::1\n");
    scene.servers.Serve("2a01::1", "com.", Scene::ZoneText("com.", Scene::kCom, "w1.com. 300 IN A 198.51.100.1\n"));
    scene.settings.upstream.ipv6 = ipv6;
    scene.settings.upstream.ipv4 = !ipv6;
    CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
    const world::Family family = ipv6 ? world::Family::kIpv6 : world::Family::kIpv4;
    CHECK(std::ranges::all_of(scene.servers.log(), [&](const auto& asked) { return asked.server.family() == family; }));
  }
}

TEST_CASE("a server that goes dead is passed over for another of the zone") {
  Scene scene;
  AddNames(scene);
  scene.root = Scene::RootText(1, "com. 86400 IN NS ns2.com.\nns2.com. 86400 IN A 20.0.0.3\n");
  scene.servers.Serve("20.0.0.3", "com.", Scene::ZoneText("com.", Scene::kCom, "w1.com. 300 IN A 198.51.100.1\n"));
  scene.servers.Behave(Scene::kCom, {.is_silent = true});
  CHECK(Told(scene.Resolve("w1.com.")) == "NOERROR w1.com. A 198.51.100.1");
}

TEST_CASE("one ICMP error does not dismiss the only server of a zone, two do (SAD DNS 2020)") {
  Scene scene;
  AddNames(scene);
  scene.options.mischief.unreachable_permille = 200;
  int failed = 0;
  for (int i = 0; i < 100; ++i) {
    if (scene.Resolve(fmt::format("w{}.com.", i)).header.rcode == wire::Rcode::kServFail) ++failed;
  }
  CHECK(failed > 0);
  CHECK(failed < 12);  // Two in a row: 4 of 100. Were one enough: 20.
}

TEST_CASE("the connection for a truncated answer is cut each time: SERVFAIL in time, not a wait for ever") {
  Scene scene;
  std::string names;
  for (int i = 0; i < 200; ++i) names += fmt::format("big.com. 300 IN A 198.51.100.{}\n", i);
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, names));
  scene.options.mischief.cut_stream_permille = 1'000;
  CHECK(scene.Resolve("big.com.").header.rcode == wire::Rcode::kServFail);
}

TEST_CASE("a truncated answer is asked for again over TCP (RFC 7766 section 5), and how long the connection is kept") {
  Scene scene;
  std::string names;
  for (int i = 0; i < 200; ++i) names += fmt::format("big.com. 300 IN A 198.51.100.{}\n", i);
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, names));
  const wire::Message told = scene.Resolve("big.com.");
  CHECK(told.header.tc);  // The client has asked over UDP.
  CHECK(std::ranges::any_of(scene.servers.log(), [](const auto& asked) { return asked.via == world::Protocol::kTcp; }));
  for (const auto& asked : scene.servers.log()) CHECK(asked.asks_keep_alive == (asked.via == world::Protocol::kTcp));
}

}  // namespace
}  // namespace simulator
