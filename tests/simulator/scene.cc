#include "tests/simulator/scene.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace simulator {

Scene::Scene() : root(RootText(1, "")) {
  servers.Serve(kCom, "com.", ZoneText("com.", kCom, ""));
  servers.Serve(kNet, "net.", ZoneText("net.", kNet, ""));
}

std::string Scene::RootText(uint32_t serial, std::string_view more) {
  return fmt::format(
      ". 86400 IN SOA a.root-servers.net. admin.net. {} 1800 900 604800 86400\n"
      ". 86400 IN NS a.root-servers.net.\n"
      "a.root-servers.net. 86400 IN A 20.0.0.53\n"
      "com. 86400 IN NS ns.com.\nns.com. 86400 IN A {}\n"
      "net. 86400 IN NS ns.net.\nns.net. 86400 IN A {}\n{}",
      serial, kCom, kNet, more);
}

std::string Scene::ZoneText(std::string_view origin, std::string_view address, std::string_view more) {
  return fmt::format(
      "{0} 3600 IN SOA ns.{0} admin.{0} 1 1800 900 604800 60\n"
      "{0} 3600 IN NS ns.{0}\nns.{0} 3600 IN A {1}\n{2}",
      origin, address, more);
}

Simulation& Scene::simulation() {
  if (simulation_ == nullptr) {
    options.settings = std::make_shared<settings::Settings>(settings);
    if (!root.empty()) options.root = RootOf(root);
    simulation_ = std::make_unique<Simulation>(options, servers);
  }
  return *simulation_;
}

uint64_t Scene::AskAfter(world::Duration after, std::string_view name, wire::RrType type, uint16_t worker) {
  world::Client client;
  client.id.worker = world::WorkerId{worker};
  client.from = {*world::Address::FromText("10.0.0.1"), 5'353};
  const std::optional<wire::Name> parsed = wire::Name::FromText(name);
  if (!parsed) std::abort();
  wire::Edns edns;
  return simulation().Ask(
      Simulation::kBegin + after, client,
      wire::MakeQuery(static_cast<uint16_t>(simulation().fates()), {*parsed, type}, wire::Recursion::kDesired, edns));
}

wire::Message Scene::Resolve(std::string_view name, wire::RrType type) {
  const world::Instant begin = simulation().now();
  const uint64_t slot = AskAfter(begin - Simulation::kBegin, name, type, 0);
  const world::Instant end = begin + world::Seconds(15);
  while (!simulation().fate(slot).IsSettled() && simulation().Step(end)) {
  }
  return AnswerOf(slot);
}

wire::Message Scene::AnswerOf(uint64_t slot) {
  const Fate& fate = simulation().fate(slot);
  std::optional<wire::Message> message;
  if (fate.answers == 1 && fate.drops == 0) message = wire::Parse(fate.response);
  if (message) return *std::move(message);
  wire::Message none;
  none.header.rcode = wire::Rcode::kNotAuth;
  return none;
}

uint64_t Scene::Count(metrics::Metric metric) {
  uint64_t sum = 0;
  for (size_t i = 0; i < simulation().workers(); ++i) sum += simulation().engine(i).counters().Get(metric);
  return sum;
}

zone::Snapshot RootOf(const std::string& text) {
  const world::OctetView octets(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  absl::StatusOr<zone::Snapshot> zone = zone::Zone::Parse(octets, "root", {});
  if (zone.ok()) return *std::move(zone);
  std::fprintf(stderr, "%s\n", zone.status().ToString().c_str());
  std::abort();
}

std::string Told(const wire::Message& message) {
  std::string text = wire::ToText(message.header.rcode);
  for (const wire::RrSet& rrset : message.answer) {
    text += fmt::format(" {} {}", rrset.owner.ToText(), wire::ToText(rrset.type));
    for (world::OctetView rdata : rrset.rdatas) text += " " + wire::RdataToText(rrset.type, rdata);
  }
  return text;
}

}  // namespace simulator
