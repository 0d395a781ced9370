#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/settings/settings.h"
#include "engine/simulator/simulation.h"
#include "engine/wire/message.h"
#include "tests/simulator/zone_servers.h"

namespace simulator {

/// A scenario: a few zones at a few addresses, some workers, and clients that ask by hand. The root zone is a snapshot
/// in the engines, made of `root`; `com.` and `net.` are delegated in the default one.
class Scene {
 public:
  /// Where the default root zone delegates its domains to.
  static constexpr std::string_view kCom = "20.0.0.1";
  static constexpr std::string_view kNet = "20.0.0.2";

  Scene();

  /// Returns the default root zone with more records behind it.
  static std::string RootText(uint32_t serial, std::string_view more);

  /// Returns the apex of a zone with one server `ns.ORIGIN` at `address`, TTLs of an hour, with more records behind it.
  static std::string ZoneText(std::string_view origin, std::string_view address, std::string_view more);

  /// What may be set before the first question.
  settings::Settings settings;
  SimulationOptions options;
  std::string root;
  ZoneServers servers;

  /// Returns the simulation; it begins with the first call.
  Simulation& simulation();

  /// Has a client at `worker` ask, `after` the begin. Returns the slot.
  uint64_t AskAfter(world::Duration after, std::string_view name, wire::RrType type, uint16_t worker);

  /// Has a client at worker 0 ask at once, runs until the answer is there, and returns it. No answer within 15 s is an
  /// empty message with rcode NOTAUTH.
  wire::Message Resolve(std::string_view name, wire::RrType type = wire::RrType::kA);

  /// Runs until `after` the begin.
  void RunUntil(world::Duration after) { simulation().RunUntil(Simulation::kBegin + after); }

  /// Returns the answer of a slot; a message with rcode NOTAUTH when there is not exactly one.
  wire::Message AnswerOf(uint64_t slot);

  /// Returns the sum of a counter over all workers.
  uint64_t Count(metrics::Metric metric);

  /// Returns how many queries were sent so far.
  size_t packets() const { return servers.log().size(); }

 private:
  std::unique_ptr<Simulation> simulation_;
};

/// Returns the zone's root snapshot of its text; ends the test program when it does not load.
zone::Snapshot RootOf(const std::string& text);

/// Returns the rcode and the answer section in one line: `NOERROR www.com. A 192.0.2.1`. TTLs are left out.
std::string Told(const wire::Message& message);

}  // namespace simulator
