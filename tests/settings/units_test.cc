#include "engine/settings/units.h"

#include <doctest/doctest.h>

using namespace settings;  // NOLINT: a test of one header.

TEST_CASE("A time is read in four units") {
  CHECK(DurationFromText("250ms") == world::Milliseconds(250));
  CHECK(DurationFromText("10s") == world::Seconds(10));
  CHECK(DurationFromText("5 m") == world::Seconds(300));
  CHECK(DurationFromText("1h") == world::Seconds(3600));
  for (const char* bad : {"", "10", "s", "-1s", "1.5s", "10s ", "10  s", "10 ", "9223372036854775807h", "1d"}) {
    CAPTURE(bad);
    CHECK_FALSE(DurationFromText(bad));
  }
}

TEST_CASE("A time is written in the largest unit that is whole") {
  CHECK(DurationToText(world::Seconds(0)) == "0s");
  CHECK(DurationToText(world::Seconds(90)) == "90s");
  CHECK(DurationToText(world::Seconds(7200)) == "2h");
  CHECK(DurationToText(world::Milliseconds(1500)) == "1500ms");
}

TEST_CASE("A size is read in powers of 1024") {
  CHECK(OctetsFromText("65536") == 65'536);
  CHECK(OctetsFromText("64 KiB") == 65'536);
  CHECK(OctetsFromText("64MiB") == 67'108'864);
  CHECK(OctetsFromText("1 GiB") == 1'073'741'824);
  for (const char* bad : {"64 MB", "64m", "-1", "1 KiB ", "9223372036854775807 KiB"}) {
    CAPTURE(bad);
    CHECK_FALSE(OctetsFromText(bad));
  }
}

TEST_CASE("A size is written in the largest unit that is whole") {
  CHECK(OctetsToText(67'108'864) == "64 MiB");
  CHECK(OctetsToText(1'025) == "1025");
  CHECK(OctetsToText(0) == "0");
}

TEST_CASE("A quoted text has no control characters") {
  CHECK(Quote("a\"b\\c\n\x7f") == "\"a\\\"b\\\\c\\u000a\\u007f\"");
  CHECK(Quote("grün") == "\"grün\"");
}
