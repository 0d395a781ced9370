#include "engine/simulator/internet_records.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace simulator {
namespace {

/// The TTLs that sets have, in seconds.
constexpr std::array<uint32_t, 8> kTtls = {30, 60, 300, 900, 3'600, 14'400, 86'400, 172'800};

/// The TTLs of negative answers (RFC 2308 section 4).
constexpr std::array<uint32_t, 5> kNegativeTtls = {30, 60, 300, 900, 3'600};

/// RRs in the set of a name with many addresses.
constexpr int kManyAddresses = 10;

/// Octets in each string of a TXT.
constexpr size_t kTextOctets = 200;

/// The type that no program knows.
constexpr auto kUnknown = static_cast<wire::RrType>(65280);

/// Builds rdata piece by piece.
class RdataBuilder {
 public:
  /// Appends one octet.
  RdataBuilder& Byte(uint8_t value) {
    octets_.push_back(value);
    return *this;
  }
  /// Appends two octets.
  RdataBuilder& Short(uint16_t value) {
    return Byte(static_cast<uint8_t>(value >> 8)).Byte(static_cast<uint8_t>(value));
  }
  /// Appends four octets.
  RdataBuilder& Long(uint32_t value) {
    return Short(static_cast<uint16_t>(value >> 16)).Short(static_cast<uint16_t>(value));
  }
  /// Appends a name, not compressed.
  RdataBuilder& Domain(const wire::Name& name) {
    octets_.insert(octets_.end(), name.octets().begin(), name.octets().end());
    return *this;
  }
  /// Appends text as it is.
  RdataBuilder& Raw(std::string_view text) {
    octets_.insert(octets_.end(), text.begin(), text.end());
    return *this;
  }
  /// Appends a character-string (RFC 1035 section 3.3).
  RdataBuilder& String(std::string_view text) { return Byte(static_cast<uint8_t>(text.size())).Raw(text); }
  world::OctetView octets() const { return octets_; }

 private:
  world::Octets octets_;
};

}  // namespace

wire::Name SiteOf(const Nodes& nodes, const wire::Name& tld, uint64_t index) {
  return Below(Word(Roll(nodes.LotOf(tld), Matter::kSite, index)), tld);
}

wire::RrSet Records::Blank(const wire::Name& owner, wire::RrType type) const {
  wire::RrSet set;
  set.owner = owner;
  set.type = type;
  set.ttl = kTtls[Roll(atlas_.nodes().LotOf(owner), Matter::kTtl, static_cast<uint64_t>(type)) % kTtls.size()];
  return set;
}

wire::RrSet Records::Single(const wire::Name& owner, wire::RrType type, world::OctetView rdata) const {
  wire::RrSet set = Blank(owner, type);
  set.rdatas.Add(rdata);
  return set;
}

wire::RrSet Records::Soa(const ZonePlan& zone) const {
  const uint32_t minimum = kNegativeTtls[Roll(zone.lot, Matter::kTtl) % kNegativeTtls.size()];
  RdataBuilder rdata;
  rdata.Domain(Below("ns1", zone.apex)).Domain(Below("hostmaster", zone.apex));
  rdata.Long(2026082201).Long(7'200).Long(3'600).Long(1'209'600).Long(minimum);
  return Single(zone.apex, wire::RrType::kSoa, rdata.octets());
}

wire::RrSet Records::NameServers(ZoneAt zone, Side side) const {
  const wire::Name& apex = zone.plan().apex;
  wire::RrSet set = Blank(apex, wire::RrType::kNs);
  // The parent's and the child's set have TTLs of their own, as they have in reality.
  if (side == Side::kParent) set.ttl = kTtls[4 + Roll(zone.plan().lot, Matter::kTtl, 1) % 4];
  for (const Host& host : atlas_.Servers(zone, side)) set.rdatas.Add(host.name.octets());
  return set;
}

std::vector<wire::RrSet> Records::AddressSets(const Host& host, uint32_t ttl) const {
  std::vector<wire::RrSet> sets;
  for (wire::RrType type : {wire::RrType::kAaaa, wire::RrType::kA}) {
    wire::RrSet set;
    set.owner = host.name;
    set.type = type;
    set.ttl = ttl;
    const auto family = type == wire::RrType::kA ? world::Family::kIpv4 : world::Family::kIpv6;
    for (const world::Address& address : host.addresses) {
      if (address.family() == family && !set.rdatas.Contains(address.octets())) set.rdatas.Add(address.octets());
    }
    if (!set.rdatas.empty()) sets.push_back(std::move(set));
  }
  return sets;
}

wire::RrSet Records::IdleAddresses(const wire::Name& owner, wire::RrType type, int count) const {
  wire::RrSet set = Blank(owner, type);
  const auto family = type == wire::RrType::kA ? world::Family::kIpv4 : world::Family::kIpv6;
  const Lot lot = atlas_.nodes().LotOf(owner);
  for (int i = 0; i < count; ++i) {
    const Lot own{Roll(lot, Matter::kAddress, static_cast<uint64_t>(i))};
    set.rdatas.Add(Addresses::MakeIdle(own, family).octets());
  }
  return set;
}

wire::RrSet Records::Text(const wire::Name& owner, int strings) const {
  RdataBuilder rdata;
  for (int i = 0; i < strings; ++i) {
    std::string text = fmt::format("{} of {}:", i, owner.Lowered().ToText());
    uint64_t bits = Roll(atlas_.nodes().LotOf(owner), Matter::kText, static_cast<uint64_t>(i));
    while (text.size() < kTextOctets && strings > 1) {
      text += ' ';
      text += Word(bits);
      bits = Scramble(bits);
    }
    rdata.String(std::string_view(text).substr(0, kTextOctets));
  }
  return Single(owner, wire::RrType::kTxt, rdata.octets());
}

wire::Name Records::OtherSite(const ZonePlan& zone, uint64_t index) const {
  const std::vector<Tld>& tlds = atlas_.anchors().tlds();
  wire::Name site;
  for (uint64_t attempt = 0; attempt < 4; ++attempt) {
    const uint64_t roll = Roll(zone.lot, Matter::kTarget, index * 4 + attempt);
    const wire::Name tld = roll % 100 < 40 ? zone.apex.Suffix(1) : tlds[(roll >> 8) % tlds.size()].name;
    site = SiteOf(atlas_.nodes(), tld, (roll >> 40) % kFamiliarSites);
    if (atlas_.ChainTo(site).size() == 3) break;
  }
  return site;
}

wire::Name Records::TargetOf(const ZonePlan& zone, Node node) const {
  constexpr std::array kWithin = {"files", "store", "mail"};
  const uint64_t roll = Roll(zone.lot, Matter::kTarget, 100 + static_cast<uint64_t>(node.role));
  switch (node.role) {
    case Role::kAliasWithin:
      return Below(kWithin[node.number], zone.apex);
    case Role::kAliasNowhere:
      return Below("nowhere", zone.apex);
    case Role::kAliasAway:
      if (node.number == 0) return Below("edge", OtherSite(zone, 1));
      return Below(fmt::format("hop{}", 1 + roll % (kMostHops - 1)), OtherSite(zone, 2));
    case Role::kHop:
      return Below(fmt::format("hop{}", node.number - 1), OtherSite(zone, 10 + node.number));
    case Role::kWeb:
      if (roll % 3 == 0) return zone.apex;
      return Below("edge", roll % 3 == 1 ? zone.apex : OtherSite(zone, 3));
    default:
      return Below("edge", zone.apex);
  }
}

std::optional<wire::RrSet> Records::AliasAt(ZoneAt zone, const wire::Name& owner, Node node) const {
  bool is_alias = false;
  if (node.role == Role::kWeb) {
    is_alias = Happens(zone.plan().lot, Matter::kVariant, 450, static_cast<uint64_t>(Role::kWeb));
  } else if (node.role == Role::kHop) {
    is_alias = node.number > 0;
  } else {
    is_alias = node.role == Role::kAliasWithin || node.role == Role::kAliasAway || node.role == Role::kAliasNowhere ||
               node.role == Role::kWildcardAlias;
  }
  if (!is_alias) return {};
  return Single(owner, wire::RrType::kCname, TargetOf(zone.plan(), node).octets());
}

wire::Name Records::DnameTarget(const ZonePlan& zone) const {
  const bool stays = Happens(zone.lot, Matter::kVariant, 500, static_cast<uint64_t>(Role::kDname));
  return stays ? Below("new", zone.apex) : OtherSite(zone, 4);
}

std::optional<wire::RrSet> Records::SetAt(ZoneAt zone, const wire::Name& owner, Node node, wire::RrType type) const {
  switch (node.role) {
    case Role::kAbsent:
    case Role::kEmpty:
    case Role::kCut:
      return {};
    case Role::kApex:
      return SetAtApex(zone, type);
    case Role::kAnchor:
    case Role::kNameServer: {
      const Host host = node.role == Role::kAnchor ? atlas_.anchors().WithGlue(owner)
                                                   : Host{owner, atlas_.NameServerAddresses(zone.plan(), owner)};
      for (wire::RrSet& set : AddressSets(host, Blank(owner, wire::RrType::kA).ttl)) {
        if (set.type == type) return std::move(set);
      }
      return {};
    }
    case Role::kAddresses:
    case Role::kOnlyIpv4:
    case Role::kOnlyIpv6:
    case Role::kManyAddresses:
    case Role::kWildcard:
    case Role::kServiceBinding:
    case Role::kUnknownType:
    case Role::kHop:
    case Role::kWeb:
      return SetAtHost(owner, node, type);
    case Role::kText:
    case Role::kBigText:
    case Role::kDname:
    case Role::kService:
    case Role::kCertificate:
    case Role::kAliasWithin:
    case Role::kAliasAway:
    case Role::kAliasNowhere:
    case Role::kWildcardAlias:
      return SetAtOther(zone.plan(), owner, node, type);
  }
  return {};
}

std::optional<wire::RrSet> Records::SetAtApex(ZoneAt zone, wire::RrType type) const {
  const ZonePlan& plan = zone.plan();
  if (type == wire::RrType::kSoa) return Soa(plan);
  if (type == wire::RrType::kNs) return NameServers(zone, Side::kApex);
  if (plan.kind == ZoneKind::kTld) return {};
  if (type == wire::RrType::kMx) {
    return Single(plan.apex, type, RdataBuilder().Short(10).Domain(Below("mail", plan.apex)).octets());
  }
  if (type == wire::RrType::kTxt) return Text(plan.apex, 1);
  if (!Happens(plan.lot, Matter::kExists, 750, 1000)) return {};
  if (type == wire::RrType::kA || type == wire::RrType::kAaaa) return IdleAddresses(plan.apex, type, 1);
  if (type == wire::RrType::kHttps) {
    return Single(plan.apex, type, RdataBuilder().Short(0).Domain(Below("svc", plan.apex)).octets());
  }
  return {};
}

std::optional<wire::RrSet> Records::SetAtHost(const wire::Name& owner, Node node, wire::RrType type) const {
  const bool has_ipv4 = node.role != Role::kOnlyIpv6;
  const bool has_ipv6 = node.role != Role::kOnlyIpv4 && node.role != Role::kUnknownType;
  if (type == wire::RrType::kA && has_ipv4) {
    return IdleAddresses(owner, type, node.role == Role::kManyAddresses ? kManyAddresses : 1);
  }
  if (type == wire::RrType::kAaaa && has_ipv6) return IdleAddresses(owner, type, 1);
  const bool has_text = node.role == Role::kManyAddresses || node.role == Role::kWildcard;
  if (type == wire::RrType::kTxt && has_text) return Text(owner, 1);
  const bool is_binding = type == wire::RrType::kHttps || type == wire::RrType::kSvcb;
  if (is_binding && node.role == Role::kServiceBinding) {
    // RFC 9460 section 2.2: priority, target (itself), alpn=h2.
    return Single(owner, type, RdataBuilder().Short(1).Domain(wire::Name()).Short(1).Short(3).String("h2").octets());
  }
  if (type == kUnknown && node.role == Role::kUnknownType) {
    return Single(owner, type, RdataBuilder().Raw("any octets").Byte(0).Byte(255).octets());
  }
  return {};
}

std::optional<wire::RrSet> Records::SetAtOther(const ZonePlan& zone, const wire::Name& owner, Node node,
                                               wire::RrType type) const {
  if (type == wire::RrType::kTxt && node.role == Role::kText) return Text(owner, 1);
  if (type == wire::RrType::kTxt && node.role == Role::kBigText) {
    return Text(owner, 7 + static_cast<int>(Roll(zone.lot, Matter::kText) % 14));
  }
  if (type == wire::RrType::kHinfo && node.role == Role::kText) {
    return Single(owner, type, RdataBuilder().String("abacus").String("by hand").octets());
  }
  if (type == wire::RrType::kCaa && node.role == Role::kText) {
    return Single(owner, type, RdataBuilder().Byte(0).String("issue").Raw("ca.invalid").octets());
  }
  if (type == wire::RrType::kDname && node.role == Role::kDname) {
    return Single(owner, type, DnameTarget(zone).octets());
  }
  if (type == wire::RrType::kSrv && node.role == Role::kService) {
    return Single(owner, type, RdataBuilder().Short(10).Short(5).Short(5060).Domain(Below("edge", zone.apex)).octets());
  }
  if (type == wire::RrType::kTlsa && node.role == Role::kCertificate) {
    return Single(owner, type, RdataBuilder().Byte(3).Byte(1).Byte(1).Raw("0123456789abcdef0123456789abcdef").octets());
  }
  return {};
}

}  // namespace simulator
