#include "engine/simulator/internet_authority.h"

#include <algorithm>
#include <span>

namespace simulator {
namespace {

/// Aliases that a server follows within its zone before it leaves the rest to the resolver.
constexpr int kMostAliasesInZone = 12;

/// Copies the sets that a root zone's look-up points to.
void Append(std::span<const wire::RrSet* const> sets, std::vector<wire::RrSet>& section) {
  for (const wire::RrSet* set : sets) section.push_back(*set);
}

/// Writes one outcome of a look-up in the root zone into a response.
struct RootAnswer {
  wire::Message& response;

  void operator()(const zone::Referral& referral) const {
    response.header.aa = false;
    response.authority.push_back(*referral.ns);
    if (referral.ds != nullptr) response.authority.push_back(*referral.ds);
    Append(referral.glue, response.additional);
  }
  void operator()(const zone::Found& found) const { response.answer.push_back(*found.rrset); }
  void operator()(const zone::NoData& none) const { response.authority.push_back(*none.soa); }
  void operator()(const zone::NxDomain& none) const {
    response.header.rcode = wire::Rcode::kNxDomain;
    response.authority.push_back(*none.soa);
  }
};

/// Returns whether any of the hosts has an address of the family.
bool HasFamily(const std::vector<Host>& hosts, world::Family family) {
  return std::ranges::any_of(hosts, [family](const Host& host) {
    return std::ranges::any_of(host.addresses, [family](const world::Address& a) { return a.family() == family; });
  });
}

/// Counts the shapes of answers that the role of a name is there to show.
void CountRole(Role role, wire::RrType type, Census& census) {
  if (role == Role::kBigText && type == wire::RrType::kTxt) Count(census, Shape::kBigAnswer);
  if (role == Role::kUnknownType && static_cast<uint16_t>(type) == 65280) Count(census, Shape::kUnknownType);
  if (type == wire::RrType::kHttps || type == wire::RrType::kSvcb) Count(census, Shape::kServiceBinding);
}

}  // namespace

wire::Message Authority::Respond(const wire::Question& question, ZoneAt zone, Census& census) const {
  if (zone.plan().kind == ZoneKind::kRoot) return RespondFromRoot(question);
  wire::Message response;
  response.question = question;
  response.header.qr = true;
  response.header.aa = true;
  if (atlas_.ApexServersDiffer(zone.plan())) Count(census, Shape::kChildNsDiffers);
  wire::Question current = question;
  for (int aliases = 0; aliases <= kMostAliasesInZone; ++aliases) {
    const Next next = Extend(current, zone, response, census);
    if (!next || !next->IsAtOrBelow(zone.plan().apex)) break;
    current.name = *next;
  }
  return response;
}

wire::Message Authority::RespondFromRoot(const wire::Question& question) const {
  wire::Message response;
  response.question = question;
  response.header.qr = true;
  response.header.aa = true;
  std::visit(RootAnswer{response}, atlas_.anchors().root().Find(question.name, question.type));
  return response;
}

Authority::Next Authority::Extend(const wire::Question& question, ZoneAt zone, wire::Message& response,
                                  Census& census) const {
  const Match match = atlas_.nodes().Find(zone.plan(), question.name);
  switch (match.kind) {
    case MatchKind::kCut: {
      // The DS of a delegation is the parent's to answer (RFC 4035 section 3.1.4.1).
      if (question.type == wire::RrType::kDs && question.name == match.owner) break;
      if (!response.answer.empty()) return {};
      Chain chain(zone.chain.begin(), zone.chain.begin() + static_cast<ptrdiff_t>(zone.index) + 1);
      chain.push_back(atlas_.nodes().PlanBelow(zone.plan(), match.owner));
      Refer({chain, zone.index + 1}, response, census);
      return {};
    }
    case MatchKind::kDname:
      Count(census, Shape::kDname);
      return ExtendFromDname(question, zone, match, response);
    case MatchKind::kNone:
      Count(census, Shape::kNxDomain);
      response.header.rcode = wire::Rcode::kNxDomain;
      response.authority.push_back(records_.Soa(zone.plan()));
      return {};
    case MatchKind::kWildcard:
      Count(census, Shape::kWildcard);
      break;
    case MatchKind::kExact:
      break;
  }
  return ExtendFromNode(question, zone, match, response, census);
}

Authority::Next Authority::ExtendFromNode(const wire::Question& question, ZoneAt zone, const Match& match,
                                          wire::Message& response, Census& census) const {
  if (auto alias = records_.AliasAt(zone, match.owner, match.node); alias && question.type != wire::RrType::kCname) {
    Count(census, match.node.role == Role::kHop ? Shape::kAliasChain : Shape::kAlias);
    alias->owner = question.name;
    Next target = wire::TargetName(wire::RrType::kCname, *alias->rdatas.begin());
    response.answer.push_back(*std::move(alias));
    return target;
  }
  auto set = question.type == wire::RrType::kCname ? records_.AliasAt(zone, match.owner, match.node)
                                                   : records_.SetAt(zone, match.owner, match.node, question.type);
  if (!set) {
    Count(census, match.node.role == Role::kEmpty ? Shape::kEmptyNonTerminal : Shape::kNoData);
    response.authority.push_back(records_.Soa(zone.plan()));
    return {};
  }
  CountRole(match.node.role, question.type, census);
  set->owner = question.name;
  response.answer.push_back(*std::move(set));
  if (match.node.role == Role::kApex && question.type == wire::RrType::kNs) AddServerAddresses(zone, response);
  return {};
}

Authority::Next Authority::ExtendFromDname(const wire::Question& question, ZoneAt zone, const Match& match,
                                           wire::Message& response) const {
  auto dname = records_.SetAt(zone, match.owner, match.node, wire::RrType::kDname);
  const auto target = wire::TargetName(wire::RrType::kDname, *dname->rdatas.begin());
  wire::RrSet alias;
  alias.owner = question.name;
  alias.type = wire::RrType::kCname;
  alias.ttl = dname->ttl;  // RFC 6672 section 3.1.
  response.answer.push_back(*std::move(dname));
  const auto renamed = question.name.ReplaceSuffix(match.owner, *target);
  if (!renamed) {
    response.header.rcode = wire::Rcode::kYxDomain;  // RFC 6672 section 2.2.
    return {};
  }
  alias.rdatas.Add(renamed->octets());
  response.answer.push_back(std::move(alias));
  return question.type == wire::RrType::kCname ? Next{} : renamed;
}

void Authority::Refer(ZoneAt below, wire::Message& response, Census& census) const {
  response.header.aa = false;
  const wire::Name& cut = below.plan().apex;
  const wire::Name& apex = below.above().plan().apex;
  wire::RrSet ns = records_.NameServers(below, Side::kParent);
  const std::vector<Host> hosts = atlas_.Servers(below, Side::kParent);
  const Layout layout = atlas_.LayoutOf(below.plan());
  bool has_glue = false;
  for (const Host& host : hosts) {
    const bool is_sibling = layout == Layout::kSibling && host.name.IsAtOrBelow(apex);
    const bool is_ours = layout == Layout::kLikeParent && host.name.IsAtOrBelow(apex);
    if (!host.name.IsAtOrBelow(cut) && !is_sibling && !is_ours) continue;
    has_glue = true;
    for (wire::RrSet& set : records_.AddressSets(host, ns.ttl)) response.additional.push_back(std::move(set));
  }
  response.authority.push_back(std::move(ns));
  Count(census, !has_glue ? Shape::kGlueless : layout == Layout::kSibling ? Shape::kSiblingGlue : Shape::kGlue);
  if (!HasFamily(hosts, world::Family::kIpv4)) Count(census, Shape::kNoIpv4);
  if (!HasFamily(hosts, world::Family::kIpv6)) Count(census, Shape::kNoIpv6);
  if (below.plan().depth > 2) Count(census, Shape::kSubzone);
  if (atlas_.BreakageOf(below.plan()) != Breakage::kNone) Count(census, Shape::kAllBroken);
}

void Authority::AddServerAddresses(ZoneAt zone, wire::Message& response) const {
  for (const Host& host : atlas_.Servers(zone, Side::kApex)) {
    if (!host.name.IsAtOrBelow(zone.plan().apex)) continue;
    for (wire::RrSet& set : records_.AddressSets(host, response.answer.back().ttl)) {
      response.additional.push_back(std::move(set));
    }
  }
}

}  // namespace simulator
