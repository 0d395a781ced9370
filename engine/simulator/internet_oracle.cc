#include "engine/simulator/internet_oracle.h"

#include <algorithm>

#include "engine/simulator/internet_temper.h"

namespace simulator {
namespace {

/// Aliases that are followed before the chain counts as endless. The model's own chains are shorter than a resolver's
/// limit (kMaxAliases); only names made up by a person could pass it.
constexpr int kMostAliases = 16;

/// Glueless nameservers' names of glueless nameservers' zones: the model has two levels.
constexpr int kMostDepth = 6;

/// Writes one outcome of a look-up in the root zone into a truth.
struct RootTruth {
  Truth& truth;

  void operator()(const zone::Referral&) const {}
  void operator()(const zone::Found& found) const {
    truth.answer.push_back(*found.rrset);
    truth.answer.back().signatures = {};
  }
  void operator()(const zone::NoData&) const {}
  void operator()(const zone::NxDomain&) const { truth.rcode = wire::Rcode::kNxDomain; }
};

}  // namespace

Truth Oracle::TruthOf(const wire::Question& question, world::Instant now) const {
  Truth truth;
  if (trust_.is_on()) truth.security = Security::kSecure;
  wire::Question current = question;
  for (int aliases = 0; aliases <= kMostAliases; ++aliases) {
    Chain chain = atlas_.ChainTo(current.name);
    // The DS of a zone is its parent's (RFC 4035 section 3.1.4.1).
    if (current.type == wire::RrType::kDs && chain.size() > 1 && chain.back().apex == current.name) chain.pop_back();
    const Match match = chain.size() > 1 ? atlas_.nodes().Find(chain.back(), current.name) : Match{};
    const bool is_big = match.node.role == Role::kBigText && current.type == wire::RrType::kTxt;
    const bool is_empty = match.kind == MatchKind::kExact && match.node.role == Role::kEmpty;
    const bool is_signed = trust_.is_on() && trust_.SecurityOf(chain) == Security::kSecure;
    JudgeChain(chain, {now, is_big, is_empty, 0, is_signed}, truth);
    const Step step{current, chain, match, now};
    const size_t before = truth.answer.size();
    const std::optional<wire::Name> next = Extend(step, truth);
    JudgeSecurity(step, truth.answer.size() - before, truth);
    if (!next) return truth;
    current.name = *next;
  }
  truth.uncertain = true;
  return truth;
}

void Oracle::JudgeSecurity(const Step& step, size_t added, Truth& truth) const {
  if (!trust_.is_on()) return;
  const bool is_apex = step.match.kind == MatchKind::kExact && step.match.node.role == Role::kApex;
  const bool are_keys = step.question.type == wire::RrType::kDnskey && is_apex;
  truth.security = Graver(truth.security, are_keys ? trust_.SecurityOfKeys(step.chain) : trust_.SecurityOf(step.chain));
  if (truth.security != Security::kSecure || step.chain.size() == 1) return;
  const bool needs_denial = added == 0 || step.match.kind == MatchKind::kWildcard;
  if (!needs_denial) return;
  const TrustPlan plan = trust_.PlanOf({step.chain, step.chain.size() - 1});
  if (plan.flaw == Flaw::kForgedDenial) truth.security = Security::kBogus;
  // RFC 5155 section 9.2: no AD where an opt-out record covers the next closer name.
  const bool covers_next_closer = step.match.kind != MatchKind::kExact;
  if (plan.flaw == Flaw::kNone && covers_next_closer && plan.denial == DenialKind::kNsec3OptOut) {
    truth.security = Security::kInsecure;
  }
}

std::optional<wire::RrSet> Oracle::SetAt(const Step& step) const {
  const ZoneAt zone{step.chain, step.chain.size() - 1};
  if (auto alias = records_.AliasAt(zone, step.match.owner, step.match.node)) return alias;
  auto set = records_.SetAt(zone, step.match.owner, step.match.node, step.question.type);
  if (set || !trust_.is_on()) return set;
  Notary notary;
  Signer signer(notary, trust_.WallAt(step.now));
  return attestor_.KeySetAt(step.question, zone, step.match, signer);
}

std::optional<wire::Name> Oracle::Extend(const Step& step, Truth& truth) const {
  const auto& [question, chain, match, now] = step;
  if (chain.size() == 1) {
    ExtendFromRoot(step, truth);
    return {};
  }
  const ZoneAt zone{chain, chain.size() - 1};
  if (match.kind == MatchKind::kNone) {
    truth.rcode = wire::Rcode::kNxDomain;
    return {};
  }
  if (match.kind == MatchKind::kDname) {
    wire::RrSet dname = *records_.SetAt(zone, match.owner, match.node, wire::RrType::kDname);
    const auto target = wire::TargetName(wire::RrType::kDname, *dname.rdatas.begin());
    auto renamed = question.name.ReplaceSuffix(match.owner, *target);
    wire::RrSet alias;
    alias.owner = question.name;
    alias.type = wire::RrType::kCname;
    alias.ttl = dname.ttl;
    truth.answer.push_back(std::move(dname));
    if (!renamed) {
      truth.rcode = wire::Rcode::kYxDomain;
      return {};
    }
    alias.rdatas.Add(renamed->octets());
    truth.answer.push_back(std::move(alias));
    if (question.type == wire::RrType::kCname) return {};
    return renamed;
  }
  auto set = SetAt(step);
  if (!set) {
    truth.perhaps_nxdomain = match.node.role == Role::kEmpty && DeniesEmpty(zone);
    return {};
  }
  set->owner = question.name;
  truth.answer.push_back(*std::move(set));
  if (truth.answer.back().type != wire::RrType::kCname || question.type == wire::RrType::kCname) return {};
  return wire::TargetName(wire::RrType::kCname, *truth.answer.back().rdatas.begin());
}

void Oracle::ExtendFromRoot(const Step& step, Truth& truth) const {
  const wire::Question& question = step.question;
  std::visit(RootTruth{truth}, atlas_.anchors().root().Find(question.name, question.type));
  if (!trust_.is_on()) return;
  Notary notary;
  Signer signer(notary, trust_.WallAt(step.now));
  for (wire::RrSet& set : truth.answer) attestor_.root().Refresh(signer, set);
  if (question.name.IsRoot() && question.type == wire::RrType::kZonemd) {
    truth.answer = {attestor_.root().Zonemd(signer)};
    truth.answer.front().signatures = {};
  }
}

void Oracle::JudgeChain(const Chain& chain, Need need, Truth& truth) const {
  for (size_t i = 1; i < chain.size(); ++i) {
    if (truth.unreachable) return;
    const bool is_last = i + 1 == chain.size();
    const Standing standing =
        StandingOf({chain, i}, is_last ? need : Need{need.now, false, false, need.depth, need.signatures});
    truth.unreachable = standing.reach == Reach::kNo || standing.reach == Reach::kPerhapsNot;
    truth.uncertain |= standing.reach == Reach::kPerhaps || standing.reach == Reach::kPerhapsNot;
    truth.all_refuse = truth.unreachable && standing.some_refuse && !standing.some_answer_otherwise;
  }
}

Oracle::Standing Oracle::StandingOf(ZoneAt zone, Need need) const {
  Standing parent = StandingOf(zone, Side::kParent, need);
  if (parent.reach == Reach::kNo || !atlas_.ApexServersDiffer(zone.plan())) return parent;
  // A resolver may go by either set; where only one of them has a working server, both outcomes are right.
  const Standing apex = StandingOf(zone, Side::kApex, need);
  if (parent.reach == Reach::kYes && apex.reach != Reach::kYes) parent.reach = Reach::kPerhaps;
  return parent;
}

Oracle::Standing Oracle::StandingOf(ZoneAt zone, Side side, Need need) const {
  Standing standing;
  for (const Host& host : atlas_.Servers(zone, side)) {
    const Reach known = ReachOfHost(zone, host, need);
    for (const world::Address& address : host.addresses) Weigh(address, known, need, standing);
  }
  return standing;
}

Oracle::Reach Oracle::ReachOfHost(ZoneAt zone, const Host& host, Need need) const {
  if (host.name.IsAtOrBelow(zone.plan().apex)) return Reach::kYes;
  const Layout layout = atlas_.LayoutOf(zone.plan());
  if (layout == Layout::kListed || layout == Layout::kSibling) return Reach::kYes;
  // The servers of the zone above were found on the way here.
  if (layout == Layout::kLikeParent) return ReachOfHost(zone.above(), host, need);
  if (need.depth >= kMostDepth) return Reach::kNo;
  const Chain chain = atlas_.ChainTo(host.name);
  Reach worst = Reach::kYes;
  for (size_t i = 1; i < chain.size(); ++i) {
    worst = std::min(worst, StandingOf({chain, i}, {need.now, false, false, need.depth + 1}).reach);
  }
  return worst;
}

void Oracle::Weigh(const world::Address& address, Reach host, Need need, Standing& standing) const {
  const bool is_on = address.family() == world::Family::kIpv4 ? ipv4_ : ipv6_;
  if (!is_on || host == Reach::kNo) return;
  Reach reach = Reach::kYes;
  const Lot lot = atlas_.addresses().LotOf(address);
  switch (atlas_.addresses().TemperOf(address)) {
    case Temper::kFormErrOnEdns:
    case Temper::kDropsEdns:
      standing.some_answer_otherwise = true;
      if (need.signatures) return;
      break;
    case Temper::kHealthy:
    case Temper::kSlow:
    case Temper::kTruncates:
    case Temper::kWrongId:
    case Temper::kWrongQuestion:
    case Temper::kLies:
      standing.some_answer_otherwise = true;
      break;
    case Temper::kFailsMinimised:
      if (!need.is_empty || MinimisedFailure(lot) == wire::Rcode::kNxDomain) {
        standing.some_answer_otherwise = true;
        break;
      }
      (MinimisedFailure(lot) == wire::Rcode::kRefused ? standing.some_refuse : standing.some_answer_otherwise) = true;
      return;
    case Temper::kFlaps:
      reach = IsDown(lot, need.now) ? Reach::kPerhapsNot : Reach::kPerhaps;
      break;
    case Temper::kDropsTcp:
      standing.some_answer_otherwise = true;
      if (need.tcp) return;
      if (need.signatures) reach = Reach::kPerhaps;  // Signed answers may be larger than a datagram.
      break;
    case Temper::kLame:
    case Temper::kServFail:
      standing.some_answer_otherwise = true;
      return;
    case Temper::kRefused:
      standing.some_refuse = true;
      return;
    case Temper::kDead:
      return;
  }
  standing.reach = std::max(standing.reach, std::min(reach, host));
}

bool Oracle::DeniesEmpty(ZoneAt zone) const {
  return std::ranges::any_of(atlas_.Servers(zone, Side::kBoth), [this](const Host& host) {
    return std::ranges::any_of(host.addresses, [this](const world::Address& address) {
      return atlas_.addresses().TemperOf(address) == Temper::kFailsMinimised &&
             MinimisedFailure(atlas_.addresses().LotOf(address)) == wire::Rcode::kNxDomain;
    });
  });
}

}  // namespace simulator
