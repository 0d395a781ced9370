#include "engine/resolver/engine.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/cache/store.h"
#include "engine/servers/book.h"
#include "engine/wire/message.h"
#include "engine/world/limits.h"
#include "tests/world/chances.h"

namespace resolver {
namespace {

using metrics::Metric;

/// An engine without a root zone: each question waits for the priming query, which nobody answers.
struct Fixture {
  cache::Store store{cache::StoreOptions{}};
  servers::Book book;
  world_test::Counting random;
  world::Effects out;
  Engine engine{Place{}, Shared{store, book},      std::make_shared<const settings::Settings>(),
                nullptr, zone::BuiltInRootHints(), random};
  uint64_t slots = 0;

  /// Asks for the address of a name; returns how many answers came at once.
  size_t Ask(const std::string& name) {
    const world::Client client{{world::WorkerId{}, ++slots},
                               {*world::Address::FromText("127.0.0.1"), 5'000},
                               {*world::Address::FromText("127.0.0.1"), 53},
                               world::Protocol::kUdp,
                               false};
    out.Clear();
    const world::Octets query = wire::MakeQuery(1, {*wire::Name::FromText(name), wire::RrType::kA, wire::RrClass::kIn},
                                                wire::Recursion::kDesired, std::nullopt);
    engine.Accept(client, query, {world::Instant(world::Seconds(1)), {}}, out);
    size_t answers = 0;
    for (const world::Effect& effect : out.list()) answers += std::holds_alternative<world::Answer>(effect);
    return answers;
  }
};

TEST_CASE("kMaxWaiters clients wait for one question; the next is turned away (CVE-2024-33655)") {
  Fixture fixture;
  for (size_t i = 0; i < world::limits::kMaxWaiters; ++i) REQUIRE(fixture.Ask("www.example.") == 0);
  CHECK(fixture.engine.load().waiters == world::limits::kMaxWaiters);
  CHECK(fixture.Ask("www.example.") == 1);
  CHECK(fixture.engine.counters().Get(Metric::kLimitWaiters) == 1);
  CHECK(fixture.engine.counters().Get(Metric::kSharedQuestions) == world::limits::kMaxWaiters - 1);
}

TEST_CASE("kMaxResolutions resolutions are in flight; the next question is turned away, a shared one is not") {
  Fixture fixture;
  // One of them is the priming that all the others wait for.
  for (size_t i = 1; i < world::limits::kMaxResolutions; ++i) REQUIRE(fixture.Ask(fmt::format("n{}.example.", i)) == 0);
  CHECK(fixture.engine.load().resolutions == world::limits::kMaxResolutions);
  CHECK(fixture.Ask("one.more.") == 1);
  CHECK(fixture.Ask("n1.example.") == 0);
  CHECK(fixture.engine.counters().Get(Metric::kLimitResolutions) == 1);
}

TEST_CASE("Every waiter is answered when the time of a query is over (kMaxQueryTime)") {
  Fixture fixture;
  for (int i = 0; i < 3; ++i) fixture.Ask("www.example.");
  fixture.out.Clear();
  const auto just_before = world::Instant(world::Seconds(1)) + world::limits::kMaxQueryTime - world::Duration(1);
  fixture.engine.Expire({just_before, {}}, fixture.out);
  size_t answers = 0;
  for (const world::Effect& effect : fixture.out.list()) answers += std::holds_alternative<world::Answer>(effect);
  CHECK(answers == 0);
  fixture.out.Clear();
  fixture.engine.Expire({just_before + world::Duration(1), {}}, fixture.out);
  for (const world::Effect& effect : fixture.out.list()) answers += std::holds_alternative<world::Answer>(effect);
  CHECK(answers == 3);
  CHECK(fixture.engine.load().waiters == 0);
}

}  // namespace
}  // namespace resolver
