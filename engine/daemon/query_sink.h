#pragma once

#include "engine/daemon/client_table.h"
#include "engine/world/effect.h"

namespace taprootd {

/// Takes clients' queries as they are read: the worker, which gives them to its engine.
class QuerySink {
 public:
  virtual ~QuerySink() = default;

  /// A client asked `to`. Its answer goes to `peer`, perhaps within this call.
  virtual void OnQuery(const Peer& peer, const world::Endpoint& from, const world::Endpoint& to, world::Protocol via,
                       world::OctetView query) = 0;

  /// The time of this turn.
  virtual world::Now now() const = 0;
};

}  // namespace taprootd
