// Whose fault it is when servers do not answer: theirs, or that of our way to all of them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/simulator/scene.h"

namespace simulator {
namespace {

using world::Family;
using world::Milliseconds;
using world::Seconds;

/// Zones of a scene, each of a server of its own in a network of its own.
constexpr int kZones = 8;

std::string Ipv4(int zone) { return fmt::format("20.0.{}.1", 10 + zone); }
std::string Ipv6(int zone) { return fmt::format("2a0{}::1", zone + 1); }

/// Whether the servers have IPv6 addresses too.
enum class Families : uint8_t { kIpv4, kBoth };

/// Adds the zones z0. to z7., each with `www` and many other names.
void AddZones(Scene& scene, Families families) {
  std::string delegations;
  for (int zone = 0; zone < kZones; ++zone) {
    delegations += fmt::format("z{0}. 86400 IN NS ns.z{0}.\nns.z{0}. 86400 IN A {1}\n", zone, Ipv4(zone));
    std::string names = fmt::format("www.z{}. 30 IN A 198.51.100.1\n", zone);
    for (int i = 0; i < 200; ++i) names += fmt::format("w{}.z{}. 30 IN A 198.51.100.{}\n", i, zone, i);
    const std::string origin = fmt::format("z{}.", zone);
    std::string text = Scene::ZoneText(origin, Ipv4(zone), names);
    if (families == Families::kBoth) {
      delegations += fmt::format("ns.z{}. 86400 IN AAAA {}\n", zone, Ipv6(zone));
      text += fmt::format("ns.z{}. 3600 IN AAAA {}\n", zone, Ipv6(zone));
      scene.servers.Serve(Ipv6(zone), origin, text);
    }
    scene.servers.Serve(Ipv4(zone), origin, text);
  }
  scene.root = Scene::RootText(1, delegations);
}

/// What a client got.
struct Got {
  world::Duration asked;  ///< After the begin.
  world::Duration took;
  bool is_answer = false;
  bool is_stale = false;
};

/// Returns what the clients of some slots got.
std::vector<Got> All(Scene& scene, const std::vector<uint64_t>& slots) {
  std::vector<Got> all;
  for (const uint64_t slot : slots) {
    const Fate& fate = scene.simulation().fate(slot);
    const wire::Message told = scene.AnswerOf(slot);
    const bool is_stale =
        told.edns && !told.edns->errors.empty() && told.edns->errors.front().code == wire::EdeCode::kStaleAnswer;
    all.push_back({fate.asked - Simulation::kBegin, fate.ended - fate.asked, !told.answer.empty(), is_stale});
  }
  return all;
}

/// Has a client ask for `www` of a zone every 250 ms, one zone after the other. Returns the slots.
std::vector<uint64_t> AskForAll(Scene& scene, world::Duration until) {
  std::vector<uint64_t> slots;
  for (world::Duration at{}; at < until; at += Milliseconds(250)) {
    slots.push_back(scene.AskAfter(at, fmt::format("www.z{}.", slots.size() % kZones), wire::RrType::kA, 0));
  }
  return slots;
}

/// Returns the standing of a zone's server of a family.
servers::Standing StandingOf(Scene& scene, int zone, Family family) {
  const auto name = wire::Name::FromText(fmt::format("z{}.", zone));
  for (const servers::Standing& standing : scene.simulation().book().OfZone(*name, scene.simulation().now())) {
    if (standing.address.family() == family) return standing;
  }
  FAIL("no such server");
  return {};
}

/// Returns how often a family was found to be down.
uint64_t OutagesOf(Scene& scene, Family family) {
  return scene.simulation().book().uplink().ReportOf(family, scene.simulation().now()).outages;
}

TEST_CASE("ten minutes without an uplink: what was known is told at once, nobody is blamed, and all is well in 2 s") {
  Scene scene;
  AddZones(scene, Families::kIpv4);
  const world::Duration down = Seconds(60);
  const world::Duration up = Seconds(660);
  scene.options.mischief.outages.push_back({Simulation::kBegin + down, Simulation::kBegin + up});
  const std::vector<uint64_t> slots = AskForAll(scene, Seconds(700));
  scene.RunUntil(down);
  const auto before = StandingOf(scene, 3, Family::kIpv4);
  scene.RunUntil(Seconds(720));
  const std::vector<Got> all = All(scene, slots);
  CHECK(std::ranges::all_of(all, &Got::is_answer));
  world::Duration fresh_after = Seconds(1'000);
  for (const Got& got : all) {
    // The last answer's 30 s are over, and it has been noticed.
    if (got.asked >= down + Seconds(40) && got.asked < up) CHECK(got.took < Milliseconds(10));
    if (got.asked >= up && !got.is_stale) fresh_after = std::min(fresh_after, got.asked + got.took - up);
    if (got.asked >= up + Seconds(3)) CHECK_FALSE(got.is_stale);
    if (got.asked >= up + Seconds(3)) CHECK(got.took < Milliseconds(100));
  }
  CHECK(fresh_after <= Seconds(2));
  CHECK(OutagesOf(scene, Family::kIpv4) == 1);
  for (int zone = 0; zone < kZones; ++zone) {
    const auto after = StandingOf(scene, zone, Family::kIpv4);
    CHECK(after.state == "good");
    CHECK(after.timeouts_in_row == 0);
    CHECK(std::chrono::abs(*after.srtt - *before.srtt) < Milliseconds(2));
  }
}

TEST_CASE("all of IPv6 dies: after 5 s clients wait no longer than without it, and in 2 s of its return it is used") {
  Scene scene;
  AddZones(scene, Families::kBoth);
  const world::Duration down = Seconds(60);
  const world::Duration up = Seconds(180);
  for (int zone = 0; zone < kZones; ++zone) {
    scene.servers.Behave(Ipv4(zone), {.latency = Milliseconds(40)});
    scene.servers.Behave(Ipv6(zone),
                         {.from = Simulation::kBegin + down, .to = Simulation::kBegin + up, .is_silent = true});
  }
  std::vector<uint64_t> slots;
  for (int i = 0; i < 1'000; ++i) {
    const std::string name = fmt::format("w{}.z{}.", i / kZones, i % kZones);
    slots.push_back(scene.AskAfter(Milliseconds(200 * i), name, wire::RrType::kA, 0));
  }
  scene.RunUntil(Seconds(205));
  int over_ipv4 = 0;
  for (const Got& got : All(scene, slots)) {
    CHECK(got.is_answer);
    if (got.asked >= down + Seconds(5) && got.asked < up) {
      CHECK(got.took >= Milliseconds(40));
      CHECK(got.took < Milliseconds(50));
    }
    if (got.asked >= up + Seconds(2) && got.took >= Milliseconds(40)) ++over_ipv4;
  }
  CHECK(over_ipv4 == 0);
  CHECK(OutagesOf(scene, Family::kIpv6) == 1);
  CHECK(OutagesOf(scene, Family::kIpv4) == 0);
  CHECK(StandingOf(scene, 0, Family::kIpv6).state == "good");
}

TEST_CASE("one dead server among many is a dead server") {
  Scene scene;
  AddZones(scene, Families::kIpv4);
  scene.servers.Behave(Ipv4(0), {.from = Simulation::kBegin + Seconds(40), .is_silent = true});
  AskForAll(scene, Seconds(120));
  scene.RunUntil(Seconds(120));
  CHECK(OutagesOf(scene, Family::kIpv4) == 0);
  CHECK(StandingOf(scene, 0, Family::kIpv4).timeouts_in_row > 0);
  CHECK(StandingOf(scene, 1, Family::kIpv4).timeouts_in_row == 0);
}

TEST_CASE("a client that asks only for names whose servers are dead makes nobody believe in an outage") {
  Scene scene;
  AddZones(scene, Families::kIpv4);
  // Two servers live; the others die one after the other, as far as they were ever there.
  for (int zone = 2; zone < kZones; ++zone) {
    const auto dead = zone < 5 ? Simulation::kBegin : Simulation::kBegin + Seconds(10 * zone);
    scene.servers.Behave(Ipv4(zone), {.from = dead, .is_silent = true});
  }
  std::vector<uint64_t> victims;
  for (int i = 0; i < 4'000; ++i) {
    const int zone = 2 + i % 6;
    scene.AskAfter(Milliseconds(25 * i), fmt::format("x{}.z{}.", i, zone), wire::RrType::kA, 0);
    if (i % 20 != 0) continue;
    victims.push_back(
        scene.AskAfter(Milliseconds(25 * i), fmt::format("w{}.z{}.", i / 40, i / 20 % 2), wire::RrType::kA, 0));
  }
  scene.RunUntil(Seconds(115));
  CHECK(OutagesOf(scene, Family::kIpv4) == 0);
  for (const Got& got : All(scene, victims)) {
    CHECK(got.is_answer);
    CHECK_FALSE(got.is_stale);
    CHECK(got.took < Milliseconds(50));
  }
}

}  // namespace
}  // namespace simulator
