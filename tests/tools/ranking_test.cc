#include "tools/taproot/ranking.h"

#include <doctest/doctest.h>

using taproot::Terminal;

TEST_CASE("The ranking shows each server on a line, in the daemon's order") {
  const auto answer = taproot::Json::parse(R"({"standings":[
    {"address":"192.0.2.1","zone":"example.","srtt_us":21300,"variance_us":4200,"timeout_us":80000,"asked":1200,
     "answered":1188,"timeouts":12,"errors":0,"explorations":40,"won":7,"share_permille":997,"timeouts_in_row":0,"state":"good","last_error":"",
     "reason":"fastest"},
    {"address":"2001:db8::1","zone":"example.","srtt_us":null,"variance_us":0,"timeout_us":400000,"asked":3,
     "answered":0,"timeouts":3,"errors":1,"explorations":0,"won":0,"share_permille":null,"timeouts_in_row":3,"state":"backing off",
     "last_error":"timeout","reason":"3 timeouts in a row"}]})");
  CHECK(
      taproot::RankingText(answer, Terminal()) ==
      "#  address      zone                     rtt  timeout  asked  share  answered  timeouts  errors  explored  won  "
      "state        why\n"
      "1  192.0.2.1    example.  21.3 ms +- 4.20 ms  80.0 ms  1,200  100 %    99.0 %        12       -        40    7  "
      "good         fastest\n"
      "2  2001:db8::1  example.                   -   400 ms      3      -     0.0 %         3       1         -    -  "
      "backing off  3 timeouts in a row; last: timeout\n");
}

TEST_CASE("An empty ranking says so") {
  CHECK(taproot::RankingText(taproot::Json::object(), Terminal()) == "No such nameserver has been asked yet.\n");
}
