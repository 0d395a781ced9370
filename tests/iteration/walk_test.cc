#include "engine/iteration/walk.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/world/limits.h"
#include "tests/world/chances.h"

namespace iteration {
namespace {

/// What a step may use, with nothing known.
struct Fixture {
  settings::Settings settings;
  cache::Store store{cache::StoreOptions{}};
  servers::Book book;
  zone::Snapshot root;
  zone::SharedRootHints hints = zone::BuiltInRootHints();
  policy::UpstreamGuard guard{policy::UpstreamRules{}};
  policy::Routes routes{settings};
  world_test::Zeros random;
  metrics::Counters counters;
  Budget budget;
  Context context{settings, store,  book,   root,     *hints,
                  guard,    routes, random, counters, {world::Instant(world::Seconds(1)), {}},
                  budget};
};

const wire::Question kQuestion{*wire::Name::FromText("www.example."), wire::RrType::kA};

TEST_CASE("kMaxGluelessPerQuery look-ups are begun for one client query, and not one more (NXNSAttack)") {
  const auto delegation = std::make_shared<const cache::Delegation>(cache::Delegation{
      *wire::Name::FromText("example."), {{*wire::Name::FromText("ns.elsewhere."), {}}}, world::kNever});
  for (const bool allowed : {true, false}) {
    Fixture fixture;
    fixture.budget.lookups = world::limits::kMaxGluelessPerQuery - (allowed ? 1 : 0);
    std::vector<WalkStep> steps;
    Log log{steps, 0, kQuestion};
    Wishes wishes;
    Cut cut(kQuestion, delegation, nullptr, 0, fixture.context);
    const Next next = cut.Begin(fixture.context, log, wishes);
    CHECK(wishes.size() == (allowed ? 1 : 0));
    CHECK(std::holds_alternative<Exhausted>(next) == !allowed);
    CHECK(fixture.counters.Get(metrics::Metric::kLimitGluelessPerQuery) == (allowed ? 0 : 1));
  }
}

TEST_CASE("kMaxWalkSteps steps of a walk are kept, and not one more") {
  for (const size_t count : {world::limits::kMaxWalkSteps, world::limits::kMaxWalkSteps + 1}) {
    Fixture fixture;
    Wishes wishes;
    Walk walk({kQuestion, Errand::kResolve, 0, world::kNever});
    walk.Start(fixture.context, wishes);
    walk.Learn(kQuestion, Result{}, std::vector<WalkStep>(count), fixture.context, wishes);
    CHECK(walk.steps().size() == world::limits::kMaxWalkSteps);
  }
}

}  // namespace
}  // namespace iteration
