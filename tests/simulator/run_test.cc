// Seeds: each is another internet, another weather, other clients. Twice the same seed is twice the same.
#include "engine/simulator/run.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <vector>

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
