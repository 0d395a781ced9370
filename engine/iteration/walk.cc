#include "engine/iteration/walk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <utility>

#include "engine/iteration/delegation.h"
#include "engine/iteration/overloaded.h"
#include "engine/iteration/remember.h"
#include "engine/world/limits.h"

namespace iteration {
namespace {

namespace limits = world::limits;

using metrics::Metric;
using wire::EdeCode;
using wire::Name;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

/// Appends the sets of one part of an answer to another.
void Append(std::vector<AnswerSet>& to, std::vector<AnswerSet> sets) {
  for (AnswerSet& set : sets) to.push_back(std::move(set));
}

/// Returns how many aliases a chain has: a DNAME and the CNAME that is made of it are one.
int AliasesIn(std::span<const RrSet> chain) {
  return static_cast<int>(std::ranges::count(chain, RrType::kCname, &RrSet::type));
}

/// Returns what a client is told when every server of a zone has failed: REFUSED where all that answered said so, else
/// SERVFAIL.
Rcode FailureRcode(const Failures& failures) {
  return failures.refused > 0 && failures.other == 0 ? Rcode::kRefused : Rcode::kServFail;
}

/// Returns the error that says which servers failed, and how.
wire::ExtendedError FailureError(const wire::Question& question, const Name& zone, const Failures& failures) {
  const bool answered = failures.refused > 0 || failures.other > 0;
  const std::string servers = failures.texts.empty() ? "it has no address that may be asked"
                                                     : fmt::format("{}", fmt::join(failures.texts, "; "));
  return {answered ? EdeCode::kNetworkError : EdeCode::kNoReachableAuthority,
          fmt::format("{} {} at {}: {}", question.name.ToText(), wire::ToText(question.type), zone.ToText(), servers)};
}

/// Returns the sets of a priming response that name the root's servers.
std::optional<RrSet> RootNs(const Verdict& verdict) {
  const auto* answered = std::get_if<Answered>(&verdict);
  if (answered == nullptr || answered->chain.size() != 1) return std::nullopt;
  return answered->chain.front();
}

}  // namespace

std::vector<world::Address> AddressesIn(const Result& result) {
  if (result.rcode != Rcode::kNoError || result.answer.empty()) return {};
  return AddressesOf(*result.answer.back().rrset);
}

Walk::Walk(Assignment assignment) : assignment_(std::move(assignment)), target_(assignment_.question) {}

void Walk::Start(Context& context, Wishes& wishes) {
  if (assignment_.errand == Errand::kProbe) return;
  if (assignment_.errand == Errand::kBootstrap) routing_ = Routing::kIgnored;
  if (assignment_.errand != Errand::kPrime) return Proceed(context, wishes);
  auto hints = std::make_shared<const cache::Delegation>(FromHints(context.hints, context.now.mono));
  context.counters.Add(Metric::kPrimingQueries);
  EnterCut(std::move(hints), nullptr, context, wishes);
}

void Walk::Proceed(Context& context, Wishes& wishes) {
  const bool is_for_trust = assignment_.errand == Errand::kTrust;
  const cache::Rank least_rank = is_for_trust ? cache::Rank::kReferral : cache::Rank::kNonAuthAnswer;
  // Each turn takes an alias (which are counted) or leaves the loop.
  for (;;) {
    const bool is_refresh = assignment_.errand == Errand::kRefresh;
    Location location = Locate({target_, least_rank, assignment_.is_retry, is_refresh, routing_}, context);
    if (auto* alias = std::get_if<KnownAlias>(&location); alias != nullptr) {
      TakeAlias(std::move(*alias), context);
      if (result() != nullptr) return;
      continue;
    }
    return std::visit(
        Overloaded{
            [&](Settled& known) {
              if (known.result.source == Source::kRootZone && source_ == Source::kCache && chain_.empty()) {
                source_ = Source::kRootZone;
              }
              if (known.result.source == Source::kFailureCache) source_ = Source::kFailureCache;
              End(std::move(known.result), context);
            },
            [](KnownAlias&) {},
            [&](KnownOverlong& known) {
              Append(chain_, std::move(known.chain));
              End({Rcode::kYxDomain, {}, {}, {}, source_}, context);
            },
            [&](StartAt& start) { EnterCut(std::move(start.delegation), start.stub, context, wishes); },
            [&](Routed& routed) { EnterPools(routed.way.pools, wishes); },
            [&](NeedRoot&) {
              if (primed_) {
                EndWithError(Rcode::kServFail, {EdeCode::kNoReachableAuthority, "no root server could be asked"},
                             context);
                return;
              }
              stage_ = AwaitingRoot{};
              wishes.push_back(PrimeWish{});
            },
        },
        location);
  }
}

void Walk::TakeAlias(KnownAlias alias, Context& context) {
  Append(chain_, std::move(alias.chain));
  if (!CountAliases(alias.target, 1, context)) return;
  target_.name = std::move(alias.target);
  minimised_ = 0;
}

bool Walk::CountAliases(const Name& target, int aliases, Context& context) {
  if (aliases == 0) return true;
  const auto leads_back = [&](const AnswerSet& set) {
    return set.rrset->type == RrType::kCname && set.rrset->owner == target;
  };
  if (std::ranges::any_of(chain_, leads_back)) {
    EndWithError(Rcode::kServFail, Invalid(fmt::format("aliases lead back to {}", target.ToText())), context);
    return false;
  }
  aliases_ += aliases;
  if (aliases_ > context.settings.walk.max_aliases) {
    context.counters.Add(Metric::kLimitAliases);
    EndWithError(Rcode::kServFail, Invalid(fmt::format("over {} aliases in a row", context.settings.walk.max_aliases)),
                 context);
    return false;
  }
  return true;
}

void Walk::AwaitPools(Wishes& wishes, std::vector<size_t> pools) {
  routing_ = Routing::kIgnored;
  EnterPools(std::move(pools), wishes);
}

void Walk::EnterPools(std::vector<size_t> pools, Wishes& wishes) {
  stage_ = AwaitingPools{};
  wishes.push_back(ForwardWish{target_, std::move(pools)});
}

void Walk::Forwarded(Forwarding forwarding, Context& context, Wishes& wishes) {
  TakeSteps(forwarding.steps);
  if (assignment_.errand == Errand::kProbe) {
    stage_.emplace<Ended>();
    return;
  }
  if (!std::holds_alternative<AwaitingPools>(stage_)) return;
  source_ = Source::kForward;
  if (forwarding.response) {
    const policy::Way& way = context.routes.Of(target_);
    context.routes.DropOthers(way, *forwarding.response);
    Judgement judgement = JudgeForwarded({target_, way.domain}, *std::move(forwarding.response));
    context.counters.Add(Metric::kScrubbedRecords, judgement.scrubbed_sets);
    if (judgement.proofs_left_out > 0) context.counters.Add(Metric::kLimitProofSets);
    const cache::Delegation delegation{way.domain, {}, world::kNever};
    TakeVerdict(std::move(judgement.verdict), {delegation, forwarding.from}, context, wishes);
    return;
  }
  if (context.settings.forward.fallback == settings::Fallback::kWalk) {
    context.counters.Add(Metric::kForwardFallbacks);
    routing_ = Routing::kIgnored;
    return Proceed(context, wishes);
  }
  EndWithError(forwarding.failure,
               {EdeCode::kNetworkError, fmt::format("no upstream answered {} {}: {}", target_.name.ToText(),
                                                    wire::ToText(target_.type), forwarding.texts)},
               context);
}

void Walk::EnterCut(cache::SharedDelegation delegation, const Stub* stub, Context& context, Wishes& wishes) {
  Cut& cut = stage_.emplace<Cut>(target_, std::move(delegation), stub, minimised_, context);
  if (assignment_.is_retry) cut.Distrust(assignment_.avoided);
  Log log = MakeLog();
  After(cut.Begin(context, log, wishes), context, wishes);
}

void Walk::Arrive(Tag tag, const world::Arrival& arrival, Context& context, Wishes& wishes) {
  auto* cut = std::get_if<Cut>(&stage_);
  if (cut == nullptr) return;
  Log log = MakeLog();
  After(cut->Arrive(tag, arrival, context, log, wishes), context, wishes);
}

void Walk::Fail(Tag tag, world::Mishap mishap, Context& context, Wishes& wishes) {
  auto* cut = std::get_if<Cut>(&stage_);
  if (cut == nullptr) return;
  Log log = MakeLog();
  After(cut->Fail(tag, mishap, context, log, wishes), context, wishes);
}

void Walk::Learn(const wire::Question& lookup, const Result& result, const std::vector<WalkStep>& steps,
                 Context& context, Wishes& wishes) {
  TakeSteps(steps);
  auto* cut = std::get_if<Cut>(&stage_);
  if (cut == nullptr) return;
  Log log = MakeLog();
  After(cut->Learn(lookup.name, AddressesIn(result), context, log, wishes), context, wishes);
}

void Walk::Primed(const std::vector<WalkStep>& steps, Context& context, Wishes& wishes) {
  if (!std::holds_alternative<AwaitingRoot>(stage_)) return;
  TakeSteps(steps);
  primed_ = true;
  stage_ = Ready{};
  Proceed(context, wishes);
}

void Walk::Expire(Context& context, Wishes& wishes) {
  if (result() != nullptr) return;
  auto* cut = std::get_if<Cut>(&stage_);
  if (context.now.mono >= assignment_.deadline) {
    context.counters.Add(Metric::kLimitQueryTime);
    const Failures failures = cut != nullptr ? cut->failures() : Failures{};
    const Name zone = cut != nullptr ? cut->delegation()->zone : Name();
    if (cut != nullptr) cut->Abandon(wishes);
    return EndWithError(FailureRcode(failures), FailureError(target_, zone, failures), context);
  }
  if (cut == nullptr || cut->NextDeadline() > context.now.mono) return;
  Log log = MakeLog();
  After(cut->Expire(context, log, wishes), context, wishes);
}

world::Instant Walk::NextDeadline() const {
  const auto* cut = std::get_if<Cut>(&stage_);
  return cut == nullptr ? assignment_.deadline : std::min(assignment_.deadline, cut->NextDeadline());
}

const Result* Walk::result() const {
  const auto* ended = std::get_if<Ended>(&stage_);
  return ended == nullptr ? nullptr : &ended->result;
}

void Walk::After(Next next, Context& context, Wishes& wishes) {
  std::visit(Overloaded{
                 [](Wait&) {},
                 [&](Outcome& outcome) { Settle(std::move(outcome), context, wishes); },
                 [&](Exhausted&) { Exhaust(context, wishes); },
             },
             next);
}

void Walk::TakeRoot(const Verdict& verdict, Context& context) {
  const auto ns = RootNs(verdict);
  const auto root =
      ns ? FromPriming(*ns, {}, context.hints, context.settings.cache.max_ttl, context.now.mono) : std::nullopt;
  if (root) context.store.PutDelegation(*root, context.now.mono);
}

void Walk::Settle(Outcome outcome, Context& context, Wishes& wishes) {
  Cut& cut = std::get<Cut>(stage_);
  cut.Abandon(wishes);
  source_ = Source::kWalk;
  server_ = std::move(outcome.server);
  const cache::SharedDelegation delegation = cut.delegation();
  const Origin origin{*delegation, outcome.from};
  if (assignment_.errand == Errand::kPrime) TakeRoot(outcome.verdict, context);
  TakeVerdict(std::move(outcome.verdict), origin, context, wishes);
}

void Walk::TakeVerdict(Verdict verdict, const Origin& origin, Context& context, Wishes& wishes) {
  Result result{Rcode::kNoError, {}, {}, {}, source_};
  std::visit(Overloaded{
                 [&](Answered& v) {
                   const std::span<const RrSet> chain(v.chain);
                   if (!CountAliases(v.chain.back().owner, AliasesIn(chain.first(chain.size() - 1)), context)) return;
                   result.answer = Present(std::move(v.chain), v.rank, origin, v.proofs, context);
                   End(std::move(result), context);
                 },
                 [&](Aliased& v) {
                   const int aliases = AliasesIn(v.chain);
                   Append(chain_, Present(std::move(v.chain), v.rank, origin, v.proofs, context));
                   if (!CountAliases(v.target, aliases, context)) return;
                   target_.name = std::move(v.target);
                   minimised_ = 0;
                   Proceed(context, wishes);
                 },
                 [&](Referred& v) { FollowReferral(v, context, wishes); },
                 [&](NoDataAt& v) {
                   if (!CountAliases(v.name, AliasesIn(v.chain), context)) return;
                   result.answer = Present(std::move(v.chain), v.rank, origin, v.proofs, context);
                   PresentNoData(std::move(v), target_.type, origin, context, result);
                   End(std::move(result), context);
                 },
                 [&](NxDomainAt& v) {
                   if (!CountAliases(v.name, AliasesIn(v.chain), context)) return;
                   result.rcode = Rcode::kNxDomain;
                   result.answer = Present(std::move(v.chain), v.rank, origin, v.proofs, context);
                   // The parent of a zone that has a route says of its name only that it has no DS there.
                   const bool of_parent = &context.routes.Of(target_) != &context.routes.Of(v.name);
                   PresentNxDomain(std::move(v), origin, context, result);
                   result.negation->is_of_type_alone = of_parent;
                   End(std::move(result), context);
                 },
                 [&](Overlong& v) {
                   result.rcode = Rcode::kYxDomain;
                   result.answer = Present(std::move(v.chain), cache::Rank::kAuthAnswer, origin, {}, context);
                   End(std::move(result), context);
                 },
                 // The cut keeps these to itself: it asks another server. Of a forwarded answer they are what is left
                 // when its upstream has said nothing that it has a right to say.
                 [&](ServerError&) { EndWithNothing(context); },
                 [&](EdnsRefused&) { EndWithNothing(context); },
                 [&](Lame&) { EndWithNothing(context); },
                 [&](Excessive&) { EndWithNothing(context); },
             },
             verdict);
}

wire::ExtendedError Walk::Invalid(std::string_view what) const {
  std::string text = fmt::format("{} {}: {}", target_.name.ToText(), wire::ToText(target_.type), what);
  const auto* cut = std::get_if<Cut>(&stage_);
  if (cut != nullptr && !server_.empty()) {
    text += fmt::format(", as {} of {} has it", server_, cut->delegation()->zone.ToText());
  }
  return {EdeCode::kInvalidData, std::move(text)};
}

void Walk::EndWithNothing(Context& context) {
  EndWithError(Rcode::kServFail, Invalid("the response says nothing of it"), context);
}

void Walk::FollowReferral(const Referred& referral, Context& context, Wishes& wishes) {
  const Cut& cut = std::get<Cut>(stage_);
  if (++referrals_ > limits::kMaxReferrals) {
    context.counters.Add(Metric::kLimitReferrals);
    return EndWithError(Rcode::kServFail, Invalid(fmt::format("over {} referrals", limits::kMaxReferrals)), context);
  }
  Built built = FromReferral(referral, cut.delegation()->expires, context.settings.cache.max_ttl, context.now.mono);
  if (built.servers_left_out > 0) context.counters.Add(Metric::kLimitNameServers);
  if (built.addresses_left_out > 0) context.counters.Add(Metric::kLimitAddresses);
  RememberCut(referral, built.delegation, context);
  context.store.PutDelegation(built.delegation, context.now.mono);
  minimised_ = cut.minimised();
  EnterCut(std::make_shared<const cache::Delegation>(std::move(built.delegation)), nullptr, context, wishes);
}

void Walk::Exhaust(Context& context, Wishes& wishes) {
  Cut& cut = std::get<Cut>(stage_);
  if (cut.last_resort()) {
    Outcome outcome = *cut.last_resort();
    return Settle(std::move(outcome), context, wishes);
  }
  cut.Abandon(wishes);
  Log log = MakeLog();
  if (cut.TurnToAlternatives(context)) return After(cut.Begin(context, log, wishes), context, wishes);
  source_ = Source::kWalk;
  EndWithError(FailureRcode(cut.failures()), FailureError(target_, cut.delegation()->zone, cut.failures()), context);
}

void Walk::EndWithError(Rcode rcode, wire::ExtendedError error, Context& context) {
  Result result{rcode, {}, {}, {std::move(error)}, source_};
  if (source_ == Source::kCache) result.source = Source::kWalk;
  // A retry has an answer already, though a bogus one.
  if (!assignment_.is_retry) {
    // What failed while nobody could be reached may be had as soon as somebody can.
    const cache::Fault fault =
        context.book.uplink().IsAtFault(context.now.mono) ? cache::Fault::kOurNetwork : cache::Fault::kServers;
    context.store.PutFailure(assignment_.question, result.errors.front(), rcode, context.now.mono, fault);
  }
  // Aliases without their end would look like an answer.
  chain_.clear();
  End(std::move(result), context);
}

void Walk::End(Result result, Context& context) {
  const bool failed = result.rcode == Rcode::kServFail || result.rcode == Rcode::kRefused;
  if (failed) chain_.clear();
  if (!failed && (source_ == Source::kWalk || source_ == Source::kForward))
    context.store.ClearFailure(assignment_.question);
  std::vector<AnswerSet> answer = std::move(chain_);
  Append(answer, std::move(result.answer));
  result.answer = std::move(answer);
  result.source = source_;
  result.server = server_;
  stage_.emplace<Ended>(std::move(result));
}

void Walk::TakeSteps(const std::vector<WalkStep>& steps) {
  for (const WalkStep& step : steps) {
    if (steps_.size() == limits::kMaxWalkSteps) return;
    steps_.push_back(step);
  }
}

}  // namespace iteration
