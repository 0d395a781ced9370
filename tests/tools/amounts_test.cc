#include "tools/taproot/amounts.h"

#include <doctest/doctest.h>

TEST_CASE("Amounts read as a person writes them") {
  CHECK(taproot::Grouped(0) == "0");
  CHECK(taproot::Grouped(999) == "999");
  CHECK(taproot::Grouped(1'234'567) == "1,234,567");
  CHECK(taproot::TimeText(20) == "0.02 ms");
  CHECK(taproot::TimeText(9'994) == "9.99 ms");
  CHECK(taproot::TimeText(9'995) == "10.0 ms");
  CHECK(taproot::TimeText(99'950) == "100 ms");
  CHECK(taproot::TimeText(999'499) == "999 ms");
  CHECK(taproot::TimeText(999'500) == "1.00 s");
  CHECK(taproot::AgeText(59) == "59 s");
  CHECK(taproot::AgeText(11'580) == "3 h 13 min");
  CHECK(taproot::AgeText(180'000) == "2 d 2 h");
  CHECK(taproot::SizeText(812) == "812 octets");
  CHECK(taproot::SizeText(64 * 1024 * 1024) == "64.0 MiB");
  CHECK(taproot::ShareText(1, 8) == "12.5 %");
  CHECK(taproot::ShareText(1, 0) == "-");
  CHECK(taproot::DateText(1'795'255'143'999) == "2026-11-21 09:59:03 UTC");
}
