#pragma once

#include <cstdint>
#include <string_view>

#include "engine/simulator/schedule.h"
#include "engine/world/effect.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace simulator {

/// A running hash over every event and effect of a simulation, octet by octet: two runs with one trace did the same.
/// It is the same on every platform and in every process. Not cryptographic.
class Trace {
 public:
  /// Takes up an event that is about to happen.
  void Note(world::Instant at, const Event& event);

  /// Takes up what an engine wants done.
  void Note(world::Instant at, world::WorkerId worker, const world::Effect& effect);

  /// Takes up that an engine's timers run.
  void NoteTimer(world::Instant at, world::WorkerId worker);

  /// Mixes one number in.
  void Mix(uint64_t number);
  /// Mixes octets in, with their count.
  void Mix(world::OctetView octets);

  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0x243f6a8885a308d3;
};

}  // namespace simulator
