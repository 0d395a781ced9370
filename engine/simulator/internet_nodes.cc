#include "engine/simulator/internet_nodes.h"

#include <array>
#include <string_view>

#include "engine/world/check.h"

namespace simulator {
namespace {

/// One label that a site may have below its apex.
struct Entry {
  std::string_view label;
  Node node;
  int permille;  ///< Of sites that have it.
};

/// The names of sites: every site has its own choice of these.
constexpr std::array kVocabulary = {
    Entry{"www", {Role::kWeb, 0}, 960},
    Entry{"mail", {Role::kAddresses, 0}, 900},
    Entry{"api", {Role::kAddresses, 1}, 850},
    Entry{"edge", {Role::kAddresses, 2}, 970},
    Entry{"new", {Role::kAddresses, 3}, 900},
    Entry{"ftp", {Role::kAliasWithin, 0}, 850},
    Entry{"files", {Role::kAliasWithin, 1}, 950},
    Entry{"store", {Role::kAliasWithin, 2}, 950},
    Entry{"shop", {Role::kAliasAway, 0}, 850},
    Entry{"cdn", {Role::kAliasAway, 1}, 850},
    Entry{"lost", {Role::kAliasNowhere, 0}, 850},
    Entry{"hop0", {Role::kHop, 0}, 970},
    Entry{"hop1", {Role::kHop, 1}, 970},
    Entry{"hop2", {Role::kHop, 2}, 970},
    Entry{"hop3", {Role::kHop, 3}, 970},
    Entry{"old", {Role::kDname, 0}, 800},
    Entry{"wild", {Role::kEmpty, 0}, 850},
    Entry{"deep", {Role::kEmpty, 1}, 900},
    Entry{"_tcp", {Role::kEmpty, 2}, 800},
    Entry{"big", {Role::kBigText, 0}, 850},
    Entry{"text", {Role::kText, 0}, 850},
    Entry{"v4", {Role::kOnlyIpv4, 0}, 850},
    Entry{"v6", {Role::kOnlyIpv6, 0}, 850},
    Entry{"many", {Role::kManyAddresses, 0}, 850},
    Entry{"svc", {Role::kServiceBinding, 0}, 850},
    Entry{"odd", {Role::kUnknownType, 0}, 850},
    Entry{"sub", {Role::kCut, 0}, 700},
    Entry{"lab", {Role::kCut, 1}, 400},
    Entry{"*", {Role::kWildcard, 1}, 50},
};

/// A label in lower case, as text.
class LoweredLabel {
 public:
  explicit LoweredLabel(world::OctetView label) : size_(label.size()) {
    for (size_t i = 0; i < size_; ++i) text_[i] = static_cast<char>(wire::Lower(label[i]));
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, wire::Name::kMaxLabelOctets> text_;
  size_t size_;
};

/// Returns the number of a label such as ns1 to ns8, or 0.
uint8_t NameServerNumber(std::string_view label) {
  if (label.size() != 3 || !label.starts_with("ns") || label[2] < '1' || label[2] > '0' + kHostsOfHoster) return 0;
  return static_cast<uint8_t>(label[2] - '0');
}

/// Returns what the site has directly below its apex.
Node FirstBelow(const ZonePlan& zone, std::string_view label) {
  if (uint8_t number = NameServerNumber(label); number != 0) return {Role::kNameServer, number};
  for (size_t i = 0; i < kVocabulary.size(); ++i) {
    const Entry& entry = kVocabulary[i];
    if (entry.label != label) continue;
    if (!Happens(zone.lot, Matter::kExists, entry.permille, i)) return {};
    // Two levels of subzones are enough to show what there is to show.
    if (entry.node.role == Role::kCut && zone.depth >= 4) return {};
    return entry.node;
  }
  return {};
}

/// Returns what the site has two levels below its apex, `first` being the label nearer to it.
Node SecondBelow(const ZonePlan& zone, std::string_view first, std::string_view second) {
  if (first == "new" && (second == "www" || second == "api")) return {Role::kAddresses, 4};
  if (first == "deep" && second == "x") return {Role::kEmpty, 3};
  if (first == "wild" && second == "plain") return {Role::kText, 1};
  if (first == "wild" && second == "*") {
    const bool is_alias = Happens(zone.lot, Matter::kVariant, 350, static_cast<uint64_t>(Role::kWildcard));
    return {is_alias ? Role::kWildcardAlias : Role::kWildcard, 0};
  }
  if (first == "_tcp" && second == "_sip") return {Role::kService, 0};
  if (first == "_tcp" && second == "_443") return {Role::kCertificate, 0};
  return {};
}

}  // namespace

std::optional<int> HosterNumber(world::OctetView label) {
  constexpr std::string_view kPrefix = "hoster";
  const LoweredLabel lowered(label);
  const std::string_view text = lowered.text();
  if (!text.starts_with(kPrefix) || text.size() > kPrefix.size() + 2 || text.size() == kPrefix.size()) return {};
  int number = 0;
  for (char digit : text.substr(kPrefix.size())) {
    if (digit < '0' || digit > '9') return {};
    number = number * 10 + (digit - '0');
  }
  if (number >= kHosters || (text.size() == kPrefix.size() + 2 && number < 10)) return {};
  return number;
}

wire::Name Below(std::string_view label, const wire::Name& name) {
  const auto* octets = reinterpret_cast<const uint8_t*>(label.data());
  auto longer = name.Prepend({octets, label.size()});
  CHECK(longer.has_value());
  return *std::move(longer);
}

std::string Word(uint64_t bits) {
  constexpr std::string_view kConsonants = "bdfghjklmnprstvz";
  constexpr std::string_view kVowels = "aeio";
  std::string word;
  for (int i = 0; i < 3; ++i) {
    word += kConsonants[bits & 15];
    word += kVowels[bits >> 4 & 3];
    bits >>= 6;
  }
  return word;
}

ZonePlan Nodes::PlanBelow(const ZonePlan& above, const wire::Name& apex) const {
  ZonePlan plan{apex, apex.LabelCount(), LotOf(apex), ZoneKind::kSite, above.depth + 1};
  if (above.kind == ZoneKind::kRoot) {
    plan.kind = ZoneKind::kTld;
  } else if (above.kind == ZoneKind::kTld && anchors_.MarkOf(apex) != Anchors::Mark::kNone) {
    plan.kind = ZoneKind::kAnchored;
  } else if (above.kind == ZoneKind::kTld && plan.labels == 2 && HosterNumber(apex.Label(0))) {
    plan.kind = ZoneKind::kHoster;
  }
  return plan;
}

Node Nodes::At(const ZonePlan& zone, const wire::Name& owner) const {
  if (owner.LabelCount() == zone.labels) return {Role::kApex, 0};
  const Node node = zone.kind == ZoneKind::kTld ? AtTld(zone, owner) : AtSite(zone, owner);
  if (node.role == Role::kCut && owner.octets().size() > kMaxApexOctets) return {};
  return node;
}

Match Nodes::Find(const ZonePlan& zone, const wire::Name& name) const {
  const size_t all = name.LabelCount();
  Match match{MatchKind::kExact, zone.apex, {Role::kApex, 0}};
  for (size_t labels = zone.labels + 1; labels <= all; ++labels) {
    wire::Name owner = name.Suffix(labels);
    const Node node = At(zone, owner);
    if (node.role == Role::kAbsent) {
      const auto wildcard = match.owner.Wildcard();
      const Node source = wildcard ? At(zone, *wildcard) : Node{};
      if (source.role == Role::kAbsent) return {MatchKind::kNone, match.owner, {}};
      return {MatchKind::kWildcard, *wildcard, source};
    }
    match = {MatchKind::kExact, std::move(owner), node};
    if (node.role == Role::kCut) match.kind = MatchKind::kCut;
    if (node.role == Role::kDname && labels < all) match.kind = MatchKind::kDname;
    if (match.kind != MatchKind::kExact) return match;
  }
  return match;
}

Role Nodes::SecondLevel(const wire::Name& name) const {
  switch (anchors_.MarkOf(name)) {
    case Anchors::Mark::kHost:
      return Role::kAnchor;
    case Anchors::Mark::kAncestor:
      return Happens(LotOf(name), Matter::kDisposition, 700) ? Role::kCut : Role::kEmpty;
    case Anchors::Mark::kNone:
      break;
  }
  if (name.IsWildcard()) return Role::kAbsent;  // A wildcard's NS set would mean nothing (RFC 4592 section 4.2).
  if (HosterNumber(name.Label(0))) return Role::kCut;
  const uint64_t roll = Roll(LotOf(name), Matter::kDisposition) % 1000;
  if (roll < 100) return Role::kAbsent;
  if (roll < 140) return Role::kAddresses;
  return roll < 170 ? Role::kEmpty : Role::kCut;
}

Node Nodes::AtTld(const ZonePlan& zone, const wire::Name& owner) const {
  const size_t below = owner.LabelCount() - zone.labels;
  const wire::Name second = owner.Suffix(zone.labels + 1);
  const Role role = SecondLevel(second);
  if (below == 1) return {role, 0};
  if (role != Role::kEmpty) return {};
  if (anchors_.MarkOf(second) != Anchors::Mark::kNone) {
    const Anchors::Mark mark = anchors_.MarkOf(owner);
    if (mark == Anchors::Mark::kHost) return {Role::kAnchor, 0};
    return {mark == Anchors::Mark::kAncestor ? Role::kEmpty : Role::kAbsent, 0};
  }
  // Names such as example.co.uk: registered below an empty non-terminal of the TLD.
  if (below > 2 || owner.IsWildcard() || Happens(LotOf(owner), Matter::kDisposition, 200)) return {};
  return {Role::kCut, 0};
}

Node Nodes::AtSite(const ZonePlan& zone, const wire::Name& owner) const {
  if (zone.kind == ZoneKind::kAnchored) {
    const Anchors::Mark mark = anchors_.MarkOf(owner);
    if (mark == Anchors::Mark::kHost) return {Role::kAnchor, 0};
    if (mark == Anchors::Mark::kAncestor) return {Role::kEmpty, 0};
  }
  const size_t below = owner.LabelCount() - zone.labels;
  const LoweredLabel first(owner.Label(below - 1));
  const Node top = FirstBelow(zone, first.text());
  if (below == 1 || top.role == Role::kAbsent) return below == 1 ? top : Node{};
  const LoweredLabel second(owner.Label(below - 2));
  if (below == 2) return SecondBelow(zone, first.text(), second.text());
  const LoweredLabel third(owner.Label(below - 3));
  const bool is_bottom = below == 3 && first.text() == "deep" && second.text() == "x" && third.text() == "y";
  return is_bottom ? Node{Role::kAddresses, 5} : Node{};
}

}  // namespace simulator
