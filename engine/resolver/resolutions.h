#pragma once

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "engine/forwarding/forward.h"
#include "engine/iteration/walk.h"
#include "engine/policy/routes.h"
#include "engine/resolver/admission.h"
#include "engine/resolver/stragglers.h"
#include "engine/resolver/timers.h"
#include "engine/resolver/trial.h"
#include "engine/validation/anchors.h"
#include "engine/world/effect.h"

namespace resolver {

/// A client that waits for a resolution.
struct Waiter {
  world::Client client;
  Asking asking;
  world::Instant since;
};

/// A resolution that has ended, and who waits for it.
struct Finished {
  wire::Question question;
  iteration::Result result;
  std::vector<iteration::WalkStep> steps;
  std::vector<Waiter> waiters;  ///< Empty for a question of our own, such as a nameserver's address.
  world::Now started;
  validation::Evidence evidence{};  ///< What its judgement rested upon.
};

/// Whether a question was taken on.
enum class Taken : uint8_t {
  kStarted,
  kShared,            ///< Another client asked the same: both wait for one resolution.
  kTooManyWaiters,    ///< walk.max-waiters.
  kTooManyQuestions,  ///< walk.max-resolutions.
};

/// Whether an engine looks after the upstreams: probes them, and looks their addresses up. One of a process does.
enum class Upkeep : uint8_t { kMine, kAnothers };

/// What the walks of one engine have in common; lives as long as the engine. The parts are the engine's, changed by
/// Adopt.
struct Surroundings {
  std::shared_ptr<const settings::Settings> settings;
  cache::Store& store;
  servers::Book& book;
  zone::Snapshot root;
  zone::SharedRootHints hints;
  policy::UpstreamGuard guard;
  world::Random& random;
  metrics::Counters counters;
  policy::Routes routes;
  forwarding::Plan plan;
  Upkeep upkeep = Upkeep::kMine;
  validation::SharedAnchors anchors{};  ///< Null: nothing is judged.
  world::WallTime root_proven_until = world::WallTime::min();

  /// Returns whether answers are judged before they are believed.
  bool Validates() const { return anchors != nullptr && settings->dnssec.validation; }
};

/// The resolutions in flight: one for each question, however many wait for it. Gives the walks what they wish -
/// packets, timers, the addresses of nameservers by further resolutions - and ends them.
class Resolutions {
 public:
  explicit Resolutions(Surroundings& around);
  ~Resolutions();

  /// A client waits for the answer to its question.
  Taken Ask(const Waiter& waiter, world::Now now, world::Effects& out);

  /// Answers a question anew before the cache has forgotten its answer, if there is room for such.
  void Refresh(const wire::Question& question, world::Now now, world::Effects& out);

  /// Something came of an exchange.
  void Deliver(world::ExchangeId id, const world::Outcome& outcome, world::Now now, world::Effects& out);

  /// Time has passed.
  void Expire(world::Now now, world::Effects& out);

  /// Returns when Expire wants to be called next; perhaps too early, never too late.
  world::Instant NextDeadline() const { return std::min({timers_.Next(), UpkeepAt(), stragglers_.NextDeadline()}); }

  /// Returns the resolutions that have ended since the last call, in the order of their ends.
  std::vector<Finished> TakeFinished();

  size_t size() const { return by_id_.size(); }
  size_t waiters() const { return waiters_; }

 private:
  struct Resolution;
  using ByQuestion = absl::flat_hash_map<wire::Question, ResolutionId>;
  /// Names a packet within its resolution: of the walk, or of the forwarded question.
  using Tag = std::variant<iteration::Tag, forwarding::Tag>;
  /// An Ask that waits for its exchange's number.
  struct Sending {
    Tag tag;
    world::Ask ask;
  };
  /// Where an exchange belongs.
  struct Owner {
    ResolutionId resolution{};
    Tag tag;
  };
  /// A look-up has ended: the walk that wished for it is to learn.
  struct Lesson {
    ResolutionId pupil{};
    std::shared_ptr<const Finished> lookup;
    iteration::Errand errand = iteration::Errand::kResolve;
  };

  /// Returns the resolution, or null when it has ended.
  Resolution* Find(ResolutionId id);
  /// Adds a resolution. `charged_to`: whose budget pays; the value zero for its own.
  Resolution& Begin(iteration::Assignment assignment, ResolutionId charged_to, world::Now now);
  /// Returns what a step of the resolution may use.
  iteration::Context MakeContext(Resolution& resolution, world::Now now);
  /// Returns what the fate of stragglers is written to.
  iteration::Ledger MakeLedger(world::Now now) { return {around_.book, around_.counters, now.mono}; }
  /// Does what a walk wishes, and sees to its end or its next deadline.
  void Apply(Resolution& resolution, iteration::Wishes& wishes, world::Now now, world::Effects& out);
  /// Sends a query.
  void Send(Resolution& resolution, Sending sending, world::Effects& out);
  /// Ends an exchange that nobody listens to any more.
  void Forget(Resolution& resolution, const Tag& tag, world::Effects& out);
  /// Tells a walk what came of a packet.
  void HearWalk(Resolution& resolution, iteration::Tag tag, const world::Outcome& outcome, world::Now now,
                world::Effects& out);
  /// Tells a forwarded question likewise.
  void HearForward(Resolution& resolution, forwarding::Tag tag, const world::Outcome& outcome, world::Now now,
                   world::Effects& out);
  /// Tells a forwarded question that time has passed.
  void ExpireForward(Resolution& resolution, world::Now now, world::Effects& out);
  /// Returns who validates what upstreams answer to a question.
  forwarding::Validation ValidationOf(const wire::Question& question) const;
  /// Has a question asked of upstreams.
  void StartForward(Resolution& resolution, forwarding::Task task, world::Now now, world::Effects& out);
  /// Does what a forwarded question wishes, and tells the walk of its end.
  void ApplyForward(Resolution& resolution, forwarding::Wishes& wishes, world::Now now, world::Effects& out);
  /// Returns what a step of a forwarded question may use.
  forwarding::Context MakeForwardContext(world::Now now);
  /// Returns when those who wait for a resolution are told what was known before.
  world::Instant StaleAt(const Resolution& resolution) const;
  /// Returns what was known of the resolution's question.
  std::optional<iteration::Result> StaleResult(Resolution& resolution, world::Now now);
  /// Answers those who wait with what was known before, if there is something. The resolution goes on.
  void ReleaseStale(Resolution& resolution, world::Now now);
  /// Sets the timer of a resolution to its next deadline.
  void Schedule(Resolution& resolution);
  /// Looks after the upstreams: probes those that are due, and looks up addresses that are too old.
  void KeepUp(world::Now now, world::Effects& out);
  /// Returns when KeepUp wants to be called.
  world::Instant UpkeepAt() const;
  /// Begins to look up the address of an upstream.
  void LookUpUpstream(const wire::Name& host, wire::RrType type, world::Now now, world::Effects& out);
  /// Takes the addresses that such a look-up brought.
  void LearnUpstream(const wire::Question& question, const iteration::Result& result, world::Now now,
                     world::Effects& out);
  /// Has a question of a walk resolved: by the resolution in flight for it, or by one of its own.
  void LookUp(Resolution& parent, iteration::Assignment assignment, world::Now now, world::Effects& out);
  /// Has a walk wait for another.
  void Await(Resolution& parent, Resolution& child);
  /// Tells a walk that its question will not be resolved.
  void Deny(const Resolution& parent, const iteration::Assignment& assignment, std::string_view reason, world::Now now);
  /// Returns whether a resolution waits for another, over any number of steps: a cycle in the making.
  bool WaitsFor(const Resolution& from, ResolutionId on) const;
  /// The walk of a resolution has ended: whoever wants its answer as it is has it; for the others it is judged.
  void EndWalk(Resolution& resolution, world::Now now, world::Effects& out);
  /// Answers the clients that want no judgement (CD).
  void ReleaseUnjudged(Resolution& resolution);
  /// Judges as far as the evidence goes, and has looked up what is missing.
  void Examine(Resolution& resolution, world::Now now, world::Effects& out);
  /// Ends a judgement whose time is over.
  void GiveUpJudging(Resolution& resolution, world::Now now);
  /// Takes in what a look-up for a judgement came to, and judges on.
  void TeachTrust(Resolution& pupil, const Finished& lookup, world::Now now, world::Effects& out);
  /// Takes the ruling: ends the resolution, or where another server may have a better answer asks that.
  void Rule(Resolution& resolution, validation::Ruling ruling, world::Now now, world::Effects& out);
  /// Ends the trial; returns its result by the ruling, with the chain of trust where a person may ask for it.
  static iteration::Result EndTrial(Resolution& resolution, validation::Ruling ruling);
  /// Walks once more, past the server whose answer was bogus.
  void Retry(Resolution& resolution, const std::optional<world::Endpoint>& culprit, world::Now now,
             world::Effects& out);
  /// Ends a resolution with its result, which is kept.
  void Conclude(Resolution& resolution, iteration::Result result, world::Now now);
  /// Returns what is believed of itself.
  validation::Trust TrustAt(world::Now now) const;
  /// Returns where resolutions of an errand are found by their questions.
  ByQuestion& Shelf(iteration::Errand errand);
  /// Ends what has ended and teaches who waited for it, until nothing is left to do.
  void Drain(world::Now now, world::Effects& out);
  /// Tells a walk how its question ended.
  void Teach(const Lesson& lesson, world::Now now, world::Effects& out);
  /// Ends a resolution whose walk has ended.
  void Finish(Resolution& resolution, world::Now now, world::Effects& out);
  /// Ends a resolution that nobody waits for any more.
  void Abort(ResolutionId id, world::Effects& out);
  /// Takes a resolution out of all that refers to it.
  void Detach(const Resolution& resolution, world::Effects& out);

  Surroundings& around_;
  absl::flat_hash_map<ResolutionId, std::unique_ptr<Resolution>> by_id_;
  ByQuestion by_question_;
  ByQuestion trust_by_question_;  ///< Apart: what a referral says of a DS will do for those, and not for clients.
  ByQuestion bootstraps_;         ///< Apart: those asked without the pools.
  std::optional<ResolutionId> priming_;
  world::Instant kept_up_ = world::Instant::min();
  absl::flat_hash_map<world::ExchangeId, Owner> exchanges_;
  Stragglers stragglers_;
  Timers timers_;
  std::deque<Lesson> lessons_;
  std::deque<ResolutionId> ended_;
  std::vector<Finished> finished_;
  size_t waiters_ = 0;
  uint64_t next_resolution_ = 1;
  uint64_t next_exchange_ = 1;
};

}  // namespace resolver
