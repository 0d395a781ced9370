#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "engine/world/effect.h"
#include "engine/world/time.h"
#include "engine/zone/zone.h"

namespace settings {
struct Settings;
}

namespace simulator {

/// A client's query reaches its worker.
struct ClientAsks {
  uint64_t slot = 0;
};

/// A packet comes back for an exchange.
struct PacketArrives {
  world::WorkerId worker{};
  world::ExchangeId id{};
  world::Endpoint from;
  world::Octets message;
};

/// Something befalls an exchange.
struct MishapStrikes {
  world::WorkerId worker{};
  world::ExchangeId id{};
  world::Mishap mishap{};
};

/// The deadline of an exchange: its socket goes, silently.
struct SocketCloses {
  world::WorkerId worker{};
  world::ExchangeId id{};
};

/// A question arrives at the worker that owns it.
struct HandOverArrives {
  world::HandOver hand_over;
};

/// The owner's answer arrives at the worker whose client waits.
struct AnswerReturns {
  world::Answer answer;
};

/// A worker takes up another root zone.
struct RootChanges {
  world::WorkerId worker{};
  zone::Snapshot root;
  world::WallTime proven_until;
};

/// A worker takes up other settings.
struct SettingsChange {
  world::WorkerId worker{};
  std::shared_ptr<const settings::Settings> settings;
};

/// All that can happen, the timers of the engines apart.
using Event = std::variant<ClientAsks, PacketArrives, MishapStrikes, SocketCloses, HandOverArrives, AnswerReturns,
                           RootChanges, SettingsChange>;

/// What is going to happen, in order.
class Schedule {
 public:
  /// Adds an event. Of two at one instant the one that was added first happens first.
  void Add(world::Instant at, Event event) { events_.emplace(Due{at, next_sequence_++}, std::move(event)); }

  /// Returns when the next event is due; kNever when there is none.
  world::Instant NextAt() const { return events_.empty() ? world::kNever : events_.begin()->first.at; }

  /// Removes the next event and returns it. Requires: NextAt() != kNever.
  Event TakeNext() { return std::move(events_.extract(events_.begin()).mapped()); }

  size_t size() const { return events_.size(); }

 private:
  /// A place in the order of all events.
  struct Due {
    world::Instant at;
    uint64_t sequence = 0;

    auto operator<=>(const Due&) const = default;
  };

  // Invariants: no two events have the same sequence, so that the order is total and owes nothing to addresses or
  // hashes; no event is due before the one that was taken last, since nothing is added in the past.
  std::map<Due, Event> events_;
  uint64_t next_sequence_ = 0;
};

}  // namespace simulator
