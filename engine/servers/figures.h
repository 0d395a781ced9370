#pragma once

#include "engine/world/time.h"

namespace servers {

/// The figures that choosing rests on. Each is an idea that bench/selection can do without, to tell what it is worth
/// (selection_bench --ablation; its README has the table); everybody else uses kFigures.
struct Figures {
  /// What counts against a server that has no measured RTT: low enough that one is tried before a known server that is
  /// not fast, high enough that a fast known one is not left for it.
  world::Duration unknown_rtt = world::Milliseconds(20);

  /// Servers this close to the best are equals, and one of them is drawn: for spread, and so that a spoofer cannot know
  /// whom to impersonate. A wider band costs more time than it buys entropy.
  world::Duration least_band = world::Milliseconds(5);
  int band_percent = 15;

  /// A measurement is old after this time; for a slower server than the best, after as many times as long as it is
  /// slower, up to so many.
  world::Duration fresh_time = world::Seconds(15);
  double most_slowness = 4;

  /// The most that goes to see whether silent servers are back, beside the share for exploring.
  int probing_percent = 3;

  /// How long until an RTT estimate is worth half against a sample.
  world::Duration half_life = world::Seconds(20);

  /// What an error in the zone counts lately, and each silence in a row: behind all servers without one.
  world::Duration erring_cost = world::Seconds(5);
  world::Duration silent_cost = world::Seconds(10);

  /// What one lost packet counts in the share of an address's packets that get lost. Nothing: each miss is a silence.
  double loss_gain = 1.0 / 32;

  /// How long an address rests after its first timeout; doubled with each more in a row.
  world::Duration first_rest = world::Milliseconds(500);

  /// Packets in a row that a server may miss without being taken for dead: a client's question goes to see, once it has
  /// rested. Beyond that only packets aside do.
  int pardoned_silences = 2;

  /// Packets of one question that go out one timeout after the other; from there on the wait doubles with each, so that
  /// a name that nobody answers costs a dozen packets and not two.
  int prompt_packets = 5;
};

/// The daemon's.
inline constexpr Figures kFigures;

}  // namespace servers
