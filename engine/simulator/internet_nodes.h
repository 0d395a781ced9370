#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/simulator/internet_anchors.h"
#include "engine/simulator/internet_lot.h"
#include "engine/wire/name.h"

namespace simulator {

/// By which rules a zone is made.
enum class ZoneKind : uint8_t {
  kRoot,      ///< The root zone's file.
  kTld,       ///< A zone that the root delegates.
  kAnchored,  ///< A zone below a TLD that holds hosts of the root's glue, which also serve it: gtld-servers.net.
  kHoster,    ///< A zone that holds nameservers for others: hoster3.org.
  kSite,      ///< Any other.
};

/// A zone as far as its name alone tells. Its servers are in internet_atlas.h, its records in internet_records.h; a
/// signed zone's keys and its way of denial would stand here.
struct ZonePlan {
  wire::Name apex;
  size_t labels = 0;  ///< Of the apex.
  Lot lot{};          ///< Of the apex.
  ZoneKind kind = ZoneKind::kRoot;
  int depth = 0;  ///< Cuts above it: 0 for the root, 1 for a TLD.
};

/// What stands at a name within its zone.
enum class Role : uint8_t {
  kAbsent,          ///< Nothing at or below it.
  kEmpty,           ///< An empty non-terminal (RFC 8499 section 7).
  kCut,             ///< A delegation.
  kApex,            ///< SOA, NS and more.
  kAnchor,          ///< A host of the root's glue.
  kNameServer,      ///< ns1 to ns8.
  kAddresses,       ///< A and AAAA.
  kOnlyIpv4,        ///< A.
  kOnlyIpv6,        ///< AAAA.
  kManyAddresses,   ///< Ten A and a TXT.
  kText,            ///< TXT, HINFO, CAA.
  kBigText,         ///< TXT of more than 1232 octets.
  kWeb,             ///< Addresses, or an alias to somewhere.
  kAliasWithin,     ///< CNAME to a name of the zone, perhaps another CNAME.
  kAliasAway,       ///< CNAME to another zone's `edge`.
  kAliasNowhere,    ///< CNAME to a name that the zone does not have.
  kHop,             ///< hop3 to hop1: CNAME to the next lower one in another zone. hop0 has addresses.
  kDname,           ///< DNAME to a name of the zone, or to another zone.
  kWildcard,        ///< `*` with A, AAAA and TXT.
  kWildcardAlias,   ///< `*` with CNAME.
  kServiceBinding,  ///< HTTPS and SVCB beside addresses.
  kUnknownType,     ///< TYPE65280 beside an address.
  kService,         ///< SRV.
  kCertificate,     ///< TLSA.
};

/// A role, and which of several alike.
struct Node {
  Role role = Role::kAbsent;
  uint8_t number = 0;
};

/// How a zone has a name.
enum class MatchKind : uint8_t {
  kExact,     ///< The name itself is there, perhaps as an empty non-terminal.
  kCut,       ///< It is at or below a delegation.
  kDname,     ///< It is below a DNAME (RFC 6672 section 3.2).
  kWildcard,  ///< A wildcard makes it (RFC 4592 section 3.3.1).
  kNone,      ///< There is no such name.
};

/// What a zone has for a name, and where.
struct Match {
  MatchKind kind = MatchKind::kNone;
  wire::Name owner;  ///< The name itself, the cut, the DNAME's owner, the wildcard; for kNone the closest encloser.
  Node node;
};

/// The rules of what stands where: pure functions of (seed, root zone, name).
class Nodes {
 public:
  Nodes(uint64_t seed, const Anchors& anchors) : seed_(seed), anchors_(anchors) {}

  /// Returns the zone that begins at `apex`. Requires: `above` has a cut there.
  ZonePlan PlanBelow(const ZonePlan& above, const wire::Name& apex) const;

  /// Returns what stands at `owner` in the zone, wildcards not applied. Requires: owner.IsAtOrBelow(zone.apex), no cut
  /// of the zone above the owner, and the zone is not the root.
  Node At(const ZonePlan& zone, const wire::Name& owner) const;

  /// Returns what the zone has for a name, by the algorithm of RFC 1034 section 4.3.2. Requires: as for At, but that
  /// the name may be below a cut.
  Match Find(const ZonePlan& zone, const wire::Name& name) const;

  /// Returns the lot of a name under the seed of these rules.
  Lot LotOf(const wire::Name& name) const { return simulator::LotOf(seed_, name); }

 private:
  /// The rules of a TLD's zone.
  Node AtTld(const ZonePlan& zone, const wire::Name& owner) const;
  /// What a name directly below a TLD is.
  Role SecondLevel(const wire::Name& name) const;
  /// The rules of all lower zones.
  Node AtSite(const ZonePlan& zone, const wire::Name& owner) const;

  uint64_t seed_;
  const Anchors& anchors_;
};

/// Hosters of one TLD, and the nameservers of each.
inline constexpr int kHosters = 12;
inline constexpr int kHostsOfHoster = 8;

/// Hosters below this number have glue of their own; the others' servers may stand at one of these.
inline constexpr int kFirmHosters = 6;

/// Names in the longest chain of aliases across zones. One more or two, and Unbound comes to its limit of 64 look-ups
/// of nameservers, where all zones of the chain happen to be glueless.
inline constexpr int kMostHops = 4;

/// A zone's apex has at most this many octets, so that every name that a zone adds fits.
inline constexpr size_t kMaxApexOctets = 150;

/// Returns the number of a hoster by its label, such as `hoster3`; nothing for any other label.
std::optional<int> HosterNumber(world::OctetView label);

/// Returns `label` in front of `name`. Requires: it fits.
wire::Name Below(std::string_view label, const wire::Name& name);

/// Returns a word of six letters.
std::string Word(uint64_t bits);

}  // namespace simulator
