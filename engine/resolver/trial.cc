#include "engine/resolver/trial.h"

#include <algorithm>
#include <utility>

#include "engine/iteration/locate.h"
#include "engine/iteration/remember.h"
#include "engine/validation/reasons.h"
#include "engine/world/limits.h"

namespace resolver {
namespace {

namespace limits = world::limits;

using dnssec::Security;
using iteration::AnswerSet;
using iteration::Context;
using iteration::Result;
using metrics::Metric;
using validation::Learnt;
using validation::Trust;
using wire::Name;
using wire::RrType;

/// Returns what a judgement may still cost at the expense of the client's query, and takes the cost into its account
/// in the end.
class Account {
 public:
  explicit Account(Context& context)
      : context_(context),
        checks_(limits::kMaxSignatureChecksPerQuery - context.budget.signature_checks),
        hashes_(limits::kMaxNsec3HashesPerQuery - context.budget.nsec3_hashes),
        work_(checks_, hashes_) {}
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;
  ~Account() {
    const int checks = checks_ - work_.verifier.operations_left();
    const int hashes = hashes_ - work_.hasher.hashes_left();
    context_.budget.signature_checks += checks;
    context_.budget.nsec3_hashes += hashes;
    context_.counters.Add(Metric::kSignatureChecks, static_cast<uint64_t>(checks));
    context_.counters.Add(Metric::kNsec3Hashes, static_cast<uint64_t>(hashes));
    if (work_.verifier.has_refused()) context_.counters.Add(Metric::kLimitSignatureChecks);
    if (work_.hasher.has_refused()) context_.counters.Add(Metric::kLimitNsec3Hashes);
  }

  validation::Work& work() { return work_; }

 private:
  Context& context_;
  int checks_;
  int hashes_;
  validation::Work work_;
};

/// Returns the proofs behind a set, borrowed.
validation::Sets ProofsOf(const cache::Assurance& assurance) {
  validation::Sets sets;
  if (!assurance.backing) return sets;
  for (const wire::RrSet& proof : assurance.backing->proofs) sets.push_back(&proof);
  return sets;
}

/// Returns what is to be judged, borrowed from the result.
validation::Subject SubjectOf(const wire::Question& question, const Result& result) {
  validation::Subject subject{question, {}, std::nullopt, result.server};
  for (const AnswerSet& set : result.answer) {
    subject.answer.push_back({set.rrset.get(), ProofsOf(set.assurance), set.assurance.security});
  }
  if (!result.negation) return subject;
  const iteration::Negation& negation = *result.negation;
  subject.denial = validation::Denial{negation.name, question.type, result.rcode, {}, negation.assurance.security};
  for (const AnswerSet& set : result.denial) subject.denial->sets.push_back(set.rrset.get());
  return subject;
}

/// Returns why a part of the result is known not to be secure, if one is and that was kept.
std::optional<wire::ExtendedError> KnownReason(const Result& result) {
  for (const AnswerSet& set : result.answer) {
    if (set.assurance.backing && set.assurance.backing->error) return set.assurance.backing->error;
  }
  if (!result.negation || !result.negation->assurance.backing) return std::nullopt;
  return result.negation->assurance.backing->error;
}

/// Returns as what a part is kept: unjudged where the chain to it is broken, which may be mended sooner than it is
/// fetched again.
Security KeptAs(Security security, const validation::Ruling& ruling) {
  const bool is_chains = security == Security::kBogus && ruling.fault == validation::Fault::kChain;
  return is_chains ? Security::kUnchecked : security;
}

/// Gives a part the security that was found, and the reason where it is not secure.
void Assure(cache::Assurance& assurance, Security security, const validation::Ruling& ruling) {
  assurance.security = security;
  const bool has_reason = ruling.error && (security == Security::kBogus || security == Security::kInsecure);
  if (!has_reason && !ruling.keys) return;
  cache::Backing backing = assurance.backing ? *assurance.backing : cache::Backing{};
  if (has_reason) backing.error = ruling.error;
  if (security == Security::kSecure) backing.keys = ruling.keys;
  assurance.backing = std::make_shared<const cache::Backing>(std::move(backing));
}

}  // namespace

Trial::Trial(wire::Question question, Result result, const Context& context)
    : question_(std::move(question)), result_(std::move(result)) {
  for (const AnswerSet& set : result_.answer) SuspectCuts(set.rrset->owner, context);
  if (result_.negation) SuspectCuts(result_.negation->name, context);
}

void Trial::SuspectCuts(const Name& name, const Context& context) {
  for (size_t labels = 1; labels <= name.LabelCount(); ++labels) {
    const Name above = name.Suffix(labels);
    const bool in_root = labels == 1 && context.root && context.root->Exact(above, RrType::kNs) != nullptr;
    if (in_root || context.store.FindDelegation(above, labels, labels, context.now.mono)) evidence_.Suspect(above);
  }
  for (const iteration::Stub& stub : context.settings.stubs) {
    if (name.IsAtOrBelow(stub.zone)) evidence_.Suspect(stub.zone);
  }
}

std::variant<validation::Missing, validation::Ruling> Trial::Go(const Trust& trust, Context& context) {
  const validation::Subject subject = SubjectOf(question_, result_);
  // Each turn adds a fact, and a name has so many labels at the most.
  for (;;) {
    std::variant<validation::Missing, validation::Ruling> verdict = validation::Missing{};
    {
      Account account(context);
      verdict = validation::Judge(subject, evidence_, trust, account.work());
    }
    const auto* missing = std::get_if<validation::Missing>(&verdict);
    if (missing == nullptr || !Supply(missing->question, trust, context)) return verdict;
  }
}

bool Trial::Supply(const wire::Question& question, const Trust& trust, Context& context) {
  if (lookups_ == limits::kMaxTrustLookups) {
    context.counters.Add(Metric::kLimitTrustLookups);
    Learnt nothing;
    nothing.error = wire::ExtendedError{wire::EdeCode::kDnssecIndeterminate, "too many zones on the way"};
    Note(question, nothing, nullptr, trust, context);
    return true;
  }
  if (trust.root == validation::RootChain::kProven && TakeFromRoot(question, trust, context)) return true;
  const auto known = context.store.Find(question.name, question.type, context.now.mono);
  if (!known || known->assurance.security == Security::kUnchecked) {
    ++lookups_;
    return known && JudgeKnown(question, *known, trust, context);
  }
  Learnt learnt;
  const auto& backing = known->assurance.backing;
  if (const auto* positive = std::get_if<cache::Positive>(&known->what)) learnt.rrset = positive->rrset.get();
  if (learnt.rrset == nullptr) learnt.denial = ProofsOf(known->assurance);
  learnt.security = known->assurance.security;
  if (backing) learnt.error = backing->error;
  Note(question, learnt, backing ? backing->keys : nullptr, trust, context);
  return true;
}

bool Trial::TakeFromRoot(const wire::Question& question, const Trust& trust, Context& context) {
  // Who is forwarded to may have another root, or a newer one.
  if (question.type != RrType::kDs || context.routes.Of(question).IsForwarded()) return false;
  const auto result = iteration::AnswerFromRoot(question, context.root, context.settings);
  if (!result || result->answer.empty()) return false;
  Learnt learnt;
  learnt.rrset = result->answer.front().rrset.get();
  if (learnt.rrset->type != RrType::kDs || learnt.rrset->owner != question.name) return false;
  learnt.security = Security::kSecure;
  Note(question, learnt, nullptr, trust, context);
  return true;
}

bool Trial::JudgeKnown(const wire::Question& question, const cache::Known& known, const Trust& trust,
                       Context& context) {
  // Most of all the DS that a referral brought, once for each signed zone. Unless all is well it takes more than a
  // look: a resolution of its own asks for what is missing, and again where it is bogus.
  Trial inner(question, iteration::ResultOf(known, question.name, context.now.mono));
  std::variant<validation::Missing, validation::Ruling> verdict = validation::Missing{};
  {
    Account account(context);
    verdict = validation::Judge(SubjectOf(question, inner.result_), evidence_, trust, account.work());
  }
  auto* const ruling = std::get_if<validation::Ruling>(&verdict);
  if (ruling == nullptr || ruling->security != Security::kSecure) return false;
  const Result result = inner.Conclude(std::move(*ruling));
  iteration::Remember(question, result, context.store, context.now.mono);
  Learn(question, result, trust, context);
  return true;
}

void Trial::Learn(const wire::Question& question, const Result& result, const Trust& trust, Context& context) {
  Learnt learnt;
  learnt.security = result.security;
  if (!result.errors.empty()) learnt.error = result.errors.front();
  validation::SharedKeys keys;
  // A set behind an alias is not of the name that was asked for.
  if (!result.answer.empty() && result.answer.front().rrset->type == question.type) {
    learnt.rrset = result.answer.front().rrset.get();
    const auto& backing = result.answer.front().assurance.backing;
    if (backing) keys = backing->keys;
  }
  if (learnt.rrset == nullptr) {
    for (const AnswerSet& set : result.denial) learnt.denial.push_back(set.rrset.get());
  }
  Note(question, learnt, keys, trust, context);
}

void Trial::Note(const wire::Question& question, const Learnt& learnt, const validation::SharedKeys& keys,
                 const Trust& trust, Context& context) {
  if (question.type == RrType::kDnskey) {
    evidence_.Add(question.name, validation::KeyFactOf(question.name, learnt, keys));
    return;
  }
  Account account(context);
  evidence_.Add(question.name, validation::CutFactOf(question.name, learnt, trust, account.work()));
}

Result Trial::Conclude(validation::Ruling ruling) {
  for (size_t i = 0; i < result_.answer.size(); ++i) {
    AnswerSet& set = result_.answer[i];
    const validation::Finding& finding = ruling.answer[i];
    if (finding.ttl) set.ttl = std::min(set.ttl, *finding.ttl);
    if (set.assurance.security != Security::kUnchecked) continue;
    Assure(set.assurance, KeptAs(finding.security, ruling), ruling);
    // What came of the cache unjudged goes back judged; a CNAME that its DNAME makes is not kept at all.
    if (!set.keeping.from && set.keeping.rank != cache::Rank::kGlue) set.keeping.is_due = true;
  }
  if (result_.negation && result_.negation->assurance.security == Security::kUnchecked) {
    Assure(result_.negation->assurance, KeptAs(ruling.denial.security, ruling), ruling);
    if (!result_.negation->keeping.from) result_.negation->keeping.is_due = true;
    for (AnswerSet& set : result_.denial) {
      if (ruling.denial.ttl) set.ttl = std::min(set.ttl, *ruling.denial.ttl);
    }
  }
  result_.security = ruling.security;
  if (ruling.security == Security::kSecure) return std::move(result_);
  if (!ruling.error) ruling.error = KnownReason(result_);
  if (ruling.error) result_.errors.push_back(*std::move(ruling.error));
  return std::move(result_);
}

bool Trial::IsBehindAlias(const validation::Ruling& ruling) const {
  return !ruling.answer.empty() && ruling.answer.front().security != Security::kBogus;
}

std::optional<world::Endpoint> Trial::Culprit(const validation::Ruling& ruling) const {
  for (size_t i = 0; i < result_.answer.size(); ++i) {
    if (ruling.answer[i].security == Security::kBogus) return result_.answer[i].keeping.from;
  }
  return result_.negation ? result_.negation->keeping.from : std::nullopt;
}

}  // namespace resolver
