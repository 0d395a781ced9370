#include "engine/simulator/trace.h"

#include <doctest/doctest.h>

namespace simulator {
namespace {

constexpr world::Instant kAt{world::Seconds(1)};

/// Returns the trace of one answer.
uint64_t TraceOf(world::Instant at, world::Octets response) {
  Trace trace;
  trace.Note(at, world::WorkerId{0}, world::Answer{{}, std::move(response)});
  return trace.value();
}

TEST_CASE("the same answer at the same time leaves the same trace") {
  CHECK(TraceOf(kAt, {1, 2, 3}) == TraceOf(kAt, {1, 2, 3}));
}

TEST_CASE("one octet or one microsecond more is another trace") {
  CHECK(TraceOf(kAt, {1, 2, 3}) != TraceOf(kAt, {1, 2, 4}));
  CHECK(TraceOf(kAt, {1, 2, 3}) != TraceOf(kAt, {1, 2, 3, 0}));
  CHECK(TraceOf(kAt, {1, 2, 3}) != TraceOf(kAt + world::Duration(1), {1, 2, 3}));
}

TEST_CASE("the order of two events shows in the trace") {
  Trace forth;
  forth.Note(kAt, ClientAsks{1});
  forth.Note(kAt, ClientAsks{2});
  Trace back;
  back.Note(kAt, ClientAsks{2});
  back.Note(kAt, ClientAsks{1});
  CHECK(forth.value() != back.value());
}

}  // namespace
}  // namespace simulator
