#pragma once

#include <absl/container/inlined_vector.h>

#include <vector>

#include "engine/simulator/internet_addresses.h"
#include "engine/simulator/internet_anchors.h"
#include "engine/simulator/internet_nodes.h"

namespace simulator {

/// The zones at or above a name, the root first.
using Chain = absl::InlinedVector<ZonePlan, 4>;

/// One zone of a chain, seen with the zones above it. Borrows the chain.
struct ZoneAt {
  const Chain& chain;
  size_t index;

  const ZonePlan& plan() const { return chain[index]; }
  /// Requires: not the root.
  ZoneAt above() const { return {chain, index - 1}; }
};

/// Where the servers of a zone are.
enum class Layout : uint8_t {
  kListed,      ///< The root, the TLDs and the anchored zones: as the root zone says.
  kWithin,      ///< In the zone itself.
  kSibling,     ///< At a hoster in the same TLD, with glue.
  kElsewhere,   ///< At a hoster, without glue.
  kMixed,       ///< In the zone itself and at a hoster.
  kLikeParent,  ///< The very servers of the zone above.
};

/// How all servers of a zone are broken.
enum class Breakage : uint8_t { kNone, kDead, kLame, kServFail, kRefused, kMixed, kNoSuchHosts };

/// The NS set of the delegation, that of the zone's own apex, or both together.
enum class Side : uint8_t { kParent, kApex, kBoth };

/// Where the zones are: which there are above a name, and which servers each has.
class Atlas {
 public:
  Atlas(const InternetOptions& options, zone::Snapshot root);

  /// Returns the zones at or above the name: those that a walk meets.
  Chain ChainTo(const wire::Name& name) const;

  /// Returns the nameservers of the zone by one side of its cut.
  std::vector<Host> Servers(ZoneAt zone, Side side) const;

  /// Returns whether the zone is served at the address.
  bool IsServedAt(ZoneAt zone, const world::Address& address) const;

  /// Returns the addresses of a host `ns1` to `ns8` of the zone.
  std::vector<world::Address> NameServerAddresses(const ZonePlan& zone, const wire::Name& host) const;

  /// Returns where the zone has its servers.
  Layout LayoutOf(const ZonePlan& zone) const;
  /// Returns how all its servers are broken on purpose, if they are.
  Breakage BreakageOf(const ZonePlan& zone) const;
  /// Returns whether the NS set of the apex is another than the parent's.
  bool ApexServersDiffer(const ZonePlan& zone) const;

  const Nodes& nodes() const { return nodes_; }
  const Anchors& anchors() const { return anchors_; }
  const Addresses& addresses() const { return addresses_; }

 private:
  /// Returns the hosters' zone that serves the zone.
  ZonePlan HosterOf(const ZonePlan& zone) const;
  /// Returns the `index`-th nameserver of the zone, of eight that it may have.
  Host ServerAt(const ZonePlan& zone, Layout layout, const ZonePlan& hoster, int index) const;
  /// Returns the servers of the nearest zone above that has some of its own.
  ZoneAt OwnerOfServers(ZoneAt zone) const;
  /// Returns how many servers the delegation names: 2 to 6.
  int ServerCount(const ZonePlan& zone) const;

  bool loopback_;
  Anchors anchors_;
  Nodes nodes_;
  Addresses addresses_;
};

}  // namespace simulator
