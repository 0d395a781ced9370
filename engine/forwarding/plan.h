#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/servers/upstream_board.h"
#include "engine/settings/settings.h"
#include "engine/wire/name.h"
#include "engine/world/address.h"
#include "engine/world/identity.h"
#include "engine/world/protocol.h"

namespace forwarding {

/// A server that is asked, as the settings give it.
struct Upstream {
  std::string url;
  world::Protocol via = world::Protocol::kUdp;
  uint16_t port = 53;
  int weight = 1;
  std::optional<world::Address> address;  ///< Nothing: it is given by name.
  wire::Name host;                        ///< The name, or the root for an address.
  world::SharedIdentity identity;         ///< Null for a plain protocol.
};

/// Upstreams that are asked together.
struct Pool {
  std::string name;
  settings::Strategy strategy = settings::Strategy::kFailover;
  std::vector<servers::UpstreamId> members;  ///< In the order of the settings.
};

/// All pools of the settings, and their upstreams. Immutable; the same in every engine of a process.
struct Plan {
  std::vector<Upstream> upstreams;
  std::vector<Pool> pools;          ///< Of settings.forward_pools; then the short form; then the bootstrap servers.
  std::optional<size_t> bootstrap;  ///< The pool that is asked for the addresses of upstreams.

  /// Returns an upstream of the plan.
  const Upstream& At(servers::UpstreamId id) const { return upstreams[static_cast<size_t>(id)]; }
  /// Returns the URLs of all upstreams.
  std::vector<std::string> Names() const;
};

/// Returns the plan of the settings.
Plan MakePlan(const settings::Settings& settings);

}  // namespace forwarding
