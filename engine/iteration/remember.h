#pragma once

#include "engine/iteration/context.h"
#include "engine/iteration/verdict.h"

namespace iteration {

/// Where a response came from: decides how long its records live.
struct Origin {
  const cache::Delegation& delegation;  ///< NS sets and nameserver addresses live no longer (CVE-2022-30698).
  world::Endpoint from;
};

/// Returns the sets of a verdict as parts of an answer, with the TTLs that clients are told. Those that a wildcard made
/// have the proofs of the response behind them.
std::vector<AnswerSet> Present(std::vector<wire::RrSet> chain, cache::Rank rank, const Origin& origin,
                               const Proofs& proofs, const Context& context);

/// Makes the result a denial, with its SOA likewise.
void PresentNoData(NoDataAt none, wire::RrType type, const Origin& origin, const Context& context, Result& result);
void PresentNxDomain(NxDomainAt none, const Origin& origin, const Context& context, Result& result);

/// Puts what is due of a result into the cache, each part as far as it is believed. `question` is the one that the
/// result answers.
void Remember(const wire::Question& question, const Result& result, cache::Store& store, world::Instant now);

/// Puts what a referral says of the child's DS into the cache: not as an answer for clients, but so that whoever judges
/// need not ask for it.
void RememberCut(const Referred& referral, const cache::Delegation& delegation, Context& context);

}  // namespace iteration
