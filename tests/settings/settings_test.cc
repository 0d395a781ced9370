#include "engine/settings/settings.h"

#include <doctest/doctest.h>

using settings::Settings;

TEST_CASE("Settings begin with their defaults") {
  const Settings settings;
  REQUIRE(settings.server.listen.size() == 2);
  CHECK(settings.server.listen[0].ToText() == "127.0.0.1:53");
  CHECK(settings.server.listen[1].ToText() == "[::1]:53");
  CHECK(settings.server.allow.size() == 9);
  CHECK(settings.upstream.port == 53);
  CHECK(settings.walk.qname_minimisation == settings::QnameMinimisation::kRelaxed);
  CHECK(settings.walk.query_time == world::Seconds(10));
  CHECK(settings.cache.size_octets == 67'108'864);
  CHECK(settings.stubs.empty());
}

TEST_CASE("A socket without a path lies in the state folder, and without that in /run/taproot") {
  Settings settings;
  CHECK(StatsSocketPath(settings) == "/var/lib/taproot/stats.sock");
  settings.server.state_dir = "";
  CHECK(ControlSocketPath(settings) == "/run/taproot/control.sock");
  settings.control.socket = "/tmp/c.sock";
  CHECK(ControlSocketPath(settings) == "/tmp/c.sock");
}
