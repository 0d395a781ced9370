#include "engine/simulator/schedule.h"

#include <doctest/doctest.h>

namespace simulator {
namespace {

/// Returns the slot of the next event, which is a client's query.
uint64_t NextSlot(Schedule& schedule) { return std::get<ClientAsks>(schedule.TakeNext()).slot; }

TEST_CASE("what is due first happens first, whenever it was added") {
  Schedule schedule;
  schedule.Add(world::Instant(world::Seconds(2)), ClientAsks{2});
  schedule.Add(world::Instant(world::Seconds(1)), ClientAsks{1});
  CHECK(schedule.NextAt() == world::Instant(world::Seconds(1)));
  CHECK(NextSlot(schedule) == 1);
  CHECK(NextSlot(schedule) == 2);
}

TEST_CASE("of two things at one instant the one added first happens first") {
  Schedule schedule;
  const world::Instant at(world::Seconds(1));
  for (uint64_t slot = 0; slot < 10; ++slot) schedule.Add(at, ClientAsks{slot});
  for (uint64_t slot = 0; slot < 10; ++slot) CHECK(NextSlot(schedule) == slot);
}

TEST_CASE("an empty schedule has no next time") {
  const Schedule schedule;
  CHECK(schedule.NextAt() == world::kNever);
}

}  // namespace
}  // namespace simulator
