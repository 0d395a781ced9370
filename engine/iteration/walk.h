#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/iteration/context.h"
#include "engine/iteration/cut.h"
#include "engine/iteration/locate.h"
#include "engine/iteration/remember.h"
#include "engine/iteration/result.h"

namespace iteration {

/// What a walk is for.
enum class Errand : uint8_t {
  kResolve,    ///< Answer the question.
  kPrime,      ///< Ask the hints' servers for the root's (RFC 8109).
  kTrust,      ///< Fetch the DS or DNSKEY that a judgement wants: what a referral said of it will do.
  kBootstrap,  ///< Answer the question without the pools: for the address of one of their own upstreams.
  kRefresh,    ///< Answer the question anew, whatever the cache has of it.
  kProbe,      ///< See how an upstream fares; whatever it answers is forgotten.
};

/// What a walk is given to do.
struct Assignment {
  wire::Question question;
  Errand errand = Errand::kResolve;
  int depth = 0;            ///< 0 for a client's question, one more for each question on whose behalf it is asked.
  world::Instant deadline;  ///< When it ends, whatever happens.
  bool is_retry = false;    ///< An answer was bogus: what the cache has of it does not count.
  std::vector<world::Endpoint> avoided{};  ///< Whose answers were bogus: not asked again.
};

/// What came of asking pools.
struct Forwarding {
  std::optional<wire::Message> response;  ///< Nothing: no upstream had one.
  wire::Rcode failure = wire::Rcode::kServFail;
  std::string texts;  ///< How the upstreams failed, for a person.
  std::vector<WalkStep> steps;
  world::Endpoint from{};  ///< Who gave the response.
};

/// The resolution of one question from what is known to its end: a state machine that is told what happened and says
/// what it wants. Between two events it is in one stage: waiting for the root, at a zone cut, or at its end.
class Walk {
 public:
  explicit Walk(Assignment assignment);

  /// Begins. Ends at once where the cache or the root zone has the answer.
  void Start(Context& context, Wishes& wishes);

  /// Octets came back for a packet.
  void Arrive(Tag tag, const world::Arrival& arrival, Context& context, Wishes& wishes);
  /// A packet came to grief.
  void Fail(Tag tag, world::Mishap mishap, Context& context, Wishes& wishes);
  /// A look-up that was wished for has ended; its steps are taken in.
  void Learn(const wire::Question& lookup, const Result& result, const std::vector<WalkStep>& steps, Context& context,
             Wishes& wishes);
  /// The priming that was wished for has ended, well or not.
  void Primed(const std::vector<WalkStep>& steps, Context& context, Wishes& wishes);
  /// Begins with these pools, whatever the routes say.
  void AwaitPools(Wishes& wishes, std::vector<size_t> pools);

  /// The pools that were wished for have answered, or failed.
  void Forwarded(Forwarding forwarding, Context& context, Wishes& wishes);
  /// Time has passed.
  void Expire(Context& context, Wishes& wishes);

  /// Returns when Expire wants to be called next.
  world::Instant NextDeadline() const;

  /// Returns the end, or null while it goes on.
  const Result* result() const;

  const Assignment& assignment() const { return assignment_; }
  const std::vector<WalkStep>& steps() const { return steps_; }

 private:
  /// Nothing waits; a step is about to be taken.
  struct Ready {};
  /// The root's servers are being asked for.
  struct AwaitingRoot {};
  /// The pools are being asked.
  struct AwaitingPools {};
  /// It is over.
  struct Ended {
    Result result;
  };
  using Stage = std::variant<Ready, AwaitingRoot, AwaitingPools, Cut, Ended>;

  /// Takes steps that need no packet until the walk waits or ends.
  void Proceed(Context& context, Wishes& wishes);
  /// Goes on with the target of an alias that is known.
  void TakeAlias(KnownAlias alias, Context& context);
  /// Begins to ask pools.
  void EnterPools(std::vector<size_t> pools, Wishes& wishes);
  /// Begins to ask the servers of a zone.
  void EnterCut(cache::SharedDelegation delegation, const Stub* stub, Context& context, Wishes& wishes);
  /// Does what an event at the cut leads to.
  void After(Next next, Context& context, Wishes& wishes);
  /// Takes the response that decides the question at this cut.
  void Settle(Outcome outcome, Context& context, Wishes& wishes);
  /// Takes a root's NS set from the response to a priming query.
  void TakeRoot(const Verdict& verdict, Context& context);
  /// Takes what a response says of the question.
  void TakeVerdict(Verdict verdict, const Origin& origin, Context& context, Wishes& wishes);
  /// Goes on to the zone that a referral points out.
  void FollowReferral(const Referred& referral, Context& context, Wishes& wishes);
  /// Does what is left when no server of the cut is of use: its last resort, the alternatives, or the end.
  void Exhaust(Context& context, Wishes& wishes);
  /// Counts aliases that lead to `target`; ends the walk and returns false where there are too many or they lead back.
  bool CountAliases(const wire::Name& target, int aliases, Context& context);
  /// Ends with a result, the aliases so far in front of it.
  void End(Result result, Context& context);
  /// Ends with a failure, and has it remembered (RFC 9520).
  void EndWithError(wire::Rcode rcode, wire::ExtendedError error, Context& context);
  /// Returns that the data make no answer, with the zone and the server that had the last of them.
  wire::ExtendedError Invalid(std::string_view what) const;
  /// Ends with a failure since a response says nothing of the question.
  void EndWithNothing(Context& context);
  /// Takes in the steps of a walk that was made for this one.
  void TakeSteps(const std::vector<WalkStep>& steps);
  /// Returns what a cut writes its steps to.
  Log MakeLog() { return {steps_, assignment_.depth, assignment_.question}; }

  Assignment assignment_;
  wire::Question target_;           ///< The question at hand: the assignment's, or what its aliases led to.
  std::vector<AnswerSet> chain_;    ///< The aliases so far.
  Source source_ = Source::kCache;  ///< Of the answer so far.
  std::string server_;              ///< Whose response came last.
  int aliases_ = 0;
  int referrals_ = 0;
  int minimised_ = 0;  ///< Minimised questions for target_, over all cuts.
  bool primed_ = false;
  Routing routing_ = Routing::kObeyed;
  std::vector<WalkStep> steps_;
  Stage stage_ = Ready{};
};

}  // namespace iteration
