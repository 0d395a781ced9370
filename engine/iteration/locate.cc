#include "engine/iteration/locate.h"

#include <algorithm>
#include <utility>

#include "engine/iteration/delegation.h"
#include "engine/iteration/overloaded.h"

namespace iteration {
namespace {

using cache::Known;
using dnssec::Security;
using metrics::Metric;
using wire::Name;
using wire::Question;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

/// Returns how many labels the zone that is asked may have: a DS belongs to the parent.
size_t MostZoneLabels(const Question& question) {
  const size_t labels = question.name.LabelCount();
  return question.type == RrType::kDs && labels > 0 ? labels - 1 : labels;
}

/// Returns the stub zone that answers the question, the deepest if there are several.
const Stub* StubAbove(const Question& question, const settings::Settings& settings) {
  const size_t most = MostZoneLabels(question);
  const Stub* deepest = nullptr;
  for (const Stub& stub : settings.stubs) {
    const size_t labels = stub.zone.LabelCount();
    const bool deeper = deepest == nullptr || labels > deepest->zone.LabelCount();
    if (deeper && labels <= most && question.name.IsAtOrBelow(stub.zone)) deepest = &stub;
  }
  return deepest;
}

/// Returns how a part of an answer that the cache knows is to be kept: as it stands there.
Keeping KeepingOf(const Known& known) { return {false, known.rank, known.expires, known.stale_until, {}}; }

/// Returns a set of the cache as a part of an answer.
AnswerSet FromKnown(const Known& known, const std::shared_ptr<const RrSet>& rrset, world::Instant now) {
  return {rrset, known.TtlAt(now), known.assurance, KeepingOf(known)};
}

/// Returns a denial of the cache as a whole answer: its SOA and what proves it.
Result Denial(const Known& known, const Name& name, Rcode rcode, const std::shared_ptr<const RrSet>& soa,
              world::Instant now) {
  Result result{rcode, {}, {}, {}, Source::kCache};
  if (soa) result.denial.push_back(FromKnown(known, soa, now));
  if (const auto& backing = known.assurance.backing) {
    for (const RrSet& proof : backing->proofs) {
      result.denial.push_back(FromKnown(known, std::shared_ptr<const RrSet>(backing, &proof), now));
    }
  }
  result.negation = Negation{name, known.assurance, KeepingOf(known)};
  return result;
}

/// Returns whether an entry of the cache will do.
bool WillDo(const Known& known, const Sought& sought) {
  if (sought.is_retry) return known.assurance.security == Security::kSecure;
  return known.rank >= sought.least_rank;
}

/// Returns the answer that an entry of the cache for `name` makes; nothing where it is not trusted enough to be one.
std::optional<Result> AnswerFrom(const Known& known, const Name& name, const Sought& sought, world::Instant now) {
  return WillDo(known, sought) ? std::optional(ResultOf(known, name, now)) : std::nullopt;
}

/// Returns the cached set of (name, type) where it may be a part of an answer.
std::optional<AnswerSet> CachedSet(const Name& name, RrType type, const Sought& sought, const Context& context) {
  const auto known = context.store.Find(name, type, context.now.mono);
  if (!known || !WillDo(*known, sought)) return std::nullopt;
  const auto* positive = std::get_if<cache::Positive>(&known->what);
  if (positive == nullptr) return std::nullopt;
  return FromKnown(*known, positive->rrset, context.now.mono);
}

/// Returns the CNAME at the name, if the cache has it.
std::optional<Location> CachedCname(const Sought& sought, const Context& context) {
  const auto cname = CachedSet(sought.question.name, RrType::kCname, sought, context);
  if (!cname || cname->rrset->rdatas.empty()) return std::nullopt;
  const auto target = wire::TargetName(RrType::kCname, *cname->rrset->rdatas.begin());
  if (!target) return std::nullopt;
  return KnownAlias{{*cname}, *target, Source::kCache};
}

/// Returns the alias that the nearest cached DNAME above the name makes (RFC 6672 section 3.1).
std::optional<Location> CachedDname(const Sought& sought, const Context& context) {
  const Question& question = sought.question;
  const size_t least = std::max<size_t>(context.routes.Of(question.name).domain.LabelCount(), 1);
  for (size_t labels = question.name.LabelCount(); labels-- > least;) {
    const auto dname = CachedSet(question.name.Suffix(labels), RrType::kDname, sought, context);
    if (!dname || dname->rrset->rdatas.empty()) continue;
    const auto to = wire::TargetName(RrType::kDname, *dname->rrset->rdatas.begin());
    if (!to) return std::nullopt;
    const auto target = question.name.ReplaceSuffix(dname->rrset->owner, *to);
    if (!target) return KnownOverlong{{*dname}};
    RrSet cname{question.name, RrType::kCname, question.rr_class, dname->ttl, {}, {}};
    cname.rdatas.Add(target->octets());
    AnswerSet made{std::make_shared<const RrSet>(std::move(cname)), dname->ttl};
    return KnownAlias{{*dname, std::move(made)}, *target, Source::kCache};
  }
  return std::nullopt;
}

/// Returns the NXDOMAIN of the name or of one above it that goes the same way: what is not there in public may well be
/// within.
std::optional<Known> NxDomainCut(const Name& name, const Context& context) {
  const size_t least = context.routes.Of(name).domain.LabelCount();
  if (least == 0) return context.store.FindNxDomainCut(name, context.now.mono);
  for (size_t labels = name.LabelCount() + 1; labels-- > least;) {
    auto known = context.store.Find(name.Suffix(labels), RrType::kSoa, context.now.mono);
    if (known && std::holds_alternative<cache::NxDomain>(known->what)) return known;
  }
  return std::nullopt;
}

/// Returns the denial of an ancestor, which denies all that is below it (RFC 8020). Where answers are judged, one that
/// is not judged, or bogus, denies nothing but its own name.
std::optional<Location> CachedCut(const Sought& sought, Context& context) {
  const auto cut = NxDomainCut(sought.question.name, context);
  if (!cut) return std::nullopt;
  const Security security = cut->assurance.security;
  const bool is_judged = security == Security::kSecure || security == Security::kInsecure;
  if (context.validates && !is_judged) return std::nullopt;
  auto result = AnswerFrom(*cut, sought.question.name, sought, context.now.mono);
  if (!result) return std::nullopt;
  context.counters.Add(Metric::kNxDomainCutHits);
  return Settled{*std::move(result)};
}

/// Returns the denial that follows from those of other names of the zone (RFC 8198).
std::optional<Location> Synthesised(const Sought& sought, Context& context) {
  if (!context.validates) return std::nullopt;
  auto found = context.store.denials().Find(sought.question.name, sought.question.type, context.now.mono);
  if (!found) return std::nullopt;
  // What a zone above denies is no news of one that the operator sends elsewhere.
  const Stub* const stub = StubAbove(sought.question, context.settings);
  if (stub != nullptr && !found->soa->owner.IsAtOrBelow(stub->zone)) return std::nullopt;
  if (!found->soa->owner.IsAtOrBelow(context.routes.Of(sought.question).domain)) return std::nullopt;
  const cache::Known known{.what = cache::NxDomain{found->soa},
                           .rank = cache::Rank::kAuthAnswer,
                           .stored = context.now.mono,
                           .expires = found->expires,
                           .stale_until = found->expires,
                           .assurance = {Security::kSecure, std::make_shared<const cache::Backing>(cache::Backing{
                                                                std::move(found->proofs), nullptr, std::nullopt})}};
  context.counters.Add(Metric::kSynthesisedDenials);
  return Settled{Denial(known, sought.question.name, found->rcode, found->soa, context.now.mono)};
}

/// Returns what the cache says: an answer, an alias, a failure.
std::optional<Location> FromCache(const Sought& sought, Context& context) {
  if (sought.is_refresh) return std::nullopt;
  const Question& question = sought.question;
  const world::Instant now = context.now.mono;
  if (const auto known = context.store.Find(question.name, question.type, now)) {
    if (auto result = AnswerFrom(*known, question.name, sought, now)) return Settled{*std::move(result)};
  }
  if (question.type != RrType::kCname && question.type != RrType::kDs) {
    if (auto alias = CachedCname(sought, context)) return alias;
  }
  if (auto alias = CachedDname(sought, context)) return alias;
  if (auto cut = CachedCut(sought, context)) return cut;
  if (auto denial = Synthesised(sought, context)) return denial;
  const auto failure = context.store.FindFailure(question, now);
  if (!failure || sought.is_retry) return std::nullopt;
  context.counters.Add(Metric::kFailureCacheHits);
  return Settled{{failure->rcode, {}, {}, {failure->error, {wire::EdeCode::kCachedError, ""}}, Source::kFailureCache}};
}

/// Returns the zone of the root snapshot's delegation for the name; null where the root itself has the say.
cache::SharedDelegation FromRoot(const Question& question, Context& context) {
  const zone::Lookup lookup = context.root->Find(question.name, question.type);
  const auto* referral = std::get_if<zone::Referral>(&lookup);
  if (referral == nullptr) return nullptr;
  Built built = FromRootZone(*referral, context.now.mono);
  context.counters.Add(Metric::kRootSnapshotAnswers);
  return std::make_shared<const cache::Delegation>(std::move(built.delegation));
}

/// Wraps a set that lives as long as the snapshot it belongs to.
AnswerSet OfSnapshot(const zone::Snapshot& root, const RrSet* rrset) {
  return {std::shared_ptr<const RrSet>(root, rrset),
          rrset->ttl,
          {},
          {false, cache::Rank::kAuthAnswer, world::kNever, world::kNever, {}}};
}

/// Returns a SOA as it stands in a negative answer: with the lesser of its TTL and its minimum (RFC 2308 section 3).
AnswerSet NegativeSoa(const zone::Snapshot& root, const RrSet* soa) {
  AnswerSet set = OfSnapshot(root, soa);
  if (const auto fields = wire::SoaFromRdata(*soa->rdatas.begin())) set.ttl = std::min(set.ttl, fields->minimum);
  return set;
}

}  // namespace

Result ResultOf(const Known& known, const Name& name, world::Instant now) {
  return std::visit(Overloaded{
                        [&](const cache::Positive& p) {
                          return Result{Rcode::kNoError, {FromKnown(known, p.rrset, now)}, {}, {}, Source::kCache};
                        },
                        [&](const cache::NoData& n) { return Denial(known, name, Rcode::kNoError, n.soa, now); },
                        [&](const cache::NxDomain& n) { return Denial(known, name, Rcode::kNxDomain, n.soa, now); },
                    },
                    known.what);
}

std::optional<Result> AnswerFromRoot(const Question& question, const zone::Snapshot& root,
                                     const settings::Settings& settings) {
  if (!root || StubAbove(question, settings) != nullptr) return std::nullopt;
  const auto denial = [&](Rcode rcode, const RrSet* soa, const zone::Denial& proofs) {
    Result result{rcode, {}, {NegativeSoa(root, soa)}, {}, Source::kRootZone};
    for (const RrSet* const proof : proofs) {
      // What nobody signed proves nothing.
      if (!proof->signatures.empty()) result.denial.push_back(OfSnapshot(root, proof));
    }
    result.negation = Negation{question.name, {}, result.denial.front().keeping};
    return std::optional(std::move(result));
  };
  return std::visit(
      Overloaded{
          [](const zone::Referral&) { return std::optional<Result>(); },
          [&](const zone::Found& found) {
            return std::optional(Result{Rcode::kNoError, {OfSnapshot(root, found.rrset)}, {}, {}, Source::kRootZone});
          },
          [&](const zone::NoData& none) { return denial(Rcode::kNoError, none.soa, none.denial); },
          [&](const zone::NxDomain& none) { return denial(Rcode::kNxDomain, none.soa, none.denial); },
      },
      root->Find(question.name, question.type));
}

Location Locate(const Sought& sought, Context& context) {
  const Question& question = sought.question;
  const policy::Way& way = context.routes.Of(question);
  if (way.IsForwarded() && sought.routing == Routing::kObeyed) {
    if (auto known = FromCache(sought, context)) return *std::move(known);
    return Routed{way};
  }
  if (auto answer = AnswerFromRoot(question, context.root, context.settings)) return Settled{*std::move(answer)};
  if (auto known = FromCache(sought, context)) return *std::move(known);
  const Stub* stub = StubAbove(question, context.settings);
  const size_t stub_labels = stub == nullptr ? 0 : stub->zone.LabelCount();
  const size_t most = MostZoneLabels(question);
  const size_t least = stub == nullptr ? 0 : stub_labels + 1;
  if (least <= most) {
    auto deepest = context.store.FindDelegation(question.name, least, most, context.now.mono);
    const bool below_root = deepest && !deepest->zone.IsRoot();
    if (below_root || (deepest && !context.root)) return StartAt{std::move(deepest), nullptr};
  }
  if (stub != nullptr) {
    cache::Delegation zone{stub->zone, {}, world::kNever};
    return StartAt{std::make_shared<const cache::Delegation>(std::move(zone)), stub};
  }
  if (!context.root) return NeedRoot{};
  auto tld = FromRoot(question, context);
  // AnswerFromRoot has settled all that the root zone does not delegate.
  return tld ? Location(StartAt{std::move(tld), nullptr}) : Location(NeedRoot{});
}

}  // namespace iteration
