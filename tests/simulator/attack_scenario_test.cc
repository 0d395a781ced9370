// Forgers off the path, servers that lie, owners that were told to go.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/simulator/scene.h"

namespace simulator {
namespace {

using wire::RrType;

/// Returns a set with one record of its text.
wire::RrSet SetOf(std::string_view owner, RrType type, const std::string& rdata, uint32_t ttl) {
  wire::RrSet rrset;
  rrset.owner = *wire::Name::FromText(owner);
  rrset.type = type;
  rrset.ttl = ttl;
  rrset.rdatas.Add(*wire::RdataFromText(type, rdata));
  return rrset;
}

/// Returns com. with names of its own and the delegations of evil.com and good.com.
std::string ComWithTwo() {
  return Scene::ZoneText("com.", Scene::kCom,
                         "evil.com. 3600 IN NS ns.evil.com.\nns.evil.com. 3600 IN A 20.0.6.6\n"
                         "good.com. 3600 IN NS ns.good.com.\nns.good.com. 3600 IN A 20.0.7.7\n");
}

/// Makes the scene of a good zone and an evil one beside it.
void AddGoodAndEvil(Scene& scene) {
  scene.servers.Serve(Scene::kCom, "com.", ComWithTwo());
  scene.servers.Serve("20.0.7.7", "good.com.",
                      Scene::ZoneText("good.com.", "20.0.7.7", "www.good.com. 300 IN A 198.51.100.7\n"));
  scene.servers.Serve("20.0.6.6", "evil.com.",
                      Scene::ZoneText("evil.com.", "20.0.6.6", "www.evil.com. 300 IN A 198.51.100.6\n"));
  scene.servers.Serve("20.0.6.6", "good.com.",
                      Scene::ZoneText("good.com.", "20.0.6.6", "www.good.com. 300 IN A 192.0.2.66\n"));
}

TEST_CASE("forgeries before every answer change nothing, whichever field is wrong") {
  Scene scene;
  scene.options.mischief.forged_permille = 1'000;
  std::string names;
  for (int i = 0; i < 200; ++i) names += fmt::format("w{0}.com. 300 IN A 198.51.100.{0}\n", i);
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, names));
  scene.servers.Behave(Scene::kCom, {.latency = world::Milliseconds(50)});
  for (int i = 0; i < 200; ++i) {
    CHECK(Told(scene.Resolve(fmt::format("w{}.com.", i))) == fmt::format("NOERROR w{0}.com. A 198.51.100.{0}", i));
  }
  CHECK(scene.simulation().network().traffic().forged >= 190);
}

TEST_CASE("an answer for another zone's name, put beside a right one, is not believed (RFC 5452 section 6)") {
  Scene scene;
  AddGoodAndEvil(scene);
  ZoneServers::Manner manner;
  manner.extra.answer.push_back(SetOf("www.good.com.", RrType::kA, "192.0.2.66", 86'400));
  scene.servers.Behave("20.0.6.6", manner);
  CHECK(Told(scene.Resolve("www.evil.com.")) == "NOERROR www.evil.com. A 198.51.100.6");
  CHECK(Told(scene.Resolve("www.good.com.")) == "NOERROR www.good.com. A 198.51.100.7");
}

TEST_CASE("the NS set of another zone in the authority section moves no delegation (CVE-2025-40778)") {
  Scene scene;
  AddGoodAndEvil(scene);
  ZoneServers::Manner manner;
  manner.extra.authority.push_back(SetOf("good.com.", RrType::kNs, "ns.evil.com.", 86'400));
  manner.extra.additional.push_back(SetOf("ns.good.com.", RrType::kA, "20.0.6.6", 86'400));
  manner.extra.additional.push_back(SetOf("ns.com.", RrType::kA, "20.0.6.6", 86'400));
  scene.servers.Behave("20.0.6.6", manner);
  CHECK(Told(scene.Resolve("www.evil.com.")) == "NOERROR www.evil.com. A 198.51.100.6");
  CHECK(Told(scene.Resolve("www.good.com.")) == "NOERROR www.good.com. A 198.51.100.7");
}

TEST_CASE("an alias may lead to another zone, but not bring that zone's records along") {
  Scene scene;
  AddGoodAndEvil(scene);
  scene.servers.Serve("20.0.6.6", "evil.com.",
                      Scene::ZoneText("evil.com.", "20.0.6.6", "alias.evil.com. 300 IN CNAME www.good.com.\n"));
  ZoneServers::Manner manner;
  manner.extra.answer.push_back(SetOf("www.good.com.", RrType::kA, "192.0.2.66", 86'400));
  scene.servers.Behave("20.0.6.6", manner);
  CHECK(Told(scene.Resolve("alias.evil.com.")) ==
        "NOERROR alias.evil.com. CNAME www.good.com. www.good.com. A 198.51.100.7");
}

TEST_CASE(
    "a delegation withdrawn at the parent is gone when its TTL is over, whatever the child says (CVE-2022-30698)") {
  Scene scene;
  const std::string delegation = "ghost.com. 60 IN NS ns.ghost.com.\nns.ghost.com. 60 IN A 20.0.8.8\n";
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, delegation));
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, ""),
                      Simulation::kBegin + world::Seconds(30));
  scene.servers.Serve("20.0.8.8", "ghost.com.",
                      "ghost.com. 86400 IN SOA ns.ghost.com. admin.ghost.com. 1 1800 900 604800 60\n"
                      "ghost.com. 86400 IN NS ns.ghost.com.\nns.ghost.com. 86400 IN A 20.0.8.8\n"
                      "*.ghost.com. 5 IN A 198.51.100.8\n");
  // The child says again and again who serves it, for a day each time.
  ZoneServers::Manner manner;
  manner.extra.authority.push_back(SetOf("ghost.com.", RrType::kNs, "ns.ghost.com.", 86'400));
  manner.extra.additional.push_back(SetOf("ns.ghost.com.", RrType::kA, "20.0.8.8", 86'400));
  scene.servers.Behave("20.0.8.8", manner);
  for (int i = 0; i < 30; ++i) scene.AskAfter(world::Seconds(5 * i), fmt::format("w{}.ghost.com.", i), RrType::kA, 0);
  const uint64_t apex = scene.AskAfter(world::Seconds(20), "ghost.com.", RrType::kNs, 0);
  scene.RunUntil(world::Seconds(160));
  for (uint64_t slot = 0; slot < 12; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNoError);
  for (uint64_t slot = 13; slot < 30; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNxDomain);
  // Nor is the child's NS set told for longer than the delegation lasts.
  const wire::Message told = scene.AnswerOf(apex);
  REQUIRE(told.answer.size() == 1);
  CHECK(told.answer.front().ttl <= 60);
}

TEST_CASE("a zone below a delegation that is withdrawn goes with it, however long its own lasts") {
  Scene scene;
  const std::string ghost = "ghost.com. 60 IN NS ns.ghost.com.\nns.ghost.com. 60 IN A 20.0.8.8\n";
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, ghost));
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, ""),
                      Simulation::kBegin + world::Seconds(30));
  const std::string sub = "sub.ghost.com. 86400 IN NS ns.sub.ghost.com.\nns.sub.ghost.com. 86400 IN A 20.0.8.9\n";
  scene.servers.Serve("20.0.8.8", "ghost.com.", Scene::ZoneText("ghost.com.", "20.0.8.8", sub));
  scene.servers.Serve("20.0.8.9", "sub.ghost.com.",
                      Scene::ZoneText("sub.ghost.com.", "20.0.8.9", "*.sub.ghost.com. 5 IN A 198.51.100.8\n"));
  for (int i = 0; i < 30; ++i) {
    scene.AskAfter(world::Seconds(5 * i), fmt::format("w{}.sub.ghost.com.", i), RrType::kA, 0);
  }
  scene.RunUntil(world::Seconds(160));
  for (uint64_t slot = 0; slot < 12; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNoError);
  for (uint64_t slot = 13; slot < 30; ++slot) CHECK(scene.AnswerOf(slot).header.rcode == wire::Rcode::kNxDomain);
}

TEST_CASE("glue that leads to this host, to a private network or nowhere is not asked (CVE-2026-50251)") {
  Scene scene;
  scene.root =
      Scene::RootText(1,
                      "bad. 86400 IN NS ns1.bad.\nns1.bad. 86400 IN A 127.0.0.1\n"
                      "ns1.bad. 86400 IN A 10.1.2.3\nns1.bad. 86400 IN A 0.0.0.0\nns1.bad. 86400 IN A 224.0.0.1\n");
  CHECK(scene.Resolve("www.bad.").header.rcode == wire::Rcode::kServFail);
  CHECK(scene.packets() == 0);
}

TEST_CASE("a server that denies empty non-terminals is asked in full (RFC 9156 section 2.3)") {
  Scene scene;
  scene.servers.Serve(Scene::kCom, "com.",
                      Scene::ZoneText("com.", Scene::kCom, "a.b.c.d.com. 300 IN A 198.51.100.1\n"));
  scene.servers.Behave(Scene::kCom, {.denies_empty_non_terminals = true});
  CHECK(Told(scene.Resolve("a.b.c.d.com.")) == "NOERROR a.b.c.d.com. A 198.51.100.1");
}

TEST_CASE("a server is told no more of the name than it needs (RFC 9156 section 2.3)") {
  Scene scene;
  scene.servers.Serve(Scene::kCom, "com.",
                      Scene::ZoneText("com.", Scene::kCom, "a.b.c.d.com. 300 IN A 198.51.100.1\n"));
  CHECK(Told(scene.Resolve("a.b.c.d.com.")) == "NOERROR a.b.c.d.com. A 198.51.100.1");
  for (const ZoneServers::Asked& asked : scene.servers.log()) {
    CHECK(asked.question.name.IsAtOrBelow(*wire::Name::FromText("com.")));
  }
  // The first server learns no more than it must.
  CHECK(scene.servers.log().front().question.name == *wire::Name::FromText("d.com."));
}

}  // namespace
}  // namespace simulator
