#include "engine/daemon/log.h"

#include <doctest/doctest.h>

namespace {

using taprootd::Log;
using taprootd::LogLine;

TEST_CASE("a line of text escapes what would end it or steer a terminal") {
  CHECK(LogLine(Log::Level::kWarn, Log::Format::kText, 0, "a\nb\x1b[0m") == "warn: a\\x0ab\\x1b[0m\n");
}

TEST_CASE("a line of JSON is one object, whatever octets are in it") {
  CHECK(LogLine(Log::Level::kError, Log::Format::kJson, 1'000, "a\"\n") ==
        "{\"level\":\"error\",\"text\":\"a\\\"\\n\",\"time_ms\":1000}\n");
  CHECK(LogLine(Log::Level::kInfo, Log::Format::kJson, 0, "\xff") ==
        "{\"level\":\"info\",\"text\":\"\xef\xbf\xbd\",\"time_ms\":0}\n");
}

}  // namespace
