#include "engine/servers/chooser.h"

#include <map>
#include <vector>

#include "tests/servers/dice.h"
#include "tests/servers/timeline.h"

namespace servers::chooser {
namespace {

constexpr world::Instant kNow = AtMs(1'000'000);

/// Returns a server of `milliseconds` that was asked and answered a second ago.
Prospect Good(int64_t milliseconds) {
  Prospect prospect;
  prospect.address.rtt = {.smoothed = Ms(milliseconds), .variance = Ms(1), .measured = true};
  prospect.address.sent_at = kNow - world::Seconds(1);
  prospect.address.answered_at = kNow - world::Seconds(1);
  return prospect;
}

/// Returns a good server of `milliseconds` that answered with `report` a second ago.
Prospect Erring(int64_t milliseconds, Report report) {
  Prospect prospect = Good(milliseconds);
  prospect.in_zone.Answered(report, kNow - world::Seconds(1));
  return prospect;
}

/// Returns a server of `milliseconds` that was silent `times` in a row and rests until `rests_until`.
Prospect Silent(int64_t milliseconds, int times, world::Instant rests_until) {
  Prospect prospect = Good(milliseconds);
  prospect.address.timeouts_in_row = times;
  prospect.address.rests_until = rests_until;
  return prospect;
}

/// Returns how often each server is picked in 5,000 questions.
std::map<size_t, int> Shares(const std::vector<Prospect>& prospects) {
  Dice dice(7);
  std::map<size_t, int> shares;
  for (int i = 0; i < 5'000; ++i) ++shares[Pick(prospects, kNow, dice)->index];
  return shares;
}

/// Returns the server that is picked most often.
size_t Favourite(const std::vector<Prospect>& prospects) {
  size_t favourite = 0;
  int most = 0;
  for (const auto& [index, share] : Shares(prospects)) {
    if (share > most) favourite = index, most = share;
  }
  return favourite;
}

TEST_CASE("of no servers none is chosen, of one that one") {
  Dice dice(1);
  CHECK_FALSE(Pick({}, kNow, dice));
  const std::vector<Prospect> one = {Silent(10, 9, kNow + world::Seconds(9))};
  CHECK(Pick(one, kNow, dice)->index == 0);
  CHECK(Pick(one, kNow, dice)->reason == "only one");
}

TEST_CASE("the fastest is asked, and no client waits for another one") {
  CHECK(Shares({Good(100), Good(20), Good(300)})[1] == 5'000);
}

TEST_CASE("servers within 5 ms or 15 % of the fastest share the questions") {
  auto near = Shares({Good(5), Good(10), Good(11)});
  CHECK(near[0] > 2'300);
  CHECK(near[1] > 2'300);
  CHECK(near[2] == 0);
  auto far = Shares({Good(200), Good(230), Good(231)});
  CHECK(far[0] > 2'300);
  CHECK(far[1] > 2'300);
  CHECK(far[2] == 0);
}

TEST_CASE("an untried server is preferred to a slow one, and left for a fast one") {
  CHECK(Favourite({Good(100), Prospect()}) == 1);
  CHECK(Shares({Good(10), Prospect()})[0] == 5'000);
}

TEST_CASE("errors in the zone push a server behind a slower good one") {
  for (const Report report : {Report::kServFail, Report::kRefused, Report::kLame, Report::kFormErr}) {
    CHECK(Favourite({Erring(10, report), Good(300)}) == 1);
  }
  CHECK(Favourite({Erring(10, Report::kLame), Erring(300, Report::kLame)}) == 0);
}

TEST_CASE("a silent server stands behind erring ones, the more so the longer it is silent") {
  const world::Instant later = kNow + world::Seconds(5);
  CHECK(Favourite({Silent(10, 1, later), Erring(300, Report::kLame)}) == 1);
  CHECK(Favourite({Silent(10, 3, later), Silent(300, 2, later)}) == 1);
}

TEST_CASE("a server asked in this question comes after those that were not, but before a dead one") {
  const world::Instant later = kNow + world::Seconds(5);
  Prospect tried = Good(10);
  tried.times_tried = 1;
  CHECK(Favourite({tried, Good(900)}) == 1);
  CHECK(Favourite({tried, Erring(900, Report::kLame)}) == 1);
  CHECK(Favourite({tried, Silent(900, 2, later)}) == 1);
  CHECK(Favourite({tried, Silent(10, 3, later)}) == 0);
}

TEST_CASE("a server that answered this question badly comes last of all") {
  Prospect bad = Good(10);
  bad.answered_badly = true;
  CHECK(Favourite({bad, Silent(900, 100, kNow + world::Seconds(20))}) == 1);
  Prospect tried = Good(900);
  tried.times_tried = 8;
  CHECK(Favourite({bad, tried}) == 1);
}

TEST_CASE(
    "a server that missed a packet or two is asked again as soon as it has rested, if it would be among the best") {
  Dice dice(1);
  const auto picked = [&](const std::vector<Prospect>& prospects) { return Pick(prospects, kNow, dice); };
  CHECK(picked({Good(100), Silent(20, 2, kNow)})->index == 1);
  CHECK(picked({Good(100), Silent(20, 2, kNow)})->reason == kProbing);
  CHECK(picked({Good(100), Silent(20, 3, kNow)})->index == 0);
  CHECK(picked({Good(100), Silent(20, 2, kNow + world::Duration(1))})->index == 0);
  CHECK(picked({Good(10), Silent(200, 1, kNow)})->index == 0);
  Prospect erring = Silent(20, 1, kNow);
  erring.in_zone.Answered(Report::kLame, kNow);
  CHECK(picked({Good(100), erring})->index == 0);
  Prospect tried = Good(100);
  tried.times_tried = 1;
  CHECK(picked({tried, Good(300), Silent(20, 1, kNow)})->index == 1);
}

TEST_CASE("one that was silent for longer is probed aside, once it has rested and would be among the best") {
  const auto aside = PickAside(std::vector{Good(100), Silent(20, 4, kNow)}, 0, kNow);
  REQUIRE(aside);
  CHECK(aside->index == 1);
  CHECK(aside->reason == kProbing);
  CHECK_FALSE(PickAside(std::vector{Good(100), Silent(20, 4, kNow + world::Duration(1))}, 0, kNow));
  CHECK_FALSE(PickAside(std::vector{Good(10), Silent(200, 4, kNow)}, 0, kNow));
}

TEST_CASE("exploring asks the one whose measurement is oldest, when it is old, and never one that rests") {
  const auto aged = [](int64_t milliseconds, int64_t seconds) {
    Prospect prospect = Good(milliseconds);
    prospect.address.sent_at = kNow - world::Seconds(seconds);
    return prospect;
  };
  const auto aside = [](const std::vector<Prospect>& prospects) { return PickAside(prospects, 0, kNow); };
  CHECK_FALSE(aside({Good(10), aged(10, 15)}));
  REQUIRE(aside({Good(10), aged(10, 16)}));
  CHECK(aside({Good(10), aged(10, 16)})->index == 1);
  CHECK(aside({Good(10), aged(10, 16)})->reason == kExploring);
  CHECK(aside({Good(10), aged(10, 16), aged(10, 17)})->index == 2);
  Prospect resting = Silent(10, 1, kNow + world::Seconds(1));
  resting.address.sent_at = kNow - world::Seconds(1'000);
  CHECK_FALSE(aside({Good(10), resting}));
  CHECK(aside({Good(10), aged(10, 17), Prospect()})->index == 2);
}

TEST_CASE("a server's measurement keeps as many times as long as it is slower than the best, up to four") {
  const auto explored = [](int64_t milliseconds, int64_t seconds) {
    Prospect prospect = Good(milliseconds);
    prospect.address.sent_at = kNow - world::Seconds(seconds);
    return PickAside(std::vector{Good(10), prospect}, 0, kNow).has_value();
  };
  CHECK_FALSE(explored(20, 30));
  CHECK(explored(20, 31));
  CHECK_FALSE(explored(300, 60));
  CHECK(explored(300, 61));
}

TEST_CASE("what goes aside waits for its own time, and without EDNS where that fails") {
  Prospect stale = Good(300);
  stale.address.sent_at = kNow - world::Seconds(100);
  stale.address.plain_until = kNow + world::Seconds(1);
  const auto aside = PickAside(std::vector{Good(10), stale}, 0, kNow);
  REQUIRE(aside);
  CHECK(aside->timeout == stale.address.rtt.Timeout(0));
  CHECK_FALSE(aside->with_edns);
}

TEST_CASE("a server that loses packets is asked again, not a slower one, while loss explains it") {
  Prospect lossy = Good(10);
  lossy.address.loss = 0.11;  // Two in a row.
  lossy.times_tried = 2;
  Dice dice(1);
  CHECK(Pick(std::vector{lossy, Good(200)}, kNow, dice)->index == 0);
  CHECK(Pick(std::vector{lossy, Good(200)}, kNow, dice)->timeout == 4 * kLeastTimeout);
  lossy.times_tried = 3;
  CHECK(Pick(std::vector{lossy, Good(200)}, kNow, dice)->index == 1);
}

TEST_CASE("a question that has failed once has nothing asked beside it") {
  Prospect tried = Good(10);
  tried.times_tried = 1;
  Prospect stale = Good(200);
  stale.address.sent_at = kNow - world::Seconds(100);
  CHECK(PickAside(std::vector{Good(10), stale}, 0, kNow));
  CHECK_FALSE(PickAside(std::vector{tried, Good(100), stale}, 1, kNow));
}

TEST_CASE("the timeout doubles with the tries, and EDNS is left out where it fails") {
  Prospect prospect = Good(100);
  prospect.times_tried = 2;
  prospect.address.plain_until = kNow + world::Seconds(1);
  Dice dice(1);
  const auto choice = Pick(std::vector{prospect}, kNow, dice);
  CHECK(choice->timeout == Ms(480));
  CHECK_FALSE(choice->with_edns);
}

TEST_CASE("after five packets of a question the timeout doubles whoever is asked") {
  std::vector<Prospect> prospects = {Good(100), Good(300), Good(300)};
  prospects[1].times_tried = 2;
  prospects[2].times_tried = 3;
  Dice dice(1);
  CHECK(Pick(prospects, kNow, dice)->timeout == Ms(120));
  prospects[1].times_tried = 3;
  CHECK(Pick(prospects, kNow, dice)->timeout == Ms(240));
}

}  // namespace
}  // namespace servers::chooser
