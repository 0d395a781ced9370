#include "engine/iteration/stale.h"

#include <utility>

#include "engine/iteration/overloaded.h"

namespace iteration {
namespace {

using cache::Known;
using wire::EdeCode;
using wire::Name;
using wire::Rcode;
using wire::RrType;

/// The TTL of what is stale (RFC 8767 section 4).
constexpr uint32_t kStaleTtl = 30;

/// Returns what was known of (name, type), unless it was bogus.
std::optional<Known> Find(const Name& name, RrType type, const Context& context) {
  auto known = context.store.FindStale(name, type, context.now.mono);
  const bool is_usable =
      known && known->rank > cache::Rank::kReferral && known->assurance.security != dnssec::Security::kBogus;
  return is_usable ? std::move(known) : std::nullopt;
}

/// Returns a set as a part of a stale answer.
AnswerSet ToSet(const Known& known, std::shared_ptr<const wire::RrSet> rrset) {
  return {std::move(rrset), kStaleTtl, known.assurance, {}};
}

/// Ends the answer with a denial.
void Deny(const Known& known, const std::shared_ptr<const wire::RrSet>& soa, Result& result) {
  if (soa) result.denial.push_back(ToSet(known, soa));
  if (const auto& backing = known.assurance.backing) {
    for (const wire::RrSet& proof : backing->proofs) {
      result.denial.push_back(ToSet(known, std::shared_ptr<const wire::RrSet>(backing, &proof)));
    }
  }
}

/// Ends the answer with what was known of the name at the end of the aliases.
void Conclude(const Known& known, Result& result) {
  result.rcode = Rcode::kNoError;
  std::visit(Overloaded{
                 [&](const cache::Positive& positive) { result.answer.push_back(ToSet(known, positive.rrset)); },
                 [&](const cache::NoData& none) { Deny(known, none.soa, result); },
                 [&](const cache::NxDomain& none) {
                   result.rcode = Rcode::kNxDomain;
                   Deny(known, none.soa, result);
                 },
             },
             known.what);
  const bool is_denied = result.rcode == Rcode::kNxDomain;
  result.errors.push_back({is_denied ? EdeCode::kStaleNxdomainAnswer : EdeCode::kStaleAnswer, ""});
}

}  // namespace

std::optional<Result> FromStale(const wire::Question& question, const Context& context) {
  Result result;
  result.source = Source::kStaleCache;
  result.security = dnssec::Security::kSecure;
  Name name = question.name;
  for (int aliases = 0; aliases <= context.settings.walk.max_aliases; ++aliases) {
    if (const auto known = Find(name, question.type, context)) {
      result.security = dnssec::Worse(result.security, known->assurance.security);
      Conclude(*known, result);
      return result;
    }
    const auto cname = Find(name, RrType::kCname, context);
    const auto* const positive = cname ? std::get_if<cache::Positive>(&cname->what) : nullptr;
    if (positive == nullptr || positive->rrset->rdatas.empty()) return std::nullopt;
    auto target = wire::TargetName(RrType::kCname, *positive->rrset->rdatas.begin());
    if (!target) return std::nullopt;
    result.security = dnssec::Worse(result.security, cname->assurance.security);
    result.answer.push_back(ToSet(*cname, positive->rrset));
    name = *std::move(target);
  }
  return std::nullopt;
}

}  // namespace iteration
