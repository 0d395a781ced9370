#include "engine/iteration/remember.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace iteration {
namespace {

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

/// Returns the SOA of a negative answer with the TTL that the answer has (RFC 2308 section 3).
std::vector<AnswerSet> NegativeSoa(const std::optional<RrSet>& soa, const Context& context) {
  if (!soa || soa->rdatas.empty()) return {};
  uint32_t ttl = soa->ttl;
  if (const auto fields = wire::SoaFromRdata(*soa->rdatas.begin())) ttl = std::min(ttl, fields->minimum);
  return {{std::make_shared<const RrSet>(*soa),
           BoundedTtl(ttl, context.settings.cache.max_negative_ttl, world::kNever, context)}};
}

}  // namespace

std::vector<AnswerSet> Remember(std::vector<RrSet> chain, cache::Rank rank, const Origin& origin, Context& context) {
  std::vector<AnswerSet> sets;
  bool made = false;  // A CNAME behind its DNAME is made anew at every use; it is not data of the zone.
  for (RrSet& rrset : chain) {
    const world::Instant not_after = NotAfter(rrset, origin.delegation);
    const uint32_t ttl = BoundedTtl(rrset.ttl, context.settings.cache.max_ttl, not_after, context);
    if (!made) context.store.PutRrSet(rrset, rank, context.now.mono, not_after);
    made = rrset.type == RrType::kDname;
    sets.push_back({std::make_shared<const RrSet>(std::move(rrset)), ttl});
  }
  return sets;
}

std::vector<AnswerSet> RememberNoData(const NoDataAt& none, RrType type, const Origin& origin, Context& context) {
  context.store.PutNoData(none.name, type, none.soa, none.rank, context.now.mono,
                          type == RrType::kNs ? origin.delegation.expires : world::kNever);
  return NegativeSoa(none.soa, context);
}

std::vector<AnswerSet> RememberNxDomain(const NxDomainAt& none, const Origin&, Context& context) {
  context.store.PutNxDomain(none.name, none.soa, none.rank, context.now.mono, world::kNever);
  return NegativeSoa(none.soa, context);
}

}  // namespace iteration
