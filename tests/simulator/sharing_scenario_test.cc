// Many clients, several workers, one network: nobody is lost, and nothing is asked twice.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <set>
#include <utility>

#include "tests/simulator/scene.h"

namespace simulator {
namespace {

using wire::RrType;

constexpr std::string_view kLeaf = "20.0.1.1";

/// Adds leaf.com with a hundred names, delegated from com.
void AddLeaf(Scene& scene) {
  scene.servers.Serve(
      Scene::kCom, "com.",
      Scene::ZoneText("com.", Scene::kCom, "leaf.com. 3600 IN NS ns.leaf.com.\nns.leaf.com. 3600 IN A 20.0.1.1\n"));
  std::string names;
  for (int i = 0; i < 100; ++i) names += fmt::format("w{0}.leaf.com. 300 IN A 198.51.100.{0}\n", i);
  scene.servers.Serve(kLeaf, "leaf.com.", Scene::ZoneText("leaf.com.", kLeaf, names));
}

/// Returns how many of the queries that servers got had been asked of the same server before.
size_t AskedTwice(const ZoneServers& servers) {
  std::set<std::pair<world::Address, std::string>> seen;
  size_t twice = 0;
  for (const ZoneServers::Asked& asked : servers.log()) {
    if (!seen.emplace(asked.server, wire::ToText(asked.question)).second) ++twice;
  }
  return twice;
}

TEST_CASE("a second client is answered from the cache, without a packet") {
  Scene scene;
  AddLeaf(scene);
  CHECK(Told(scene.Resolve("w1.leaf.com.")) == "NOERROR w1.leaf.com. A 198.51.100.1");
  const size_t packets = scene.packets();
  CHECK(packets > 0);
  CHECK(Told(scene.Resolve("w1.leaf.com.")) == "NOERROR w1.leaf.com. A 198.51.100.1");
  CHECK(scene.packets() == packets);
}

TEST_CASE("two hundred clients of four workers ask one question: each step goes upstream once") {
  Scene scene;
  AddLeaf(scene);
  scene.options.workers = 4;
  for (uint16_t i = 0; i < 200; ++i) scene.AskAfter({}, "w1.leaf.com.", RrType::kA, i % 4);
  scene.RunUntil(world::Seconds(5));
  for (uint64_t slot = 0; slot < 200; ++slot) {
    CHECK(Told(scene.AnswerOf(slot)) == "NOERROR w1.leaf.com. A 198.51.100.1");
  }
  CHECK(AskedTwice(scene.servers) == 0);
  CHECK(scene.simulation().breaches().empty());
}

TEST_CASE("clients that join a question at any moment of its walk are all answered") {
  Scene scene;
  AddLeaf(scene);
  scene.options.workers = 2;
  for (uint16_t i = 0; i < 80; ++i) scene.AskAfter(world::Milliseconds(i) / 2, "w1.leaf.com.", RrType::kA, i % 2);
  scene.RunUntil(world::Seconds(5));
  for (uint64_t slot = 0; slot < 80; ++slot) {
    CHECK(Told(scene.AnswerOf(slot)) == "NOERROR w1.leaf.com. A 198.51.100.1");
  }
  CHECK(AskedTwice(scene.servers) == 0);
}

TEST_CASE("a hundred questions at four workers each: every client gets its own answer") {
  Scene scene;
  AddLeaf(scene);
  scene.options.workers = 4;
  for (uint16_t i = 0; i < 400; ++i) scene.AskAfter({}, fmt::format("w{}.leaf.com.", i / 4), RrType::kA, i % 4);
  scene.RunUntil(world::Seconds(5));
  for (uint64_t slot = 0; slot < 400; ++slot) {
    CHECK(Told(scene.AnswerOf(slot)) == fmt::format("NOERROR w{0}.leaf.com. A 198.51.100.{0}", slot / 4));
  }
  CHECK(scene.Count(metrics::Metric::kHandOvers) > 0);
  CHECK(scene.simulation().breaches().empty());
}

TEST_CASE("a way between workers that is full brings SERVFAIL at once, and nobody is lost") {
  Scene scene;
  AddLeaf(scene);
  scene.options.workers = 2;
  scene.options.most_hand_overs = 3;
  for (uint16_t i = 0; i < 100; ++i) scene.AskAfter({}, fmt::format("w{}.leaf.com.", i), RrType::kA, i % 2);
  scene.RunUntil(world::Seconds(5));
  uint64_t failures = 0;
  for (uint64_t slot = 0; slot < 100; ++slot) {
    CHECK(scene.simulation().fate(slot).answers == 1);
    failures += scene.AnswerOf(slot).header.rcode == wire::Rcode::kServFail ? 1U : 0U;
  }
  CHECK(failures > 0);
  CHECK(failures == scene.Count(metrics::Metric::kHandOversRefused));
}

TEST_CASE("of n + 1 clients that wait for one question, the last is turned away") {
  Scene scene;
  AddLeaf(scene);
  scene.settings.walk.max_waiters = 10;
  for (int i = 0; i < 11; ++i) scene.AskAfter({}, "w1.leaf.com.", RrType::kA, 0);
  scene.RunUntil(world::Seconds(5));
  for (uint64_t slot = 0; slot < 10; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNoError);
  CHECK(scene.AnswerOf(10).header.rcode == wire::Rcode::kServFail);
  CHECK(scene.Count(metrics::Metric::kLimitWaiters) == 1);
}

TEST_CASE("of n + 1 questions in flight, the last is turned away") {
  Scene scene;
  AddLeaf(scene);
  scene.settings.walk.max_resolutions = 10;
  for (int i = 0; i < 11; ++i) scene.AskAfter({}, fmt::format("w{}.leaf.com.", i), RrType::kA, 0);
  scene.RunUntil(world::Seconds(5));
  for (uint64_t slot = 0; slot < 10; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNoError);
  CHECK(scene.AnswerOf(10).header.rcode == wire::Rcode::kServFail);
  CHECK(scene.Count(metrics::Metric::kLimitResolutions) == 1);
}

TEST_CASE("another root zone in mid-walk disturbs no walk") {
  Scene scene;
  AddLeaf(scene);
  for (int i = 0; i < 50; ++i) {
    scene.AskAfter(world::Milliseconds(i), fmt::format("w{}.leaf.com.", i), RrType::kA, 0);
    scene.simulation().Adopt(Simulation::kBegin + world::Milliseconds(i),
                             RootOf(Scene::RootText(static_cast<uint32_t>(i + 2), "")));
  }
  scene.RunUntil(world::Seconds(5));
  for (uint64_t slot = 0; slot < 50; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNoError);
}

TEST_CASE("a walk after the change of the root zone starts at the other one") {
  Scene scene;
  scene.servers.Serve("20.0.0.9", "org.", Scene::ZoneText("org.", "20.0.0.9", "www.org. 300 IN A 198.51.100.9\n"));
  CHECK(scene.Resolve("www.org.").header.rcode == wire::Rcode::kNxDomain);
  const std::string more = "org. 86400 IN NS ns.org.\nns.org. 86400 IN A 20.0.0.9\n";
  scene.simulation().Adopt(scene.simulation().now(), RootOf(Scene::RootText(2, more)));
  // Beyond the negative TTL of the root's SOA in the cache.
  scene.simulation().RunUntil(scene.simulation().now() + world::Seconds(86'401));
  CHECK(Told(scene.Resolve("www.org.")) == "NOERROR www.org. A 198.51.100.9");
}

}  // namespace
}  // namespace simulator
