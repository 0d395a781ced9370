#pragma once

#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "engine/iteration/context.h"
#include "engine/iteration/result.h"
#include "engine/validation/evidence.h"
#include "engine/validation/facts.h"
#include "engine/validation/judge.h"

namespace resolver {

/// The judgement of one answer, from the end of its walk to the ruling: gathers the evidence that the judge misses from
/// the cache, and says what has to be looked up.
class Trial {
 public:
  /// Begins to judge the result of a walk. Where zones begin is known by the delegations that the walk left in the
  /// cache.
  Trial(wire::Question question, iteration::Result result, const iteration::Context& context);

  /// Judges as far as the evidence goes: the ruling, or a question for DS or DNSKEY to look up and to Learn.
  std::variant<validation::Missing, validation::Ruling> Go(const validation::Trust& trust, iteration::Context& context);

  /// Takes what a look-up of a question came to.
  void Learn(const wire::Question& question, const iteration::Result& result, const validation::Trust& trust,
             iteration::Context& context);

  /// Returns the result with what the ruling says of its parts. Those that were not judged before are due to be kept.
  iteration::Result Conclude(validation::Ruling ruling);

  /// Returns which server's answer is at fault by the ruling; nothing where it was none's.
  std::optional<world::Endpoint> Culprit(const validation::Ruling& ruling) const;

  /// Returns whether the part that is at fault by the ruling came behind an alias.
  bool IsBehindAlias(const validation::Ruling& ruling) const;

  /// Gives away what the judgement rested upon, once it is over.
  validation::Evidence TakeEvidence() { return std::move(evidence_); }

  const iteration::Result& result() const { return result_; }

 private:
  /// Takes what is to be judged by the evidence of another.
  Trial(wire::Question question, iteration::Result result)
      : question_(std::move(question)), result_(std::move(result)) {}

  /// Notes the cuts above a name that the walk has seen.
  void SuspectCuts(const wire::Name& name, const iteration::Context& context);
  /// Answers a question for evidence from the cache; returns whether that was possible.
  bool Supply(const wire::Question& question, const validation::Trust& trust, iteration::Context& context);
  /// Takes what the local root zone says of a question for DS, where the zone is proven; returns whether it says that
  /// there is one. What it denies takes its proof as anywhere.
  bool TakeFromRoot(const wire::Question& question, const validation::Trust& trust, iteration::Context& context);
  /// Judges what the cache knows of a question for evidence and nobody has judged, by the evidence at hand; returns
  /// whether it is secure, and was learnt.
  bool JudgeKnown(const wire::Question& question, const cache::Known& known, const validation::Trust& trust,
                  iteration::Context& context);
  /// Draws the conclusion from an answer for DS or DNSKEY.
  void Note(const wire::Question& question, const validation::Learnt& learnt, const validation::SharedKeys& keys,
            const validation::Trust& trust, iteration::Context& context);

  wire::Question question_;
  iteration::Result result_;
  validation::Evidence evidence_;
  int lookups_ = 0;
};

}  // namespace resolver
