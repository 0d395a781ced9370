#pragma once

#include "engine/world/effect.h"

namespace taprootd {

/// Learns what happened to exchanges: the worker, which tells its engine.
class ExchangeSink {
 public:
  virtual ~ExchangeSink() = default;

  /// Something arrived for the exchange, or befell it. May end this and start other exchanges.
  virtual void OnOutcome(world::ExchangeId id, const world::Outcome& outcome) = 0;

  /// The time of this turn.
  virtual world::Now now() const = 0;
};

/// Returns what an error of a system call on a socket towards a nameserver means.
world::Mishap MishapOf(int error);

}  // namespace taprootd
