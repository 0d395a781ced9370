// Seeds: each is another internet, another weather, other clients. Twice the same seed is twice the same.
#include "engine/simulator/run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "engine/simulator/simulation.h"
#include "engine/world/limits.h"
#include "tests/simulator/small_root.h"

namespace simulator {
namespace {

/// Returns the roots that the engines take up in turn.
std::vector<zone::Snapshot> Roots() {
  std::vector<zone::Snapshot> roots;
  for (uint32_t serial = 2026112100; serial < 2026112104; ++serial) roots.push_back(SmallRoot(serial));
  return roots;
}

/// Runs a seed; says how to see it again when it fails.
RunResult RunSeed(uint64_t seed, uint64_t queries, const std::vector<zone::Snapshot>& roots) {
  RunResult result = Run(PlanOf(seed, queries, roots), roots, std::nullopt);
  if (!result.IsGood()) {
    MESSAGE(ToText(result));
    MESSAGE("replay: build/tests/simulator/simulator_run --seed ", seed, " --queries ", queries, " --verbose");
  }
  return result;
}

TEST_CASE("the small root zone loads") {
  const zone::Snapshot root = SmallRoot(2026112100);
  REQUIRE(root != nullptr);
  CHECK(root->delegation_count() == 40);
  CHECK(root->serial() == 2026112100);
}

TEST_CASE("clients of ten different internets are all told the truth") {
  const std::vector<zone::Snapshot> roots = Roots();
  for (uint64_t seed = 1; seed <= 10; ++seed) CHECK(RunSeed(seed, 2'000, roots).IsGood());
}

TEST_CASE("the same seed leaves the same trace") {
  const std::vector<zone::Snapshot> roots = Roots();
  for (uint64_t seed = 21; seed <= 23; ++seed) {
    CHECK(RunSeed(seed, 1'000, roots).trace == RunSeed(seed, 1'000, roots).trace);
  }
}

TEST_CASE("another seed leaves another trace") {
  const std::vector<zone::Snapshot> roots = Roots();
  CHECK(RunSeed(31, 100, roots).trace != RunSeed(32, 100, roots).trace);
}

TEST_CASE("no question costs more than kMaxPacketsPerQuery packets, however broken the internet is") {
  const std::vector<zone::Snapshot> roots = {SmallRoot(2026112100)};
  InternetOptions broken;
  broken.loss_permille = 50;
  broken.broken_servers_permille = 600;
  const Internet internet(roots.front(), broken);
  PocketServers servers(internet);
  SimulationOptions options;
  options.settings = std::make_shared<settings::Settings>();
  options.root = roots.front();
  Simulation simulation(options, servers);
  uint64_t most = 0;
  for (uint64_t i = 0; i < 1'000; ++i) {
    const uint64_t before = simulation.network().traffic().datagrams + simulation.network().traffic().streams;
    world::Client client;
    client.from = {*world::Address::FromText("10.0.0.1"), 5'353};
    const uint64_t slot = simulation.Ask(simulation.now(), client,
                                         wire::MakeQuery(7, internet.NameToAsk(i), wire::Recursion::kDesired, {}));
    // One after another, so that each packet is on the account of one question.
    simulation.RunUntil(simulation.now() + world::limits::kMaxQueryTime + world::Milliseconds(10));
    REQUIRE(simulation.fate(slot).answers == 1);
    most = std::max(most, simulation.network().traffic().datagrams + simulation.network().traffic().streams - before);
  }
  CHECK(most <= world::limits::kMaxPacketsPerQuery);
  CHECK(most > 20);  // It was broken indeed.
}

TEST_CASE("clients are told the truth under the real root zone") {
  const std::string path = SharedPath("data/root-2026082201.zone");
  const zone::Snapshot root = RootOfFile(path);
  if (root == nullptr) {
    std::printf("skipped: simulation under the real root zone: no %s\n", path.c_str());
    return;
  }
  CHECK(RunSeed(41, 3'000, {root}).IsGood());
}

}  // namespace
}  // namespace simulator
