#include "engine/servers/upstream_record.h"

#include <doctest/doctest.h>

#include "engine/servers/upstream_board.h"

namespace servers {
namespace {

using world::Milliseconds;
using world::Seconds;

constexpr world::Instant kStart{Seconds(100)};
constexpr HealthRules kRules{3, 2};

TEST_CASE("Three failures in a row take an upstream out, two successes bring it back") {
  UpstreamRecord record;
  for (int i = 1; i <= 3; ++i) {
    const world::Instant sent = kStart + Seconds(i);
    record.Failed("timeout", sent, kRules, sent + Milliseconds(500));
    CHECK(record.health == (i < 3 ? Health::kSuspect : Health::kDown));
  }
  record.Succeeded(Milliseconds(10), kRules, kStart + Seconds(10));
  CHECK(record.health == Health::kDown);
  record.Succeeded(Milliseconds(10), kRules, kStart + Seconds(11));
  CHECK(record.health == Health::kUp);
}

TEST_CASE("Queries that were out together count as one failure") {
  UpstreamRecord record;
  for (int i = 0; i < 100; ++i) record.Failed("timeout", kStart, kRules, kStart + Milliseconds(500 + i));
  CHECK(record.health == Health::kSuspect);
  CHECK(record.failures_in_row == 1);
}

TEST_CASE("A query that is late is no failure of an upstream that has answered others since") {
  UpstreamRecord record;
  record.Succeeded(Milliseconds(10), kRules, kStart + Milliseconds(400));
  record.Failed("timeout", kStart, kRules, kStart + Milliseconds(500));
  CHECK(record.health == Health::kUp);
}

/// Returns a record that answered in 10 ms at the start, with so many queries sent since.
UpstreamRecord Unanswered(int queries) {
  UpstreamRecord record;
  record.Sent(kStart);
  record.Succeeded(Milliseconds(10), kRules, kStart);
  for (int i = 0; i < queries; ++i) record.Sent(kStart + Milliseconds(1));
  return record;
}

TEST_CASE("An upstream that falls silent under load is suspect before a query is overdue") {
  const world::Instant quiet = kStart + Milliseconds(1 + 60);  // Twice 10 ms and four times the variance of 5 ms.
  CHECK(Unanswered(16).HealthAt(quiet) == Health::kUp);
  CHECK(Unanswered(16).HealthAt(quiet + Milliseconds(1)) == Health::kSuspect);
  CHECK(Unanswered(15).HealthAt(quiet + Seconds(1)) == Health::kUp);
}

TEST_CASE("Silence ends with any response, and races that were lost are none") {
  const world::Instant later = kStart + Seconds(1);
  UpstreamRecord erring = Unanswered(100);
  erring.Erred("SERVFAIL");
  CHECK(erring.HealthAt(later) == Health::kUp);
  UpstreamRecord late = Unanswered(100);
  late.Succeeded(Milliseconds(500), kRules, later);
  CHECK(late.HealthAt(later) == Health::kUp);
  UpstreamRecord slower = Unanswered(100);
  for (int i = 0; i < 90; ++i) slower.Lost();
  CHECK(slower.HealthAt(later) == Health::kUp);
}

TEST_CASE("One success clears a suspicion") {
  UpstreamRecord record;
  record.Failed("timeout", kStart, kRules, kStart + Seconds(1));
  record.Succeeded(Milliseconds(10), kRules, kStart + Seconds(2));
  CHECK(record.health == Health::kUp);
}

TEST_CASE("Upstreams are probed at their interval while up, and faster from the moment they fail") {
  UpstreamBoard board;
  const std::vector<std::string> names{"udp://192.0.2.1"};
  board.Prepare(names, kRules);
  const ProbeRules rules{Seconds(30), Seconds(2)};
  CHECK(board.TakeDue(rules, kStart).size() == 1);
  CHECK(board.TakeDue(rules, kStart + Seconds(29)).empty());
  CHECK(board.TakeDue(rules, kStart + Seconds(30)).size() == 1);
  board.Failed(UpstreamId{0}, "timeout", kStart + Seconds(31), kStart + Seconds(32));
  CHECK(board.TakeDue(rules, kStart + Seconds(32)).size() == 1);
  CHECK(board.TakeDue(rules, kStart + Seconds(33)).empty());
  CHECK(board.TakeDue(rules, kStart + Seconds(34)).size() == 1);
}

}  // namespace
}  // namespace servers
