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

/// Returns the server that is picked when nothing is explored: most often, that is.
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

TEST_CASE("the fastest is asked, and another one in 50 questions") {
  auto shares = Shares({Good(100), Good(20), Good(300)});
  CHECK(shares[1] > 4'850);
  CHECK(shares[1] < 4'950);
}

TEST_CASE("servers within 5 ms or 15 % of the fastest share the questions") {
  auto near = Shares({Good(5), Good(10), Good(11)});
  CHECK(near[0] > 2'300);
  CHECK(near[1] > 2'300);
  CHECK(near[2] < 150);
  auto far = Shares({Good(200), Good(230), Good(231)});
  CHECK(far[0] > 2'300);
  CHECK(far[1] > 2'300);
  CHECK(far[2] < 150);
}

TEST_CASE("an untried server is preferred to a slow one, and tried now and then beside a fast one") {
  CHECK(Favourite({Good(100), Prospect()}) == 1);
  auto shares = Shares({Good(10), Prospect()});
  CHECK(shares[0] > 3'600);
  CHECK(shares[1] > 1'100);
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

TEST_CASE("a rested server that would be among the best is probed, once the question is fresh") {
  const Prospect rested = Silent(20, 4, kNow);
  Dice dice(1);
  CHECK(Pick(std::vector{Good(100), rested}, kNow, dice)->reason == "probing");
  CHECK(Pick(std::vector{Good(100), rested}, kNow, dice)->index == 1);
  Prospect tried = Good(100);
  tried.times_tried = 1;
  CHECK(Pick(std::vector{tried, Good(300), rested}, kNow, dice)->index == 1);
  CHECK(Favourite({Good(10), Silent(200, 4, kNow)}) == 0);
  CHECK(Favourite({Good(100), Silent(20, 4, kNow + world::Duration(1))}) == 0);
}

TEST_CASE("exploring asks the one that was asked the longest ago, and never one that rests") {
  Prospect stale = Good(200);
  stale.address.sent_at = kNow - world::Seconds(60);
  auto shares = Shares({Good(10), Good(100), stale, Silent(50, 1, kNow + world::Seconds(1))});
  CHECK(shares[1] == 0);
  CHECK(shares[2] > 50);
  CHECK(shares[3] == 0);
}

TEST_CASE("of two that were asked equally long ago the faster is explored") {
  auto shares = Shares({Good(10), Good(40), Good(30)});
  CHECK(shares[1] == 0);
  CHECK(shares[2] > 50);
}

TEST_CASE("a server far slower than the best is explored as often as one four times slower") {
  Prospect slow = Good(300);
  slow.address.sent_at = kNow - world::Seconds(41);
  Prospect near = Good(20);
  near.address.sent_at = kNow - world::Seconds(20);
  auto shares = Shares({Good(10), near, slow});
  CHECK(shares[1] == 0);
  CHECK(shares[2] > 50);
}

TEST_CASE("an exploring question waits no longer than it would for the best") {
  const std::vector<Prospect> prospects = {Good(10), Good(300)};
  Dice dice(5);
  int explored = 0;
  for (int i = 0; i < 500; ++i) {
    const auto choice = Pick(prospects, kNow, dice);
    if (choice->index == 0) continue;
    ++explored;
    CHECK(choice->reason == kExploring);
    CHECK(choice->timeout == kLeastTimeout);
  }
  CHECK(explored > 0);
}

TEST_CASE("a question that has failed once is not used to explore") {
  Prospect tried = Good(10);
  tried.times_tried = 1;
  Prospect stale = Good(200);
  stale.address.sent_at = kNow - world::Seconds(60);
  auto shares = Shares({tried, Good(100), stale});
  CHECK(shares[1] == 5'000);
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
