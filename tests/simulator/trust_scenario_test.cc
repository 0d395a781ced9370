// What clients are told of failures, and of names that the signed root zone denies.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "engine/simulator/internet.h"
#include "engine/simulator/servers.h"
#include "engine/validation/anchors.h"
#include "tests/simulator/scene.h"
#include "tests/simulator/small_root.h"

namespace simulator {
namespace {

using wire::EdeCode;
using wire::Rcode;
using wire::RrType;

/// Returns the text of the answer's error of a code; empty without one.
std::string TextOf(const wire::Message& told, EdeCode code) {
  if (!told.edns) return "";
  const auto at = std::ranges::find(told.edns->errors, code, &wire::ExtendedError::code);
  return at == told.edns->errors.end() ? "" : at->text;
}

/// Returns whether a text has another in it.
bool Has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// Serves com. with these records.
void ServeCom(Scene& scene, const std::string& records) {
  scene.servers.Serve(Scene::kCom, "com.", Scene::ZoneText("com.", Scene::kCom, records));
}

TEST_CASE("Servers that are silent are told as No Reachable Authority, with zone and server (RFC 8914 4.23)") {
  Scene scene;
  scene.servers.Behave(Scene::kCom, {.is_silent = true});
  const wire::Message told = scene.Resolve("w1.com.");
  CHECK(told.header.rcode == Rcode::kServFail);
  const std::string text = TextOf(told, EdeCode::kNoReachableAuthority);
  CAPTURE(text);
  CHECK(text.starts_with("w1.com. A at com.: "));
  CHECK(Has(text, "ns.com. [20.0.0.1] "));
}

TEST_CASE("Servers that answer with errors are told as Network Error, with zone and server (RFC 8914 4.24)") {
  Scene scene;
  scene.servers.Behave(Scene::kCom, {.rcode = Rcode::kServFail});
  const wire::Message told = scene.Resolve("w1.com.");
  CHECK(told.header.rcode == Rcode::kServFail);
  const std::string text = TextOf(told, EdeCode::kNetworkError);
  CAPTURE(text);
  CHECK(text.starts_with("w1.com. A at com.: "));
  CHECK(Has(text, "ns.com. [20.0.0.1] "));
  CHECK(Has(text, "SERVFAIL"));
}

TEST_CASE("Data that make no answer are told as Invalid Data, with zone and server (RFC 8914 4.25)") {
  Scene scene;
  ServeCom(scene, "a.com. 300 IN CNAME b.com.\nb.com. 300 IN CNAME a.com.\n");
  const wire::Message told = scene.Resolve("a.com.");
  CHECK(told.header.rcode == Rcode::kServFail);
  const std::string text = TextOf(told, EdeCode::kInvalidData);
  CAPTURE(text);
  CHECK(Has(text, "aliases lead back to a.com."));
  CHECK(Has(text, "[20.0.0.1] of com."));
}

/// A resolver with the signed root zone of a pocket internet.
struct SignedRootScene {
  SignedRootScene() {
    internet_options.signing.on = true;
    internet_options.signing.wall_at_zero = Simulation::kWallBegin - Simulation::kBegin.time_since_epoch();
    internet = std::make_unique<Internet>(SmallRoot(1), internet_options);
    servers = std::make_unique<PocketServers>(*internet);
    SimulationOptions options;
    options.settings = std::make_shared<settings::Settings>();
    options.root = RootOf(RootText());
    simulation = std::make_unique<Simulation>(options, *servers);
    const std::string anchor = wire::ToText(internet->TrustAnchor(Simulation::kBegin));
    const world::OctetView octets(reinterpret_cast<const uint8_t*>(anchor.data()), anchor.size());
    simulation->engine(0).Adopt(*validation::Anchors::Parse(octets, "anchor"));
  }

  /// Returns the signed root zone.
  std::string RootText() const { return internet->RootZoneText(Simulation::kBegin); }

  /// Returns the answer to a client that sets DO.
  wire::Message Resolve(std::string_view name, RrType type) {
    world::Client client;
    client.from = {*world::Address::FromText("10.0.0.1"), 5'353};
    wire::Edns edns;
    edns.dnssec_ok = true;
    const wire::Question question{*wire::Name::FromText(name), type, wire::RrClass::kIn};
    const uint64_t slot =
        simulation->Ask(simulation->now(), client, wire::MakeQuery(1, question, wire::Recursion::kDesired, edns));
    simulation->RunUntil(simulation->now() + world::Seconds(15));
    return wire::Parse(simulation->fate(slot).response).value_or(wire::Message{});
  }

  InternetOptions internet_options;
  std::unique_ptr<Internet> internet;
  std::unique_ptr<PocketServers> servers;
  std::unique_ptr<Simulation> simulation;
};

TEST_CASE("A TLD that is not is denied from the signed root zone, proven and without a packet (RFC 8198, RFC 8806)") {
  SignedRootScene scene;
  for (const RrType type : {RrType::kA, RrType::kMx}) {
    const wire::Message told = scene.Resolve("www.no-such-tld.", type);
    CHECK(told.header.rcode == Rcode::kNxDomain);
    CHECK(told.header.ad);
    CHECK(told.answer.empty());
    const auto has_signed = [&](RrType wanted) {
      return std::ranges::any_of(told.authority,
                                 [&](const wire::RrSet& set) { return set.type == wanted && !set.signatures.empty(); });
    };
    CHECK(has_signed(RrType::kSoa));
    CHECK(has_signed(RrType::kNsec));
  }
  CHECK(scene.simulation->network().traffic().datagrams == 0);
  CHECK(scene.simulation->network().traffic().streams == 0);
}

/// Returns a zone's text without the signatures of DS sets.
std::string WithoutDsSignatures(const std::string& text) {
  std::string rest;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at) + 1;
    const std::string line = text.substr(at, end - at);
    if (line.find("RRSIG\tDS") == std::string::npos) rest += line;
    at = end;
  }
  REQUIRE(rest.size() < text.size());
  return rest;
}

TEST_CASE("The DS in a root zone that was proven as a whole are believed, and only until its signatures end (RFC 8976)") {
  SignedRootScene scene;
  const zone::Snapshot root = RootOf(WithoutDsSignatures(scene.RootText()));
  const world::WallTime now = Simulation::kWallBegin;
  scene.simulation->engine(0).Adopt(root);
  CHECK(scene.Resolve("tld04.", RrType::kSoa).header.rcode == Rcode::kServFail);
  scene.simulation->engine(0).Adopt(root, now + world::Seconds(3'600));
  CHECK(scene.Resolve("tld05.", RrType::kSoa).header.ad);
  scene.simulation->engine(0).Adopt(root, now);
  CHECK(scene.Resolve("tld06.", RrType::kSoa).header.rcode == Rcode::kServFail);
}

}  // namespace
}  // namespace simulator
