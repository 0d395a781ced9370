#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/simulator/internet.h"
#include "engine/simulator/internet_lot.h"
#include "engine/world/address.h"
#include "engine/world/time.h"
#include "engine/zone/zone.h"

namespace simulator {

/// The addresses of the model: how one is made from a host's lot, and how the server there behaves.
///
/// The temper of an address is read from its last sixteen bits, scrambled: so it needs no table, and an address of a
/// wanted temper can be made at once. Only the servers of the root and of the TLDs are listed, because some of them are
/// made healthy lest a whole TLD be broken.
class Addresses {
 public:
  Addresses(const InternetOptions& options, const zone::Zone& root);

  /// Returns an address of the host; its temper is left to chance.
  world::Address Make(Lot host, world::Family family) const;

  /// Returns an address of the host where the server has the given temper. Requires: CanBreak(), or kHealthy.
  world::Address MakeWith(Temper temper, Lot host, world::Family family) const;

  /// Returns an address that stands in the zones but where no server is.
  static world::Address MakeIdle(Lot owner, world::Family family);

  /// Returns whether the options leave room for broken servers: some of every temper.
  bool CanBreak() const;

  /// Returns how the server at the address behaves.
  Temper TemperOf(const world::Address& address) const;

  /// Returns the time of an exchange with the address, before jitter; ten times the base for kSlow, within
  /// kMostSlowLatency.
  world::Duration LatencyOf(const world::Address& address) const;

  /// Returns the lot of an address, for what varies within its temper.
  Lot LotOf(const world::Address& address) const;

  /// Returns whether the address is one of the root's or of a TLD's servers.
  bool ServesTld(const world::Address& address) const { return listed_.contains(address); }

 private:
  /// A half-open range of places in the ring of 2^16 that stand for one temper.
  struct Band {
    uint32_t begin = 0;
    uint32_t end = 0;
  };

  /// Divides the ring among the tempers by their odds.
  void LayBands(int broken_permille);
  /// Lists the servers of the root and the TLDs, and heals some where too few of a TLD's are healthy.
  void ListServers(const zone::Zone& root);
  /// Makes at least two thirds of the addresses healthy, the first in order.
  void HealEnough(std::span<const world::Address> addresses);
  /// Returns the temper that the place in the ring stands for.
  Temper TemperAt(uint16_t place) const;
  /// Returns an address whose last bits are at a place within the band.
  world::Address MakeWithin(Band band, Lot host, world::Family family) const;

  uint64_t seed_;
  bool loopback_;
  uint64_t least_us_;
  uint64_t most_us_;
  std::vector<world::Address> never_;
  uint16_t multiplier_;  ///< Odd, so that scrambling the last bits can be undone.
  uint16_t inverse_;
  std::array<Band, kTempers> bands_{};
  absl::flat_hash_map<world::Address, Temper> listed_;
};

/// What kSlow servers take at most: else a zone of slow servers alone would need longer than a client waits.
inline constexpr world::Duration kMostSlowLatency = world::Milliseconds(1200);

}  // namespace simulator
