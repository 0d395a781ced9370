#include "tools/taproot/columns.h"

#include <doctest/doctest.h>

using taproot::Side;
using taproot::Table;
using taproot::Terminal;
using taproot::Tint;

TEST_CASE("Columns are aligned on their side, and no line ends in blanks") {
  Table table({{"zone"}, {"rtt", Side::kRight}, {"why"}});
  table.Add({{"com."}, {"9 ms"}, {"fastest"}});
  table.Add({{"größer."}, {"120 ms"}, {""}});
  CHECK(table.ToText(Terminal(), 2) ==
        "  zone        rtt  why\n"
        "  com.       9 ms  fastest\n"
        "  größer.  120 ms\n");
}

TEST_CASE("A terminal too narrow cuts the widest column that may be cut, down to its least") {
  Table table({{"", Side::kLeft}, {"", Side::kLeft, 4}, {"", Side::kLeft, 5}});
  table.Add({{"0123456789"}, {"abcdefgh"}, {"ABCDEFGHIJ"}});
  CHECK(table.ToText(Terminal{.width = 27, .unicode = true}, 0) == "0123456789  abcde…  ABCDEF…\n");
  CHECK(table.ToText(Terminal{.width = 10}, 0) == "0123456789  abc~  ABCD~\n");
  CHECK(table.NaturalWidth(1) == 33);
}

TEST_CASE("Tints wrap the text and not its padding, and only where there is colour") {
  Table table({{""}, {""}});
  table.Add({{"a", Tint::kBad}, {"b"}});
  table.Add({{"long"}, {"c"}});
  CHECK(table.ToText(Terminal{.colour = true}, 0) == "\033[31ma\033[0m     b\nlong  c\n");
  CHECK(table.ToText(Terminal(), 0) == "a     b\nlong  c\n");
}

TEST_CASE("Text from elsewhere cannot steer the terminal") { CHECK(taproot::Harmless("a\033[2Jb\n") == "a?[2Jb?"); }
