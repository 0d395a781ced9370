#include "engine/transport/stream_policy.h"

#include <doctest/doctest.h>

namespace {

using transport::StreamPolicy;
using world::Instant;
using world::Seconds;

constexpr Instant At(int64_t seconds) { return Instant(Seconds(1'000 + seconds)); }

/// Has a query answered by so many octets, which wait to be written.
void Answer(StreamPolicy& policy, size_t octets, Instant now) {
  policy.Answered(now);
  policy.Queued(octets);
}

TEST_CASE("a connection without a query closes when its idle time is over (RFC 7766 6.2.3)") {
  StreamPolicy policy({.idle_timeout = Seconds(10)}, At(0));
  CHECK(policy.Deadline() == At(10));
  policy.QueryRead(At(4));
  Answer(policy, 50, At(5));
  policy.Written(50, At(5));
  CHECK(policy.Deadline() == At(15));
}

TEST_CASE("a connection stays while the resolver owes it an answer") {
  StreamPolicy policy({.idle_timeout = Seconds(10)}, At(0));
  policy.QueryRead(At(1));
  policy.QueryRead(At(1));
  CHECK(policy.Deadline() == world::kNever);
  policy.Answered(At(9));
  CHECK(policy.Deadline() == world::kNever);
  policy.Answered(At(9));
  CHECK(policy.Deadline() == At(19));
}

TEST_CASE("a client that does not read its answers has no more than the idle time, whatever else it asks") {
  StreamPolicy policy({.idle_timeout = Seconds(10)}, At(0));
  policy.QueryRead(At(1));
  Answer(policy, 50, At(2));
  policy.QueryRead(At(2));
  CHECK(policy.Deadline() == At(12));
  Answer(policy, 50, At(8));
  CHECK(policy.Deadline() == At(12));
  policy.Written(1, At(9));
  CHECK(policy.Deadline() == At(19));
}

TEST_CASE("the queries of one connection are read up to the limit and not past it (RFC 7766 6.2.1.1)") {
  StreamPolicy policy({.most_in_flight = 2}, At(0));
  policy.QueryRead(At(0));
  CHECK(policy.WantsRead());
  policy.QueryRead(At(0));
  CHECK_FALSE(policy.WantsRead());
  Answer(policy, 50, At(0));
  CHECK(policy.WantsRead());
}

TEST_CASE("a backlog of the limit is borne, one octet more cuts the connection") {
  StreamPolicy policy({.most_backlog_octets = 100}, At(0));
  policy.QueryRead(At(0));
  policy.QueryRead(At(0));
  Answer(policy, 100, At(0));
  CHECK_FALSE(policy.Flooded());
  CHECK(policy.WantsRead());
  Answer(policy, 1, At(0));
  CHECK(policy.Flooded());
  CHECK_FALSE(policy.WantsRead());
}

TEST_CASE(
    "by default a connection may have kMaxQueriesPerConnection queries in flight and kMaxTcpBacklogOctets unread") {
  StreamPolicy policy({}, At(0));
  for (size_t i = 1; i < world::limits::kMaxQueriesPerConnection; ++i) policy.QueryRead(At(0));
  CHECK(policy.WantsRead());
  policy.QueryRead(At(0));
  CHECK_FALSE(policy.WantsRead());
  Answer(policy, world::limits::kMaxTcpBacklogOctets, At(0));
  CHECK_FALSE(policy.Flooded());
  Answer(policy, 1, At(0));
  CHECK(policy.Flooded());
}

TEST_CASE("a client that closed its half still gets its answers") {
  StreamPolicy policy({}, At(0));
  policy.QueryRead(At(0));
  policy.EndOfInput();
  CHECK_FALSE(policy.WantsRead());
  CHECK_FALSE(policy.Finished());
  Answer(policy, 50, At(1));
  CHECK_FALSE(policy.Finished());
  policy.Written(50, At(1));
  CHECK(policy.Finished());
}

}  // namespace
