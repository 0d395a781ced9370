#include "engine/iteration/remember.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/dnssec/signature.h"
#include "engine/world/limits.h"

namespace iteration {
namespace {

using wire::Name;
using wire::RrSet;
using wire::RrType;

/// Returns how long a set may live at the most: what tells the way to the zone ends with the delegation.
world::Instant NotAfter(const RrSet& rrset, const cache::Delegation& delegation) {
  if (rrset.type == RrType::kNs) return delegation.expires;
  if (rrset.type != RrType::kA && rrset.type != RrType::kAaaa) return world::kNever;
  const auto is_server = [&](const cache::NameServer& s) { return s.name == rrset.owner; };
  return std::ranges::any_of(delegation.servers, is_server) ? delegation.expires : world::kNever;
}

/// Returns the TTL with the operator's floor and ceiling, and no longer than `not_after`.
uint32_t BoundedTtl(uint32_t ttl, world::Duration ceiling, world::Instant not_after, const Context& context) {
  const auto& cache = context.settings.cache;
  auto life = std::min<world::Duration>(std::max<world::Duration>(world::Seconds(ttl), cache.min_ttl), ceiling);
  if (not_after != world::kNever) life = std::min(life, std::max(not_after - context.now.mono, world::Duration(0)));
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(life).count());
}

/// Returns the TTL of a negative answer, in seconds (RFC 2308 section 3).
uint32_t NegativeTtl(const RrSet& soa, const Context& context) {
  uint32_t ttl = soa.ttl;
  if (const auto fields = wire::SoaFromRdata(*soa.rdatas.begin())) ttl = std::min(ttl, fields->minimum);
  return BoundedTtl(ttl, context.settings.cache.max_negative_ttl, world::kNever, context);
}

/// Returns whether a wildcard made the set, as far as its signatures tell (RFC 4034 section 3.1.3).
bool IsOfWildcard(const RrSet& rrset) {
  return std::ranges::any_of(rrset.signatures, [&](world::OctetView rdata) {
    const auto signature = dnssec::Signature::FromRdata(rdata);
    return signature && signature->WildcardEncloser(rrset.owner);
  });
}

/// Returns proofs as something to stand behind an entry; null for none.
std::shared_ptr<const cache::Backing> BackingOf(Proofs proofs) {
  if (proofs.empty()) return nullptr;
  return std::make_shared<const cache::Backing>(cache::Backing{std::move(proofs), nullptr, std::nullopt});
}

/// What a denial consists of, whatever is denied.
struct Denied {
  Name name;
  std::optional<RrSet> soa;
  cache::Rank rank = cache::Rank::kGlue;
  Proofs proofs;
};

/// Makes the result a denial.
void Present(Denied denied, world::Instant not_after, const Origin& origin, const Context& context, Result& result) {
  const Keeping keeping{true, denied.rank, not_after, origin.delegation.expires, origin.from};
  auto backing = BackingOf(std::move(denied.proofs));
  std::optional<uint32_t> ttl;
  if (denied.soa && !denied.soa->rdatas.empty()) {
    ttl = NegativeTtl(*denied.soa, context);
    result.denial.push_back({std::make_shared<const RrSet>(*std::move(denied.soa)), *ttl, {}, keeping});
  }
  if (backing) {
    for (const RrSet& proof : backing->proofs) {
      const uint32_t bounded = BoundedTtl(proof.ttl, context.settings.cache.max_negative_ttl, world::kNever, context);
      result.denial.push_back(
          {std::shared_ptr<const RrSet>(backing, &proof), std::min(bounded, ttl.value_or(bounded)), {}, keeping});
    }
  }
  result.negation = Negation{std::move(denied.name), {dnssec::Security::kUnchecked, std::move(backing)}, keeping};
}

/// Returns until when something is kept: what is bogus only briefly (RFC 4035 section 4.7).
cache::KeepUntil Until(const Keeping& keeping, const cache::Assurance& assurance, world::Instant now) {
  const bool is_bogus = assurance.security == dnssec::Security::kBogus;
  if (is_bogus) return std::min(keeping.not_after, now + world::limits::kBogusLife);
  return {keeping.not_after, keeping.stale_until};
}

/// Returns how far a denial is to be trusted, with its proofs behind it. That of the local root zone has them only
/// beside it, since most of its denials are never kept.
cache::Assurance AssuranceOf(const Result& result) {
  cache::Assurance assurance = result.negation->assurance;
  if (assurance.backing && !assurance.backing->proofs.empty()) return assurance;
  cache::Backing backing = assurance.backing ? *assurance.backing : cache::Backing{};
  for (const AnswerSet& set : result.denial) {
    if (set.rrset->type != RrType::kSoa) backing.proofs.push_back(*set.rrset);
  }
  if (!backing.proofs.empty()) assurance.backing = std::make_shared<const cache::Backing>(std::move(backing));
  return assurance;
}

/// Puts the denial of a result into the cache.
void RememberDenial(RrType type, const Result& result, cache::Store& store, world::Instant now) {
  const Negation& negation = *result.negation;
  const cache::Assurance assurance = AssuranceOf(result);
  std::optional<RrSet> soa;
  if (!result.denial.empty() && result.denial.front().rrset->type == RrType::kSoa) {
    soa = *result.denial.front().rrset;
    soa->ttl = result.denial.front().ttl;
  }
  const cache::KeepUntil until = Until(negation.keeping, assurance, now);
  if (assurance.security == dnssec::Security::kSecure && soa && assurance.backing) {
    store.denials().Put(*soa, assurance.backing->proofs, now, now + world::Seconds(soa->ttl));
  }
  if (result.rcode == wire::Rcode::kNxDomain && !negation.is_of_type_alone) {
    store.PutNxDomain(negation.name, std::move(soa), negation.keeping.rank, now, until, assurance);
  } else {
    store.PutNoData(negation.name, type, std::move(soa), negation.keeping.rank, now, until, assurance);
  }
}

}  // namespace

std::vector<AnswerSet> Present(std::vector<RrSet> chain, cache::Rank rank, const Origin& origin, const Proofs& proofs,
                               const Context& context) {
  std::vector<AnswerSet> sets;
  bool made = false;  // A CNAME behind its DNAME is made anew at every use; it is not data of the zone.
  for (RrSet& rrset : chain) {
    const world::Instant not_after = NotAfter(rrset, origin.delegation);
    const uint32_t ttl = BoundedTtl(rrset.ttl, context.settings.cache.max_ttl, not_after, context);
    auto backing = IsOfWildcard(rrset) ? BackingOf(proofs) : nullptr;
    const Keeping keeping{!made, rank, not_after, origin.delegation.expires, origin.from};
    made = rrset.type == RrType::kDname;
    sets.push_back({std::make_shared<const RrSet>(std::move(rrset)),
                    ttl,
                    {dnssec::Security::kUnchecked, std::move(backing)},
                    keeping});
  }
  return sets;
}

void PresentNoData(NoDataAt none, RrType type, const Origin& origin, const Context& context, Result& result) {
  const world::Instant not_after = type == RrType::kNs ? origin.delegation.expires : world::kNever;
  Present({std::move(none.name), std::move(none.soa), none.rank, std::move(none.proofs)}, not_after, origin, context,
          result);
}

void PresentNxDomain(NxDomainAt none, const Origin& origin, const Context& context, Result& result) {
  Present({std::move(none.name), std::move(none.soa), none.rank, std::move(none.proofs)}, world::kNever, origin,
          context, result);
}

void Remember(const wire::Question& question, const Result& result, cache::Store& store, world::Instant now) {
  for (const AnswerSet& set : result.answer) {
    if (!set.keeping.is_due) continue;
    RrSet rrset = *set.rrset;
    rrset.ttl = set.ttl;
    store.PutRrSet(std::move(rrset), set.keeping.rank, now, Until(set.keeping, set.assurance, now), set.assurance);
  }
  if (result.negation && result.negation->keeping.is_due) RememberDenial(question.type, result, store, now);
}

void RememberCut(const Referred& referral, const cache::Delegation& delegation, Context& context) {
  if (!context.validates) return;
  const world::Instant now = context.now.mono;
  if (referral.ds) {
    context.store.PutRrSet(*referral.ds, cache::Rank::kReferral, now, delegation.expires);
  } else if (!referral.proofs.empty()) {
    context.store.PutNoData(delegation.zone, RrType::kDs, std::nullopt, cache::Rank::kReferral, now, delegation.expires,
                            {dnssec::Security::kUnchecked, BackingOf(referral.proofs)});
  }
}

}  // namespace iteration
