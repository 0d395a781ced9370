#pragma once

#include <absl/container/flat_hash_map.h>

#include <optional>
#include <vector>

#include "engine/simulator/internet_lot.h"
#include "engine/world/address.h"
#include "engine/zone/zone.h"

namespace simulator {

/// A nameserver and its addresses, IPv6 first.
struct Host {
  wire::Name name;
  std::vector<world::Address> addresses;

  bool operator==(const Host&) const = default;
};

/// What the root zone's file says of one TLD.
struct Tld {
  wire::Name name;
  std::vector<Host> servers;
};

/// The names below TLDs that the root zone's glue already speaks of, such as a.gtld-servers.net: the model has to give
/// them the very addresses of the glue. Tables made once from the root zone.
class Anchors {
 public:
  explicit Anchors(zone::Snapshot root);

  /// What stands at a name that the glue speaks of.
  enum class Mark : uint8_t {
    kNone,      ///< The glue does not speak of it.
    kAncestor,  ///< A host of the glue is below it.
    kHost,      ///< It is a host of the glue.
  };
  /// Returns what the glue says of a name.
  Mark MarkOf(const wire::Name& name) const;

  /// Returns the hosts of the glue at or below `domain`, in canonical order, at most `most`.
  std::vector<Host> HostsBelow(const wire::Name& domain, size_t most) const;

  /// Returns the TLD of that name, or null.
  const Tld* FindTld(const wire::Name& name) const;

  /// Returns the host with the addresses that the root zone has for it.
  Host WithGlue(const wire::Name& name) const;

  /// All TLDs in canonical order.
  const std::vector<Tld>& tlds() const { return tlds_; }

  /// The root's own servers.
  const std::vector<Host>& root_servers() const { return root_servers_; }

  const zone::Zone& root() const { return *root_; }
  const zone::Snapshot& snapshot() const { return root_; }

 private:
  /// Returns the hosts of an NS set, each with their addresses in the root zone.
  std::vector<Host> HostsOf(const wire::RrSet& ns) const;
  /// Notes a host and all names between it and its TLD.
  void Note(const wire::Name& host);

  zone::Snapshot root_;
  std::vector<Tld> tlds_;
  std::vector<Host> root_servers_;
  std::vector<wire::Name> hosts_;  ///< In canonical order.
  absl::flat_hash_map<wire::Name, size_t> tld_index_;
  absl::flat_hash_map<wire::Name, Mark> marks_;
};

}  // namespace simulator
