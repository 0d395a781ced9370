#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/iteration/context.h"
#include "engine/iteration/minimise.h"
#include "engine/iteration/server_set.h"
#include "engine/iteration/verdict.h"
#include "engine/world/effect.h"

namespace iteration {

/// One packet that was sent and may still be answered.
struct Exchange {
  Tag tag{};
  size_t target = 0;  ///< Index into ServerSet::targets().
  uint16_t id = 0;
  world::Protocol via = world::Protocol::kUdp;
  bool with_edns = true;
  world::Instant sent;
  world::Instant overdue_at;
  bool overdue = false;  ///< Its timeout has passed; still listened to.
  size_t step = 0;       ///< Index into the walk's steps.
};

/// How the servers of a cut failed: what the client is told (RFC 8914) when nothing better comes.
struct Failures {
  int refused = 0;
  int other = 0;                   ///< Other answers that are none.
  int silent = 0;                  ///< Timeouts, unreachable addresses.
  std::vector<std::string> texts;  ///< A few of them, for a person.
};

/// Everything that a cut writes beside itself.
struct Log {
  std::vector<WalkStep>& steps;
  int depth = 0;
  const wire::Question& purpose;
};

/// Go on waiting.
struct Wait {};

/// A response settles the question at this cut, or leads on.
struct Outcome {
  Verdict verdict;
  world::Endpoint from;
  std::string server;  ///< `ns1.example. [192.0.2.1]`, for people.
};

/// No server of the cut is of use.
struct Exhausted {};

/// What comes of an event.
using Next = std::variant<Wait, Outcome, Exhausted>;

/// The stage of a walk in which the servers of one zone are asked: one question at a time, of one server after another,
/// each as soon as the last one fails or is overdue, and all of them listened to until the first valid response.
class Cut {
 public:
  /// Begins at a zone. `minimised_before` counts the minimised questions for this name at the cuts above.
  Cut(const wire::Question& target, cache::SharedDelegation delegation, const Stub* stub, int minimised_before,
      Context& context);

  /// An answer was not believed: leaves out the servers at these addresses, and takes aliases apart.
  void Distrust(std::span<const world::Endpoint> endpoints);

  /// Sends the first question.
  Next Begin(Context& context, Log& log, Wishes& wishes);

  /// Octets came back.
  Next Arrive(Tag tag, const world::Arrival& arrival, Context& context, Log& log, Wishes& wishes);

  /// The exchange came to grief.
  Next Fail(Tag tag, world::Mishap mishap, Context& context, Log& log, Wishes& wishes);

  /// A look-up of a nameserver's addresses has ended.
  Next Learn(const wire::Name& server, std::span<const world::Address> addresses, Context& context, Log& log,
             Wishes& wishes);

  /// Timeouts have passed.
  Next Expire(Context& context, Log& log, Wishes& wishes);

  /// Returns when Expire wants to be called.
  world::Instant NextDeadline() const;

  /// Forgets all that is still listened to.
  void Abandon(Wishes& wishes);

  /// Goes over to where else the zone may be served, once; returns whether there is anything that was not tried.
  bool TurnToAlternatives(Context& context);

  const cache::SharedDelegation& delegation() const { return delegation_; }
  const Failures& failures() const { return failures_; }
  const std::optional<Outcome>& last_resort() const { return last_resort_; }
  int minimised() const { return minimiser_.asked(); }

 private:
  /// Whether a query carries an OPT.
  enum class EdnsUse : uint8_t { kWith, kWithout };

  /// Asks the best server that is left, unless a packet is out that is not overdue; looks for addresses where none is
  /// left.
  Next AskNext(Context& context, Log& log, Wishes& wishes);
  /// Begins to look up one address of one server, if the limits allow.
  void StartLookUp(Context& context, Wishes& wishes);
  /// Counts the first look-up of a server's name; returns whether the limits allow it.
  bool MayLookUp(Context& context);
  /// Returns whether the limits allow one packet more.
  bool MaySend(Context& context);
  /// Sends the question at hand to a target.
  void Send(size_t target, world::Protocol via, const servers::Choice& choice, Context& context, Log& log,
            Wishes& wishes);
  /// Asks a server beside the one that is waited for: the answer is not for this walk.
  void SendAside(size_t target, const servers::Aside& aside, Context& context, Log& log, Wishes& wishes);
  /// Returns the question as it is sent.
  world::Octets MakeQuery(uint16_t id, const std::optional<wire::Edns>& edns) const;
  /// Takes in that a response matched: counts, measures, and writes it down.
  void TakeArrival(const Exchange& exchange, Context& context, Log& log, Wishes& wishes);
  /// Decides what a judged response means here.
  Next Weigh(const Exchange& exchange, Judgement judgement, Context& context, Log& log, Wishes& wishes);
  /// Goes on after the answer to a minimised question.
  Next OnMinimised(const Exchange& exchange, Verdict verdict, Context& context, Log& log, Wishes& wishes);
  /// Goes on after an answer that is none.
  Next OnUseless(const Exchange& exchange, const Verdict& verdict, Context& context, Log& log, Wishes& wishes);
  /// Asks the same server once more, in another manner.
  Next Reask(const Exchange& exchange, world::Protocol via, EdnsUse edns, Context& context, Log& log, Wishes& wishes);
  /// Gives up minimisation and asks the same server for the whole name.
  Next AskInFull(const Exchange& exchange, Context& context, Log& log, Wishes& wishes);
  /// Tells the book of servers how an exchange went.
  void Report(const Exchange& exchange, servers::Report report, Context& context);
  /// Returns whether less than the whole name is being asked.
  bool Minimised() const { return asked_ != target_; }
  /// Removes an exchange from those that are listened to, and returns it.
  Exchange Take(const Exchange& exchange);
  /// Returns the exchange of a tag, or null when nobody listens to it.
  Exchange* Find(Tag tag);
  /// Returns how a response decides the question.
  Outcome Decide(const Exchange& exchange, Verdict verdict) const;
  /// Notes a failure for the client's extended error.
  void Note(const Exchange& exchange, std::string_view what);

  wire::Question target_;
  cache::SharedDelegation delegation_;
  ServerSet servers_;
  Aliases aliases_ = Aliases::kFollowed;
  Minimiser minimiser_;
  wire::Question asked_;
  std::vector<Exchange> exchanges_;
  std::optional<Outcome> last_resort_;
  Failures failures_;
  uint16_t port_ = 53;
  int packets_ = 0;
  int lookups_ = 0;
  world::Instant next_lookup_ = world::kNever;  ///< When the look-up under way has taken long enough.
  bool turned_ = false;                         ///< The alternatives are being asked.
  uint32_t next_tag_ = 0;
};

}  // namespace iteration
