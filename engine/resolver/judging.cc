// The part of Resolutions that comes after a walk: whether its answer is believed.
#include <algorithm>
#include <string>
#include <utility>

#include "engine/iteration/remember.h"
#include "engine/resolver/resolution.h"
#include "engine/validation/sentinel.h"
#include "engine/world/limits.h"

namespace resolver {
namespace {

namespace limits = world::limits;

using dnssec::Security;
using iteration::Errand;
using iteration::Result;
using iteration::Source;
using metrics::Metric;

/// Returns whether a result says something of the name, rather than that nothing is known.
bool IsAnswer(const Result& result) {
  return result.rcode == wire::Rcode::kNoError || result.rcode == wire::Rcode::kNxDomain ||
         result.rcode == wire::Rcode::kYxDomain;
}

/// Returns the metric that counts answers of a security.
Metric MetricOf(Security security) {
  if (security == Security::kSecure) return Metric::kJudgedSecure;
  return security == Security::kInsecure ? Metric::kJudgedInsecure : Metric::kJudgedBogus;
}

/// Counts what of an answer was beyond the limits of its judgement.
void CountLimits(const Result& result, const validation::Ruling& ruling, metrics::Counters& counters) {
  for (const iteration::AnswerSet& set : result.answer) {
    const wire::RrSet& rrset = *set.rrset;
    const bool is_keys = rrset.type == wire::RrType::kDnskey;
    const bool is_ds = rrset.type == wire::RrType::kDs;
    if (rrset.signatures.size() > limits::kMaxSignaturesPerSet) counters.Add(Metric::kLimitSignaturesPerSet);
    if (is_keys && rrset.rdatas.size() > limits::kMaxKeysPerZone) counters.Add(Metric::kLimitKeysPerZone);
    if (is_ds && rrset.rdatas.size() > limits::kMaxDsPerSet) counters.Add(Metric::kLimitDsPerSet);
  }
  const bool is_costly = ruling.error && ruling.error->code == wire::EdeCode::kUnsupportedNsec3Iterations;
  if (is_costly) counters.Add(Metric::kLimitNsec3Iterations);
}

/// Adds steps, as far as the limit goes.
void AddSteps(std::vector<iteration::WalkStep>& to, const std::vector<iteration::WalkStep>& steps) {
  const size_t room = limits::kMaxWalkSteps - std::min(to.size(), limits::kMaxWalkSteps);
  to.insert(to.end(), steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(std::min(room, steps.size())));
}

}  // namespace

validation::Trust Resolutions::TrustAt(world::Now now) const {
  // Without signatures of its own the root zone here leads trust nowhere: what is below is insecure, not bogus.
  const bool is_absent = around_.root != nullptr && !around_.root->IsSigned();
  const auto as_signed =
      now.wall < around_.root_proven_until ? validation::RootChain::kProven : validation::RootChain::kWhole;
  return {*around_.anchors, around_.settings->dnssec, now.wall,
          is_absent ? validation::RootChain::kAbsent : as_signed, &around_.routes};
}

void Resolutions::EndWalk(Resolution& resolution, world::Now now, world::Effects& out) {
  const Result& result = *resolution.walk.result();
  AddSteps(resolution.steps, resolution.walk.steps());
  // No other server had a better answer.
  if (resolution.bogus && !IsAnswer(result)) {
    around_.counters.Add(Metric::kJudgedBogus);
    return Conclude(resolution, *std::move(resolution.bogus), now);
  }
  const Errand errand = resolution.walk.assignment().errand;
  const auto wants_judgement = [](const Waiter& waiter) { return !waiter.asking.header.cd; };
  const bool is_ours = errand == Errand::kTrust || errand == Errand::kRefresh;
  const bool is_wanted = is_ours || std::ranges::any_of(resolution.waiters, wants_judgement);
  if (!around_.Validates() || !is_wanted || !IsAnswer(result)) return Conclude(resolution, result, now);
  resolution.phase = Resolution::Phase::kJudging;
  resolution.trial.emplace(resolution.walk.assignment().question, result, MakeContext(resolution, now));
  ReleaseUnjudged(resolution);
  Schedule(resolution);
  Examine(resolution, now, out);
}

void Resolutions::ReleaseUnjudged(Resolution& resolution) {
  const iteration::Assignment& assignment = resolution.walk.assignment();
  const Result& result = resolution.trial->result();
  // Walks want addresses to ask, and judge by what they are told there.
  if (assignment.errand != Errand::kTrust && !resolution.parents.empty()) {
    const auto lookup = std::make_shared<const Finished>(
        Finished{assignment.question, result, resolution.steps, {}, resolution.started});
    for (const ResolutionId parent : resolution.parents) {
      lessons_.push_back({parent, lookup, assignment.errand});
      if (Resolution* waiting = Find(parent); waiting != nullptr) std::erase(waiting->children, resolution.id);
    }
    resolution.parents.clear();
  }
  const auto judged =
      std::ranges::stable_partition(resolution.waiters, [](const Waiter& w) { return w.asking.header.cd; });
  std::vector<Waiter> released(std::make_move_iterator(resolution.waiters.begin()),
                               std::make_move_iterator(judged.begin()));
  resolution.waiters.erase(resolution.waiters.begin(), judged.begin());
  if (released.empty()) return;
  waiters_ -= released.size();
  finished_.push_back({assignment.question, result, {}, std::move(released), resolution.started});
}

void Resolutions::Examine(Resolution& resolution, world::Now now, world::Effects& out) {
  iteration::Context context = MakeContext(resolution, now);
  auto verdict = resolution.trial->Go(TrustAt(now), context);
  if (auto* ruling = std::get_if<validation::Ruling>(&verdict)) return Rule(resolution, std::move(*ruling), now, out);
  around_.counters.Add(Metric::kTrustLookups);
  const iteration::Assignment& mine = resolution.walk.assignment();
  LookUp(resolution, {std::get<validation::Missing>(verdict).question, Errand::kTrust, mine.depth + 1, mine.deadline},
         now, out);
}

void Resolutions::TeachTrust(Resolution& pupil, const Finished& lookup, world::Now now, world::Effects& out) {
  if (pupil.phase != Resolution::Phase::kJudging) return;
  AddSteps(pupil.steps, lookup.steps);
  iteration::Context context = MakeContext(pupil, now);
  pupil.trial->Learn(lookup.question, lookup.result, TrustAt(now), context);
  Examine(pupil, now, out);
}

void Resolutions::Rule(Resolution& resolution, validation::Ruling ruling, world::Now now, world::Effects& out) {
  CountLimits(resolution.trial->result(), ruling, around_.counters);
  const bool is_own_fault = ruling.security == Security::kBogus && ruling.fault == validation::Fault::kAnswer;
  if (is_own_fault && resolution.trial->result().source != Source::kRootZone) {
    if (resolution.retries < limits::kMaxBogusRetries) {
      // What stood behind an alias was perhaps not the server's to say: it is first asked for by itself.
      const bool was_apart = resolution.walk.assignment().is_retry || !resolution.trial->IsBehindAlias(ruling);
      const auto culprit = was_apart ? resolution.trial->Culprit(ruling) : std::nullopt;
      resolution.bogus = EndTrial(resolution, std::move(ruling));
      return Retry(resolution, culprit, now, out);
    }
    around_.counters.Add(Metric::kLimitBogusRetries);
  }
  around_.counters.Add(MetricOf(ruling.security));
  const bool is_negated = ruling.security == Security::kInsecure &&
                          validation::HasNegativeAnchor(resolution.walk.assignment().question.name, TrustAt(now));
  if (is_negated) around_.counters.Add(Metric::kNegativeAnchorHits);
  Conclude(resolution, EndTrial(resolution, std::move(ruling)), now);
}

Result Resolutions::EndTrial(Resolution& resolution, validation::Ruling ruling) {
  if (resolution.asked_by_client) resolution.evidence = resolution.trial->TakeEvidence();
  return resolution.trial->Conclude(std::move(ruling));
}

void Resolutions::Retry(Resolution& resolution, const std::optional<world::Endpoint>& culprit, world::Now now,
                        world::Effects& out) {
  ++resolution.retries;
  around_.counters.Add(Metric::kBogusRetries);
  iteration::Assignment again = resolution.walk.assignment();
  again.is_retry = true;
  if (culprit) again.avoided.push_back(*culprit);
  resolution.trial.reset();
  resolution.phase = Resolution::Phase::kWalking;
  resolution.walk = iteration::Walk(std::move(again));
  iteration::Wishes wishes;
  iteration::Context context = MakeContext(resolution, now);
  resolution.walk.Start(context, wishes);
  Apply(resolution, wishes, now, out);
}

void Resolutions::GiveUpJudging(Resolution& resolution, world::Now now) {
  const wire::Question& question = resolution.walk.assignment().question;
  around_.counters.Add(Metric::kLimitQueryTime);
  if (resolution.asked_by_client) resolution.evidence = resolution.trial->TakeEvidence();
  Result result;
  result.source = Source::kWalk;
  result.errors.push_back({wire::EdeCode::kDnssecIndeterminate,
                           wire::ToText(question) + ": what it is to be judged by was not to be had in time"});
  Conclude(resolution, std::move(result), now);
}

void Resolutions::Conclude(Resolution& resolution, Result result, world::Now now) {
  const iteration::Assignment& assignment = resolution.walk.assignment();
  // The local root zone is its own memory; only what trust is built on is looked up more often than it is judged.
  const bool is_kept = result.source != Source::kRootZone || assignment.errand == Errand::kTrust;
  if (IsAnswer(result) && is_kept) iteration::Remember(assignment.question, result, around_.store, now.mono);
  if (result.security == Security::kSecure) {
    if (auto refusal = validation::SentinelRefusal(assignment.question, *around_.anchors)) {
      result.security = Security::kBogus;
      result.errors.push_back(*std::move(refusal));
    }
  }
  const bool is_failure = !IsAnswer(result) && result.security != Security::kBogus;
  auto stale = is_failure ? StaleResult(resolution, now) : std::nullopt;
  if (stale) {
    around_.counters.Add(Metric::kStaleAnswers, resolution.waiters.size());
    // Why there is nothing better comes behind.
    stale->errors.insert(stale->errors.end(), result.errors.begin(), result.errors.end());
  }
  resolution.result = stale ? *std::move(stale) : std::move(result);
  resolution.trial.reset();
  resolution.phase = Resolution::Phase::kOver;
  ended_.push_back(resolution.id);
}

}  // namespace resolver
