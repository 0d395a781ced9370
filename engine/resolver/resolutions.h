#pragma once

#include <absl/container/flat_hash_map.h>

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/iteration/walk.h"
#include "engine/resolver/admission.h"
#include "engine/resolver/timers.h"
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
  bool errand_of_ours = false;  ///< No client ever asked.
};

/// Whether a question was taken on.
enum class Taken : uint8_t {
  kStarted,
  kShared,            ///< Another client asked the same: both wait for one resolution.
  kTooManyWaiters,    ///< walk.max-waiters.
  kTooManyQuestions,  ///< walk.max-resolutions.
};

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
};

/// The resolutions in flight: one for each question, however many wait for it. Gives the walks what they wish -
/// packets, timers, the addresses of nameservers by further resolutions - and ends them.
class Resolutions {
 public:
  explicit Resolutions(Surroundings& around);
  ~Resolutions();

  /// A client waits for the answer to its question.
  Taken Ask(const Waiter& waiter, world::Now now, world::Effects& out);

  /// Something came of an exchange.
  void Deliver(world::ExchangeId id, const world::Outcome& outcome, world::Now now, world::Effects& out);

  /// Time has passed.
  void Expire(world::Now now, world::Effects& out);

  /// Returns when Expire wants to be called next; perhaps too early, never too late.
  world::Instant NextDeadline() const { return timers_.Next(); }

  /// Returns the resolutions that have ended since the last call, in the order of their ends.
  std::vector<Finished> TakeFinished();

  size_t size() const { return by_id_.size(); }
  size_t waiters() const { return waiters_; }

 private:
  struct Resolution;
  /// Where an exchange belongs.
  struct Owner {
    ResolutionId resolution{};
    iteration::Tag tag{};
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
  /// Does what a walk wishes, and sees to its end or its next deadline.
  void Apply(Resolution& resolution, iteration::Wishes& wishes, world::Now now, world::Effects& out);
  /// Sends a query.
  void Send(Resolution& resolution, iteration::SendWish& wish, world::Effects& out);
  /// Ends an exchange that nobody listens to any more.
  void Forget(Resolution& resolution, iteration::Tag tag, world::Effects& out);
  /// Has a question of a walk resolved: by the resolution in flight for it, or by one of its own.
  void LookUp(Resolution& parent, iteration::Assignment assignment, world::Now now, world::Effects& out);
  /// Has a walk wait for another.
  void Await(Resolution& parent, Resolution& child);
  /// Tells a walk that its question will not be resolved.
  void Deny(const Resolution& parent, const iteration::Assignment& assignment, std::string_view reason, world::Now now);
  /// Returns whether a resolution waits for another, over any number of steps: a cycle in the making.
  bool WaitsFor(const Resolution& from, ResolutionId on) const;
  /// Ends what has ended and teaches who waited for it, until nothing is left to do.
  void Drain(world::Now now, world::Effects& out);
  /// Tells a walk how its question ended.
  void Teach(const Lesson& lesson, world::Now now, world::Effects& out);
  /// Ends a resolution whose walk has ended.
  void Finish(Resolution& resolution, world::Effects& out);
  /// Ends a resolution that nobody waits for any more.
  void Abort(ResolutionId id, world::Effects& out);
  /// Takes a resolution out of all that refers to it.
  void Detach(const Resolution& resolution, world::Effects& out);

  Surroundings& around_;
  absl::flat_hash_map<ResolutionId, std::unique_ptr<Resolution>> by_id_;
  absl::flat_hash_map<wire::Question, ResolutionId> by_question_;
  std::optional<ResolutionId> priming_;
  absl::flat_hash_map<world::ExchangeId, Owner> exchanges_;
  Timers timers_;
  std::deque<Lesson> lessons_;
  std::deque<ResolutionId> ended_;
  std::vector<Finished> finished_;
  size_t waiters_ = 0;
  uint64_t next_resolution_ = 1;
  uint64_t next_exchange_ = 1;
};

}  // namespace resolver
