#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/metrics/table.h"
#include "engine/settings/settings.h"
#include "engine/world/effect.h"
#include "engine/world/random.h"
#include "engine/world/time.h"
#include "engine/zone/hints.h"
#include "engine/zone/zone.h"

namespace cache {
class Store;
}
namespace servers {
class Book;
}
namespace validation {
class Anchors;
}

namespace resolver {

/// What the engines of one process share. Both stores are safe to use from many threads; they outlive the engines.
struct Shared {
  cache::Store& store;
  servers::Book& book;
};

/// Which engine of how many this is.
struct Place {
  world::WorkerId self{};
  uint16_t workers = 1;
};

/// A recursive resolver without a world: no socket, no clock, no thread, no log. A driver tells it what happened, and
/// it says what it wants done. Not thread-safe: one engine, one thread; several engines share `Shared` and pass each
/// other hand-overs.
///
/// A driver waits for a packet or NextDeadline(), reads the clocks once, calls one method and carries out the effects
/// in order.
class Engine {
 public:
  /// `random` must outlive the engine. `root` may be null: then the walk is primed from the hints, which are never null
  /// (RFC 8109).
  Engine(Place place, Shared shared, std::shared_ptr<const settings::Settings> settings, zone::Snapshot root,
         zone::SharedRootHints hints, world::Random& random);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// A client asked. Brings exactly one of Answer, Drop (both perhaps later) or HandOver.
  void Accept(const world::Client& client, world::OctetView query, world::Now now, world::Effects& out);

  /// Another worker's client asked what this worker owns. Brings an Answer, perhaps later.
  void AcceptHandOver(const world::Client& client, world::OctetView query, world::Now now, world::Effects& out);

  /// The way to a question's owner is full: answers the client SERVFAIL, counted.
  void Refuse(const world::Client& client, world::OctetView query, world::Now now, world::Effects& out);

  /// A server answered, or something befell the exchange. Unknown and ended exchanges are ignored.
  void Deliver(world::ExchangeId id, const world::Outcome& outcome, world::Now now, world::Effects& out);

  /// Runs every deadline that has passed.
  void Expire(world::Now now, world::Effects& out);

  /// Returns when Expire wants to be called next; kNever when nothing waits.
  world::Instant NextDeadline() const;

  /// Walks from here on start at this root zone. Questions in flight go on undisturbed; nothing cached is lost. Until
  /// `proven_until` its DS sets are not verified again: all were, before it was used.
  void Adopt(zone::Snapshot root, world::WallTime proven_until = world::WallTime::min());
  /// Takes other settings; those marked as needing a restart are not read again.
  void Adopt(std::shared_ptr<const settings::Settings> settings);

  /// Takes the trust anchors from which answers are judged, where `dnssec.validation` says so. Without any, as at
  /// first, nothing is judged.
  void Adopt(std::shared_ptr<const validation::Anchors> anchors);

  /// Returns the counters; the driver adds up those of all workers.
  const metrics::Counters& counters() const;

  /// Returns up to `most` walks that ended here lately, newest first, of the question's name (empty: any), as JSON
  /// objects.
  std::string Explain(const std::string& name, size_t most) const;

  /// Questions in flight and the clients that wait for them.
  struct Load {
    size_t resolutions = 0;
    size_t waiters = 0;
  };
  Load load() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace resolver
