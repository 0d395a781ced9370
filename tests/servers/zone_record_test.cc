#include "engine/servers/zone_record.h"

#include "tests/servers/timeline.h"

namespace servers {
namespace {

/// Returns for how many whole seconds after `report` the server stands behind the others.
int64_t SecondsBehind(Report report) {
  ServerInZone server;
  server.Answered(report, AtMs(0));
  int64_t seconds = 0;
  while (server.ErringAt(AtMs(1'000 * seconds))) ++seconds;
  return seconds - 1;
}

TEST_CASE("a SERVFAIL counts for a minute, lameness and REFUSED for three") {
  CHECK(SecondsBehind(Report::kServFail) == 60);
  CHECK(SecondsBehind(Report::kFormErr) == 60);
  CHECK(SecondsBehind(Report::kRefused) == 180);
  CHECK(SecondsBehind(Report::kLame) == 180);
}

TEST_CASE("errors add up, to four minutes at most") {
  ServerInZone server;
  for (int i = 0; i < 100; ++i) server.Answered(Report::kLame, AtMs(0));
  CHECK(server.errors == 100);
  CHECK(server.ErringAt(AtMs(240'000)));
  CHECK_FALSE(server.ErringAt(AtMs(240'001)));
}

TEST_CASE("a good answer ends all suspicion; one without EDNS says nothing") {
  ServerInZone server;
  server.Answered(Report::kLame, AtMs(0));
  server.Answered(Report::kNoEdns, AtMs(1));
  CHECK(server.ErringAt(AtMs(1)));
  server.Answered(Report::kValid, AtMs(2));
  CHECK_FALSE(server.ErringAt(AtMs(2)));
  CHECK(server.last_error == Report::kLame);
}

}  // namespace
}  // namespace servers
