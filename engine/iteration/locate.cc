#include "engine/iteration/locate.h"

#include <algorithm>
#include <utility>

#include "engine/iteration/delegation.h"
#include "engine/iteration/overloaded.h"

namespace iteration {
namespace {

using cache::Known;
using metrics::Metric;
using wire::Name;
using wire::Question;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

/// Returns the stub zone that encloses the name, the deepest if there are several.
const Stub* StubAbove(const Name& name, const settings::Settings& settings) {
  const Stub* deepest = nullptr;
  for (const Stub& stub : settings.stubs) {
    const bool deeper = deepest == nullptr || stub.zone.LabelCount() > deepest->zone.LabelCount();
    if (deeper && name.IsAtOrBelow(stub.zone)) deepest = &stub;
  }
  return deepest;
}

/// Returns how many labels the zone that is asked may have: a DS belongs to the parent.
size_t MostZoneLabels(const Question& question) {
  const size_t labels = question.name.LabelCount();
  return question.type == RrType::kDs && labels > 0 ? labels - 1 : labels;
}

/// Returns a set of the cache as a part of an answer.
AnswerSet FromKnown(const Known& known, const std::shared_ptr<const RrSet>& rrset, world::Instant now) {
  return {rrset, known.TtlAt(now)};
}

/// Returns the negative answer that the cache knows.
Result Denial(const Known& known, Rcode rcode, const std::shared_ptr<const RrSet>& soa, world::Instant now) {
  Result result{rcode, {}, {}, {}, Source::kCache};
  if (soa) result.denial.push_back(FromKnown(known, soa, now));
  return result;
}

/// Returns the answer that an entry of the cache makes; nothing where it is not trusted enough to be one (RFC 2181
/// section 5.4.1: glue is never an answer).
std::optional<Result> AnswerFrom(const Known& known, world::Instant now) {
  if (known.rank < cache::Rank::kNonAuthAnswer) return std::nullopt;
  return std::visit(Overloaded{
                        [&](const cache::Positive& p) {
                          return Result{Rcode::kNoError, {FromKnown(known, p.rrset, now)}, {}, {}, Source::kCache};
                        },
                        [&](const cache::NoData& n) { return Denial(known, Rcode::kNoError, n.soa, now); },
                        [&](const cache::NxDomain& n) { return Denial(known, Rcode::kNxDomain, n.soa, now); },
                    },
                    known.what);
}

/// Returns the cached set of (name, type) where it may be an answer.
std::optional<AnswerSet> CachedSet(const Name& name, RrType type, const Context& context) {
  const auto known = context.store.Find(name, type, context.now.mono);
  if (!known || known->rank < cache::Rank::kNonAuthAnswer) return std::nullopt;
  const auto* positive = std::get_if<cache::Positive>(&known->what);
  if (positive == nullptr) return std::nullopt;
  return FromKnown(*known, positive->rrset, context.now.mono);
}

/// Returns the CNAME at the name, if the cache has it.
std::optional<Location> CachedCname(const Question& question, const Context& context) {
  const auto cname = CachedSet(question.name, RrType::kCname, context);
  if (!cname || cname->rrset->rdatas.empty()) return std::nullopt;
  const auto target = wire::TargetName(RrType::kCname, *cname->rrset->rdatas.begin());
  if (!target) return std::nullopt;
  return KnownAlias{{*cname}, *target, Source::kCache};
}

/// Returns the alias that the nearest cached DNAME above the name makes (RFC 6672 section 3.1).
std::optional<Location> CachedDname(const Question& question, const Context& context) {
  const size_t least = std::max<size_t>(context.routes.Of(question.name).domain.LabelCount(), 1);
  for (size_t labels = question.name.LabelCount(); labels-- > least;) {
    const auto dname = CachedSet(question.name.Suffix(labels), RrType::kDname, context);
    if (!dname || dname->rrset->rdatas.empty()) continue;
    const auto to = wire::TargetName(RrType::kDname, *dname->rrset->rdatas.begin());
    if (!to) return std::nullopt;
    const auto target = question.name.ReplaceSuffix(dname->rrset->owner, *to);
    if (!target) return KnownOverlong{{*dname}};
    RrSet cname{question.name, RrType::kCname, question.rr_class, dname->ttl, {}, {}};
    cname.rdatas.Add(target->octets());
    return KnownAlias{{*dname, {std::make_shared<const RrSet>(std::move(cname)), dname->ttl}}, *target, Source::kCache};
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

/// Returns what the cache says: an answer, an alias, a failure.
std::optional<Location> FromCache(const Question& question, Context& context) {
  const world::Instant now = context.now.mono;
  if (const auto known = context.store.Find(question.name, question.type, now)) {
    if (auto result = AnswerFrom(*known, now)) return Settled{*std::move(result)};
  }
  if (question.type != RrType::kCname && question.type != RrType::kDs) {
    if (auto alias = CachedCname(question, context)) return alias;
  }
  if (auto alias = CachedDname(question, context)) return alias;
  if (const auto cut = NxDomainCut(question.name, context)) {
    if (auto result = AnswerFrom(*cut, now)) {
      context.counters.Add(Metric::kNxDomainCutHits);
      return Settled{*std::move(result)};
    }
  }
  const auto failure = context.store.FindFailure(question, now);
  if (!failure) return std::nullopt;
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
  return {std::shared_ptr<const RrSet>(root, rrset), rrset->ttl};
}

/// Returns a SOA as it stands in a negative answer: with the lesser of its TTL and its minimum (RFC 2308 section 3).
AnswerSet NegativeSoa(const zone::Snapshot& root, const RrSet* soa) {
  AnswerSet set = OfSnapshot(root, soa);
  if (const auto fields = wire::SoaFromRdata(*soa->rdatas.begin())) set.ttl = std::min(set.ttl, fields->minimum);
  return set;
}

}  // namespace

std::optional<Result> AnswerFromRoot(const Question& question, const zone::Snapshot& root,
                                     const settings::Settings& settings) {
  if (!root || StubAbove(question.name, settings) != nullptr) return std::nullopt;
  const auto denial = [&](Rcode rcode, const RrSet* soa) {
    return std::optional(Result{rcode, {}, {NegativeSoa(root, soa)}, {}, Source::kRootZone});
  };
  return std::visit(
      Overloaded{
          [](const zone::Referral&) { return std::optional<Result>(); },
          [&](const zone::Found& found) {
            return std::optional(Result{Rcode::kNoError, {OfSnapshot(root, found.rrset)}, {}, {}, Source::kRootZone});
          },
          [&](const zone::NoData& none) { return denial(Rcode::kNoError, none.soa); },
          [&](const zone::NxDomain& none) { return denial(Rcode::kNxDomain, none.soa); },
      },
      root->Find(question.name, question.type));
}

Location Locate(const Question& question, Routing routing, Context& context) {
  const policy::Way& way = context.routes.Of(question);
  if (way.IsForwarded() && routing == Routing::kObeyed) {
    if (auto known = FromCache(question, context)) return *std::move(known);
    return Routed{way};
  }
  if (auto answer = AnswerFromRoot(question, context.root, context.settings)) return Settled{*std::move(answer)};
  if (auto known = FromCache(question, context)) return *std::move(known);
  const Stub* stub = StubAbove(question.name, context.settings);
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
