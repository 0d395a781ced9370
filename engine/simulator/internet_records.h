#pragma once

#include <optional>

#include "engine/simulator/internet_atlas.h"
#include "engine/wire/rrset.h"

namespace simulator {

/// The records of every zone below the root, computed from the name that holds them.
class Records {
 public:
  explicit Records(const Atlas& atlas) : atlas_(atlas) {}

  /// Returns the set of that type at `owner`, where `node` stands; nothing when it has none of the type. A wildcard's
  /// set has the wildcard as owner.
  std::optional<wire::RrSet> SetAt(ZoneAt zone, const wire::Name& owner, Node node, wire::RrType type) const;

  /// Returns the CNAME at `owner`, if `node` is an alias.
  std::optional<wire::RrSet> AliasAt(ZoneAt zone, const wire::Name& owner, Node node) const;

  /// Returns the zone's SOA.
  wire::RrSet Soa(const ZonePlan& zone) const;

  /// Returns the NS set of one side of the zone's cut. Requires: not the root.
  wire::RrSet NameServers(ZoneAt zone, Side side) const;

  /// Returns the addresses of a host as sets of AAAA and A.
  std::vector<wire::RrSet> AddressSets(const Host& host, uint32_t ttl) const;

 private:
  /// The sets at a zone's apex.
  std::optional<wire::RrSet> SetAtApex(ZoneAt zone, wire::RrType type) const;
  /// The sets of names that have addresses beside something else.
  std::optional<wire::RrSet> SetAtHost(const wire::Name& owner, Node node, wire::RrType type) const;
  /// The sets of names without addresses.
  std::optional<wire::RrSet> SetAtOther(const ZonePlan& zone, const wire::Name& owner, Node node,
                                        wire::RrType type) const;
  /// Returns the name that an alias leads to.
  wire::Name TargetOf(const ZonePlan& zone, Node node) const;
  /// Returns where a DNAME leads to.
  wire::Name DnameTarget(const ZonePlan& zone) const;
  /// Returns another site that exists, most often.
  wire::Name OtherSite(const ZonePlan& zone, uint64_t index) const;
  /// Returns an empty set with the TTL that the owner and type have.
  wire::RrSet Blank(const wire::Name& owner, wire::RrType type) const;
  /// Returns the set of one record.
  wire::RrSet Single(const wire::Name& owner, wire::RrType type, world::OctetView rdata) const;
  /// Returns a set of addresses where no server is.
  wire::RrSet IdleAddresses(const wire::Name& owner, wire::RrType type, int count) const;
  /// Returns a TXT of `strings` strings.
  wire::RrSet Text(const wire::Name& owner, int strings) const;

  const Atlas& atlas_;
};

/// Sites of one TLD among which the names worth asking and the aliases choose first.
inline constexpr uint64_t kFamiliarSites = 24;

/// Returns the `index`-th site of a TLD.
wire::Name SiteOf(const Nodes& nodes, const wire::Name& tld, uint64_t index);

}  // namespace simulator
