// The limits of world/limits.h that a whole walk runs into, at n and at n + 1.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/world/limits.h"
#include "tests/simulator/scene.h"

namespace simulator {
namespace {

using metrics::Metric;
using wire::Rcode;

/// Returns the records of `count` aliases in com., c0 to the name `c<count>` that has an address.
std::string Aliases(int count) {
  std::string text = fmt::format("c{}.com. 300 IN A 198.51.100.1\n", count);
  for (int i = 0; i < count; ++i) text += fmt::format("c{}.com. 300 IN CNAME c{}.com.\n", i, i + 1);
  return text;
}

/// Serves com. with these records.
void ServeCom(Scene& scene, const std::string& records) {
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, records));
}

TEST_CASE("kMaxAliases aliases are followed") {
  Scene scene;
  ServeCom(scene, Aliases(world::limits::kMaxAliases));
  const wire::Message told = scene.Resolve("c0.com.");
  CHECK(told.header.rcode == Rcode::kNoError);
  CHECK(told.answer.size() == world::limits::kMaxAliases + 1);
  CHECK(scene.Count(Metric::kLimitAliases) == 0);
}

TEST_CASE("kMaxAliases + 1 aliases are not followed") {
  Scene scene;
  ServeCom(scene, Aliases(world::limits::kMaxAliases + 1));
  CHECK(scene.Resolve("c0.com.").header.rcode == Rcode::kServFail);
  CHECK(scene.Count(Metric::kLimitAliases) == 1);
}

TEST_CASE("the aliases of one response count each: kMaxAliases are taken, one more is not") {
  for (const int more : {0, 1}) {
    Scene scene;
    const int aliases = world::limits::kMaxAliases + more;
    ServeCom(scene, Aliases(aliases));
    ZoneServers::Manner manner;
    for (int i = 1; i < aliases; ++i) {
      wire::RrSet& alias = manner.extra.answer.emplace_back();
      alias.owner = *wire::Name::FromText(fmt::format("c{}.com.", i));
      alias.type = wire::RrType::kCname;
      alias.ttl = 300;
      alias.rdatas.Add(wire::Name::FromText(fmt::format("c{}.com.", i + 1))->octets());
    }
    scene.servers.Behave(Scene::kCom, manner);
    CHECK(scene.Resolve("c0.com.").header.rcode == (more == 0 ? Rcode::kNoError : Rcode::kServFail));
  }
}

TEST_CASE("an alias of itself ends the walk") {
  Scene scene;
  ServeCom(scene, "c0.com. 300 IN CNAME c1.com.\nc1.com. 300 IN CNAME c0.com.\n");
  CHECK(scene.Resolve("c0.com.").header.rcode == Rcode::kServFail);
  CHECK(scene.packets() <= 24);
}

/// Returns the name of the zone `depth` cuts below com.: `z2.z1.com.`, say.
std::string DeepZone(int depth) {
  std::string name = "com.";
  for (int i = 1; i <= depth; ++i) name = fmt::format("z{}.{}", i, name);
  return name;
}

/// Makes `cuts` zones below com., each at an address of its own; the last has `www`.
void AddCuts(Scene& scene, int cuts) {
  for (int i = 0; i <= cuts; ++i) {
    const std::string child = DeepZone(i + 1);
    const std::string below = i < cuts
                                  ? fmt::format("{0} 3600 IN NS ns.{0}\nns.{0} 3600 IN A 20.1.0.{1}\n", child, i + 1)
                                  : fmt::format("www.{} 300 IN A 198.51.100.1\n", DeepZone(i));
    const std::string address = i == 0 ? std::string(Scene::kCom) : fmt::format("20.1.0.{}", i);
    scene.servers.Serve(address, DeepZone(i), Scene::ZoneText(DeepZone(i), address, below));
  }
}

TEST_CASE("kMaxReferrals referrals are followed, those of the root snapshot apart") {
  Scene scene;
  AddCuts(scene, world::limits::kMaxReferrals);
  CHECK(scene.Resolve("www." + DeepZone(world::limits::kMaxReferrals)).header.rcode == Rcode::kNoError);
  CHECK(scene.Count(Metric::kLimitReferrals) == 0);
}

TEST_CASE("kMaxReferrals + 1 referrals are not followed") {
  Scene scene;
  AddCuts(scene, world::limits::kMaxReferrals + 1);
  CHECK(scene.Resolve("www." + DeepZone(world::limits::kMaxReferrals + 1)).header.rcode == Rcode::kServFail);
  CHECK(scene.Count(Metric::kLimitReferrals) == 1);
}

/// Returns the zone `index` of a nest; every other one is in net.
std::string NestZone(int index) { return fmt::format("g{}.{}.", index, index % 2 == 0 ? "com" : "net"); }

/// Makes a zone g0 in com. whose server is named in g1 in net., and so on, `depth` look-ups deep; the last has glue.
void AddNest(Scene& scene, int depth) {
  std::string com;
  std::string net;
  for (int i = 0; i <= depth; ++i) {
    const bool is_last = i == depth;
    const std::string zone = NestZone(i);
    const std::string server = "ns." + NestZone(is_last ? i : i + 1);
    // The last zone is served where the one before it is.
    const std::string address = fmt::format("20.2.0.{}", is_last ? i : i + 1);
    std::string records =
        fmt::format("{0} 3600 IN SOA {1} admin.{0} 1 1800 900 604800 60\n{0} 3600 IN NS {1}\n", zone, server);
    if (i > 0) records += fmt::format("ns.{} 3600 IN A 20.2.0.{}\n", zone, i);
    scene.servers.Serve(address, zone, records + fmt::format("www.{} 300 IN A 198.51.100.1\n", zone));
    std::string& parent = i % 2 == 0 ? com : net;
    parent += fmt::format("{} 3600 IN NS {}\n", zone, server);
    if (is_last) parent += fmt::format("{} 3600 IN A {}\n", server, address);
  }
  ServeCom(scene, com);
  scene.servers.Serve(Scene::kNet, "net.", Scene::ZoneText("net.", Scene::kNet, net));
}

TEST_CASE("questions for addresses nest kMaxDepth deep") {
  Scene scene;
  AddNest(scene, world::limits::kMaxDepth);
  CHECK(scene.Resolve("www.g0.com.").header.rcode == Rcode::kNoError);
  CHECK(scene.Count(Metric::kLimitDepth) == 0);
}

TEST_CASE("questions for addresses do not nest deeper than kMaxDepth (iDNS)") {
  Scene scene;
  AddNest(scene, world::limits::kMaxDepth + 1);
  CHECK(scene.Resolve("www.g0.com.").header.rcode == Rcode::kServFail);
  CHECK(scene.Count(Metric::kLimitDepth) > 0);
}

TEST_CASE("two zones whose servers are named in each other end at once (TsuNAME)") {
  Scene scene;
  ServeCom(scene, "loop.com. 3600 IN NS ns.loop.net.\n");
  scene.servers.Serve(Scene::kNet, "net.", Scene::ZoneText("net.", Scene::kNet, "loop.net. 3600 IN NS ns.loop.com.\n"));
  CHECK(scene.Resolve("www.loop.com.").header.rcode == Rcode::kServFail);
  CHECK(scene.simulation().now() - Simulation::kBegin < world::Seconds(1));
  CHECK(scene.packets() <= 10);
}

/// Delegates fan.com. to `count` names of net. that do not exist.
void AddFan(Scene& scene, int count) {
  std::string records;
  for (int i = 0; i < count; ++i) records += fmt::format("fan.com. 3600 IN NS ns{}.net.\n", i);
  ServeCom(scene, records);
}

/// Returns how many names below net. were asked for.
size_t NamesAskedOfNet(const Scene& scene) {
  std::set<std::string> names;
  for (const ZoneServers::Asked& asked : scene.servers.log()) {
    if (asked.server == *world::Address::FromText(Scene::kNet)) names.insert(asked.question.name.ToText());
  }
  return names.size();
}

TEST_CASE("kMaxGluelessPerCut names of nameservers are looked up for one delegation") {
  Scene scene;
  AddFan(scene, world::limits::kMaxGluelessPerCut);
  CHECK(scene.Resolve("www.fan.com.").header.rcode == Rcode::kServFail);
  CHECK(NamesAskedOfNet(scene) == world::limits::kMaxGluelessPerCut);
  CHECK(scene.Count(Metric::kLimitGluelessPerCut) == 0);
}

TEST_CASE("kMaxGluelessPerCut + 1 names are not (NXNSAttack)") {
  Scene scene;
  AddFan(scene, world::limits::kMaxGluelessPerCut + 1);
  CHECK(scene.Resolve("www.fan.com.").header.rcode == Rcode::kServFail);
  CHECK(NamesAskedOfNet(scene) == world::limits::kMaxGluelessPerCut);
  CHECK(scene.Count(Metric::kLimitGluelessPerCut) > 0);
}

/// Delegates wide.com. to `names` nameservers of `addresses` addresses each, all of which say SERVFAIL.
void AddWide(Scene& scene, size_t names, size_t addresses) {
  std::string records;
  for (size_t i = 0; i < names; ++i) {
    records += fmt::format("wide.com. 3600 IN NS ns{}.wide.com.\n", i);
    for (size_t j = 0; j < addresses; ++j) {
      const std::string address = fmt::format("20.3.{}.{}", i, j);
      records += fmt::format("ns{}.wide.com. 3600 IN A {}\n", i, address);
      scene.servers.Serve(address, "wide.com.", Scene::ZoneText("wide.com.", address, ""));
      scene.servers.Behave(address, {.rcode = Rcode::kServFail});
    }
  }
  ServeCom(scene, records);
}

/// Returns how many addresses below 20.3/16 were asked.
size_t WideServersAsked(const Scene& scene) {
  const world::Prefix block = *world::Prefix::FromText("20.3.0.0/16");
  std::set<world::Address> servers;
  for (const ZoneServers::Asked& asked : scene.servers.log()) {
    if (block.Contains(asked.server)) servers.insert(asked.server);
  }
  return servers.size();
}

TEST_CASE("kMaxNameServers nameservers of a delegation are kept, and no more") {
  for (const size_t more : {size_t{0}, size_t{1}}) {
    Scene scene;
    AddWide(scene, world::limits::kMaxNameServers + more, 1);
    CHECK(scene.Resolve("www.wide.com.").header.rcode == Rcode::kServFail);
    CHECK(WideServersAsked(scene) == world::limits::kMaxNameServers);
    CHECK(scene.Count(Metric::kLimitNameServers) == more);
  }
}

TEST_CASE("kMaxAddressesPerServer addresses of a nameserver are kept, and no more (CVE-2026-3592)") {
  for (const size_t more : {size_t{0}, size_t{1}}) {
    Scene scene;
    AddWide(scene, 1, world::limits::kMaxAddressesPerServer + more);
    CHECK(scene.Resolve("www.wide.com.").header.rcode == Rcode::kServFail);
    CHECK(WideServersAsked(scene) == world::limits::kMaxAddressesPerServer);
    CHECK(scene.Count(Metric::kLimitAddresses) == more);
  }
}

TEST_CASE("at one zone cut no more than kMaxPacketsPerCut packets are sent for a question") {
  Scene scene;
  AddWide(scene, 20, 4);
  CHECK(scene.Resolve("www.wide.com.").header.rcode == Rcode::kServFail);
  const wire::Name asked = *wire::Name::FromText("www.wide.com.");
  const auto packets =
      std::ranges::count_if(scene.servers.log(), [&](const auto& a) { return a.question.name == asked; });
  CHECK(packets == world::limits::kMaxPacketsPerCut);
  CHECK(scene.Count(Metric::kLimitPacketsPerCut) > 0);
  // Look-ups of the nameservers' names are questions of their own, on the same account.
  CHECK(scene.packets() <= world::limits::kMaxPacketsPerQuery);
}

TEST_CASE("a client's query costs no more than walk.max-packets packets, whatever it leads into") {
  Scene scene;
  scene.settings.walk.max_packets = 20;
  std::string records;
  for (int i = 0; i < 10; ++i) {
    records += fmt::format("c{}.com. 300 IN CNAME x.d{}.com.\n", i, i);
    records += fmt::format("d{0}.com. 3600 IN NS ns.d{0}.com.\nns.d{0}.com. 3600 IN A 20.4.0.{0}\n", i);
    const std::string zone = fmt::format("d{}.com.", i);
    const std::string address = fmt::format("20.4.0.{}", i);
    scene.servers.Serve(address, zone,
                        Scene::ZoneText(zone, address, fmt::format("x.d{}.com. 300 IN CNAME c{}.com.\n", i, i + 1)));
  }
  ServeCom(scene, records);
  CHECK(scene.Resolve("c0.com.").header.rcode == Rcode::kServFail);
  CHECK(scene.packets() <= 20);
}

TEST_CASE("an RRset of kMaxRecordsPerRrset records is kept, one of more makes the response invalid (CVE-2024-1737)") {
  for (const size_t more : {size_t{0}, size_t{1}}) {
    Scene scene;
    std::string records;
    for (size_t i = 1; i < world::limits::kMaxRecordsPerRrset; ++i) {
      records += fmt::format("big.com. 300 IN A 198.51.100.{}\n", i);
    }
    ServeCom(scene, records);
    wire::RrSet last;
    last.owner = *wire::Name::FromText("big.com.");
    last.ttl = 300;
    for (size_t i = 0; i <= more; ++i) last.rdatas.Add(std::to_array<uint8_t>({203, 0, 113, static_cast<uint8_t>(i)}));
    ZoneServers::Manner manner;
    manner.extra.answer.push_back(last);
    scene.servers.Behave(Scene::kCom, manner);
    const Rcode rcode = scene.Resolve("big.com.").header.rcode;
    CHECK(rcode == (more == 0 ? Rcode::kNoError : Rcode::kServFail));
    CHECK((scene.Count(Metric::kLimitRecordsPerRrset) > 0) == (more > 0));
  }
}

TEST_CASE("a name of many labels is asked in kMaxMinimiseCount steps (RFC 9156 section 2.3)") {
  Scene scene;
  std::string name = "com.";
  for (int i = 0; i < 60; ++i) name = "x." + name;
  ServeCom(scene, name + " 300 IN A 198.51.100.1\n");
  CHECK(scene.Resolve(name).header.rcode == Rcode::kNoError);
  CHECK(scene.packets() <= world::limits::kMaxMinimiseCount + 1);
  CHECK(scene.packets() > 5);
}

}  // namespace
}  // namespace simulator
