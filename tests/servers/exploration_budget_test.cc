#include "engine/servers/exploration_budget.h"

#include <doctest/doctest.h>

namespace servers {
namespace {

/// Returns how many asides a budget has left.
int Left(ExplorationBudget& budget) {
  int taken = 0;
  while (budget.Take()) ++taken;
  return taken;
}

TEST_CASE("each packet earns its percentage of an aside") {
  ExplorationBudget budget(5);
  Left(budget);
  for (int i = 0; i < 19; ++i) budget.Add();
  CHECK_FALSE(budget.Take());
  budget.Add();
  CHECK(budget.Take());
  CHECK_FALSE(budget.Take());
}

TEST_CASE("a budget begins with 50 asides, and saves no more than 200 asides, however many packets were sent") {
  ExplorationBudget budget(5);
  CHECK(Left(budget) == 50);
  for (int i = 0; i < 100'000; ++i) budget.Add();
  CHECK(Left(budget) == 200);
}

TEST_CASE("where nothing may be explored nothing is") {
  ExplorationBudget budget(0);
  for (int i = 0; i < 1'000; ++i) budget.Add();
  CHECK_FALSE(budget.Take());
}

}  // namespace
}  // namespace servers
