#include "engine/simulator/internet_atlas.h"

#include <algorithm>

#include <fmt/format.h>

namespace simulator {
namespace {

/// Zones in a thousand all of whose servers are broken on purpose.
constexpr int kBrokenPermille = 35;

/// Zones in a thousand whose own NS set is another than the parent's.
constexpr int kDifferingPermille = 250;

/// Returns the temper of the `index`-th server of a zone broken in this way.
Temper TemperOfBreakage(Breakage breakage, uint64_t index) {
  constexpr std::array kMixture = {Temper::kRefused, Temper::kDead, Temper::kServFail, Temper::kLame};
  switch (breakage) {
    case Breakage::kNone:
    case Breakage::kNoSuchHosts:
      return Temper::kHealthy;
    case Breakage::kDead:
      return Temper::kDead;
    case Breakage::kLame:
      return Temper::kLame;
    case Breakage::kServFail:
      return Temper::kServFail;
    case Breakage::kRefused:
      return Temper::kRefused;
    case Breakage::kMixed:
      return kMixture[index % kMixture.size()];
  }
  return Temper::kHealthy;
}

/// Which families a host has addresses of.
struct Families {
  bool ipv6 = true;
  bool ipv4 = true;
};

/// Returns the families of a host, most often the same for all hosts of the zone.
Families FamiliesOf(const ZonePlan& zone, Lot host) {
  const uint64_t roll = Roll(zone.lot, Matter::kFamilies) % 100;
  if (roll < 60) return {true, true};
  if (roll < 70) return {false, true};
  if (roll < 76) return {true, false};
  const uint64_t own = Roll(host, Matter::kFamilies) % 4;
  return {own != 0, own != 1};
}

}  // namespace

Atlas::Atlas(const InternetOptions& options, zone::Snapshot root)
    : loopback_(options.loopback),
      anchors_(std::move(root)),
      nodes_(options.seed, anchors_),
      addresses_(options, anchors_.root()) {}

Chain Atlas::ChainTo(const wire::Name& name) const {
  Chain chain;
  chain.push_back({wire::Name(), 0, nodes_.LotOf(wire::Name()), ZoneKind::kRoot, 0});
  const size_t all = name.LabelCount();
  if (all == 0) return chain;
  // The records that a zone's name is part of owe nothing to the case of the letters in a question.
  const wire::Name lowered = name.Lowered();
  const wire::Name top = lowered.Suffix(1);
  if (anchors_.FindTld(top) == nullptr) return chain;
  chain.push_back(nodes_.PlanBelow(chain[0], top));
  for (size_t labels = 2; labels <= all; ++labels) {
    const wire::Name owner = lowered.Suffix(labels);
    const Role role = nodes_.At(chain.back(), owner).role;
    if (role == Role::kAbsent || role == Role::kDname) break;
    if (role == Role::kCut) chain.push_back(nodes_.PlanBelow(chain.back(), owner));
  }
  return chain;
}

Layout Atlas::LayoutOf(const ZonePlan& zone) const {
  const uint64_t roll = Roll(zone.lot, Matter::kLayout) % 100;
  switch (zone.kind) {
    case ZoneKind::kRoot:
    case ZoneKind::kTld:
    case ZoneKind::kAnchored:
      return Layout::kListed;
    case ZoneKind::kHoster:
      return *HosterNumber(zone.apex.Label(0)) < kFirmHosters || roll < 75 ? Layout::kWithin : Layout::kElsewhere;
    case ZoneKind::kSite:
      break;
  }
  if (zone.depth > 2) return roll < 35 ? Layout::kWithin : roll < 70 ? Layout::kLikeParent : Layout::kElsewhere;
  return roll < 40 ? Layout::kWithin : roll < 60 ? Layout::kSibling : roll < 88 ? Layout::kElsewhere : Layout::kMixed;
}

Breakage Atlas::BreakageOf(const ZonePlan& zone) const {
  if (zone.kind != ZoneKind::kSite || !addresses_.CanBreak()) return Breakage::kNone;
  if (!Happens(zone.lot, Matter::kBroken, kBrokenPermille)) return Breakage::kNone;
  const Layout layout = LayoutOf(zone);
  if (layout == Layout::kElsewhere) return Breakage::kNoSuchHosts;
  if (layout != Layout::kWithin) return Breakage::kNone;
  constexpr std::array kKinds = {Breakage::kDead, Breakage::kLame, Breakage::kServFail, Breakage::kRefused,
                                 Breakage::kMixed};
  return kKinds[Roll(zone.lot, Matter::kBrokenKind) % kKinds.size()];
}

bool Atlas::ApexServersDiffer(const ZonePlan& zone) const {
  return zone.kind == ZoneKind::kSite && LayoutOf(zone) != Layout::kLikeParent &&
         Happens(zone.lot, Matter::kApexServers, kDifferingPermille);
}

int Atlas::ServerCount(const ZonePlan& zone) const {
  return 2 + static_cast<int>(Roll(zone.lot, Matter::kServerCount) % 5);
}

ZonePlan Atlas::HosterOf(const ZonePlan& zone) const {
  const std::vector<Tld>& tlds = anchors_.tlds();
  const uint64_t roll = Roll(zone.lot, Matter::kHosterTld);
  const bool stays = zone.kind == ZoneKind::kSite && (LayoutOf(zone) == Layout::kSibling || roll % 100 < 30);
  const wire::Name top = stays ? zone.apex.Suffix(1) : tlds[(roll >> 8) % tlds.size()].name;
  // A hoster that is itself at a hoster is at a firm one: so looking up a server's address always comes to an end.
  const int choice = zone.kind == ZoneKind::kHoster ? kFirmHosters : kHosters;
  const uint64_t number = Roll(zone.lot, Matter::kHoster) % static_cast<uint64_t>(choice);
  const ZonePlan tld{top, 1, nodes_.LotOf(top), ZoneKind::kTld, 1};
  return nodes_.PlanBelow(tld, Below(fmt::format("hoster{}", number), top));
}

std::vector<world::Address> Atlas::NameServerAddresses(const ZonePlan& zone, const wire::Name& host) const {
  const Lot lot = nodes_.LotOf(host);
  const Breakage breakage = BreakageOf(zone);
  const auto make = [&](Lot of, world::Family family) {
    if (breakage == Breakage::kNone || breakage == Breakage::kNoSuchHosts) return addresses_.Make(of, family);
    return addresses_.MakeWith(TemperOfBreakage(breakage, Roll(lot, Matter::kBrokenKind)), of, family);
  };
  if (loopback_) return {make(lot, world::Family::kIpv4)};
  const Families families = FamiliesOf(zone, lot);
  std::vector<world::Address> addresses;
  if (families.ipv6) addresses.push_back(make(lot, world::Family::kIpv6));
  if (families.ipv4) addresses.push_back(make(lot, world::Family::kIpv4));
  const bool has_second = Roll(lot, Matter::kVariant) % 8 == 0;
  if (families.ipv4 && has_second) {
    addresses.push_back(make(Lot{Roll(lot, Matter::kAddressRetry)}, world::Family::kIpv4));
  }
  return addresses;
}

Host Atlas::ServerAt(const ZonePlan& zone, Layout layout, const ZonePlan& hoster, int index) const {
  const bool is_within = layout == Layout::kWithin || (layout == Layout::kMixed && index % 2 == 0);
  if (is_within) {
    const int number = layout == Layout::kMixed ? index / 2 + 1 : index + 1;
    wire::Name name = Below(fmt::format("ns{}", number), zone.apex);
    std::vector<world::Address> addresses = NameServerAddresses(zone, name);
    return {std::move(name), std::move(addresses)};
  }
  const uint64_t first = Roll(zone.lot, Matter::kFirstHost);
  const uint64_t number = (first + static_cast<uint64_t>(index)) % kHostsOfHoster + 1;
  if (BreakageOf(zone) == Breakage::kNoSuchHosts) return {Below(fmt::format("gone{}", number), hoster.apex), {}};
  wire::Name name = Below(fmt::format("ns{}", number), hoster.apex);
  std::vector<world::Address> addresses = NameServerAddresses(hoster, name);
  return {std::move(name), std::move(addresses)};
}

ZoneAt Atlas::OwnerOfServers(ZoneAt zone) const {
  size_t index = zone.index;
  while (LayoutOf(zone.chain[index]) == Layout::kLikeParent) --index;
  return {zone.chain, index};
}

std::vector<Host> Atlas::Servers(ZoneAt zone, Side side) const {
  const bool is_shared = LayoutOf(zone.plan()) == Layout::kLikeParent;
  const ZonePlan& plan = OwnerOfServers(zone).plan();
  switch (plan.kind) {
    case ZoneKind::kRoot:
      return anchors_.root_servers();
    case ZoneKind::kTld:
      return anchors_.FindTld(plan.apex)->servers;
    case ZoneKind::kAnchored:
      return anchors_.HostsBelow(plan.apex, 6);
    case ZoneKind::kHoster:
    case ZoneKind::kSite:
      break;
  }
  const Layout layout = LayoutOf(plan);
  const ZonePlan hoster = layout == Layout::kWithin ? plan : HosterOf(plan);
  const int count = ServerCount(plan);
  const bool differs = ApexServersDiffer(plan);
  const uint64_t kind = Roll(plan.lot, Matter::kApexServers, 1) % 3;  // One more, two more, or the last replaced.
  const int last = differs ? count + (kind == 1 ? 2 : 1) : count;
  // A zone that has the servers of the zone above names all of those on both sides.
  const Side wanted = is_shared ? Side::kBoth : side;
  std::vector<Host> servers;
  for (int i = 0; i < last; ++i) {
    if (wanted == Side::kParent && i >= count) continue;
    if (wanted == Side::kApex && differs && kind == 2 && i == count - 1) continue;
    servers.push_back(ServerAt(plan, layout, hoster, i));
  }
  return servers;
}

bool Atlas::IsServedAt(ZoneAt zone, const world::Address& address) const {
  return std::ranges::any_of(Servers(zone, Side::kBoth), [&](const Host& host) {
    return std::ranges::find(host.addresses, address) != host.addresses.end();
  });
}

}  // namespace simulator
