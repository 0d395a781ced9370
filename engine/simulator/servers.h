#pragma once

#include <cstdint>
#include <vector>

#include "engine/simulator/internet.h"
#include "engine/simulator/internet_notary.h"
#include "engine/world/address.h"
#include "engine/world/octets.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace simulator {

/// Whoever stands behind the addresses of the virtual network: the pocket internet, or the few zones of a scenario.
class Servers {
 public:
  Servers() = default;
  Servers(const Servers&) = delete;
  Servers& operator=(const Servers&) = delete;
  virtual ~Servers() = default;

  /// Returns what the server at `server` sends for `query`; see Internet::Ask.
  virtual std::vector<Reply> Ask(const world::Address& server, world::Protocol via, world::OctetView query,
                                 world::Instant now, uint64_t draw) = 0;
};

/// The pocket internet, with the census of a run.
class PocketServers final : public Servers {
 public:
  /// `internet` must outlive this.
  explicit PocketServers(const Internet& internet) : internet_(internet) {}

  std::vector<Reply> Ask(const world::Address& server, world::Protocol via, world::OctetView query, world::Instant now,
                         uint64_t draw) override;

  /// How often each temper and shape was met.
  const Census& census() const { return census_; }

 private:
  const Internet& internet_;
  Census census_;
  Notary notary_;
};

}  // namespace simulator
