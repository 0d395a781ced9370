#include "bench/selection/scenario.h"

namespace selection {
namespace {

using world::Family;
using world::Milliseconds;
using world::Seconds;

/// A server as it is in every zone of a layout.
struct Place {
  int64_t rtt_ms = 0;
  Temper temper = Temper::kHealthy;
  Family family = Family::kIpv4;
};

/// Returns a layout of `zones` zones, each with a server in each of the places.
Scenario Layout(std::string name, size_t zones, const std::vector<Place>& places, uint64_t seed) {
  Scenario layout{.name = std::move(name), .story = "", .internet = {}, .targets = {}};
  layout.internet.seed = seed;
  layout.length = Seconds(90);
  layout.warm_up = Seconds(0);
  for (size_t zone = 0; zone < zones; ++zone) {
    std::vector<size_t>& members = layout.internet.zones.emplace_back();
    for (const Place& place : places) {
      members.push_back(layout.internet.servers.size());
      layout.internet.servers.push_back(
          {AddressOf(members.back(), place.family), {{kStart, place.temper, Milliseconds(place.rtt_ms)}}});
    }
  }
  return layout;
}

/// Returns the layout with packets lost everywhere.
Scenario Lossy(Scenario layout, double loss) {
  layout.internet.loss = loss;
  return layout;
}

/// Returns the layout with a share of questions that no server answers.
Scenario Silent(Scenario layout, double share) {
  layout.share_unanswerable = share;
  return layout;
}

}  // namespace

std::vector<Scenario> MakeLayouts(uint64_t seed) {
  const std::vector<Place> five = {{5}, {20}, {60}, {150}, {300}};
  std::vector<Place> dead = five;
  dead[0].temper = Temper::kDead;
  std::vector<Place> fails = five;
  fails[0].temper = Temper::kServFail;
  std::vector<Place> lame = five;
  lame[0].temper = Temper::kLame;
  std::vector<Place> mixed = five;
  for (const size_t place : {0u, 2u, 4u}) mixed[place].family = Family::kIpv6;
  std::vector<Place> dead6 = mixed;
  for (const size_t place : {0u, 2u, 4u}) dead6[place].temper = Temper::kDead;
  std::vector<Scenario> layouts;
  layouts.push_back(Layout("five servers", 20, five, seed));
  layouts.push_back(Layout("two near, 100 zones", 100, {{10}, {14}}, seed));
  layouts.push_back(Layout("fastest dead", 20, dead, seed));
  layouts.push_back(Layout("one of two dead, 100 zones", 100, {{5, Temper::kDead}, {40}}, seed));
  layouts.push_back(Lossy(Layout("30 % lost", 20, five, seed), 0.3));
  layouts.push_back(Layout("fastest answers SERVFAIL", 20, fails, seed));
  layouts.push_back(Layout("fastest lame", 20, lame, seed));
  layouts.push_back(Layout("both families", 20, mixed, seed));
  layouts.push_back(Layout("dead over IPv6", 20, dead6, seed));
  layouts.push_back(Silent(Layout("one name in five silent", 20, five, seed), 0.2));
  return layouts;
}

}  // namespace selection
