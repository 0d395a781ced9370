#include "engine/servers/zone_record.h"

#include "tests/servers/timeline.h"

namespace servers {
namespace {

TEST_CASE("an error counts for a minute after the last one") {
  for (const Report report : {Report::kServFail, Report::kRefused, Report::kLame, Report::kFormErr}) {
    ServerInZone server;
    CHECK_FALSE(server.ErringAt(AtMs(0)));
    server.Answered(report, AtMs(0));
    server.Answered(report, AtMs(10'000));
    CHECK(server.errors == 2);
    CHECK(server.ErringAt(AtMs(69'999)));
    CHECK_FALSE(server.ErringAt(AtMs(70'000)));
  }
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
