#pragma once

#include "engine/iteration/context.h"
#include "engine/iteration/verdict.h"

namespace iteration {

/// Where a response came from, as far as the life of its records goes.
struct Origin {
  const cache::Delegation& delegation;  ///< NS sets and nameserver addresses live no longer (CVE-2022-30698).
};

/// Puts what a verdict holds into the cache, and returns the sets as parts of an answer with the TTLs that clients are
/// told.
std::vector<AnswerSet> Remember(std::vector<wire::RrSet> chain, cache::Rank rank, const Origin& origin,
                                Context& context);

/// Puts a negative answer into the cache, and returns its SOA likewise.
std::vector<AnswerSet> RememberNoData(const NoDataAt& none, wire::RrType type, const Origin& origin, Context& context);
std::vector<AnswerSet> RememberNxDomain(const NxDomainAt& none, const Origin& origin, Context& context);

}  // namespace iteration
