#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/forwarding/appraisal.h"
#include "engine/forwarding/context.h"
#include "engine/forwarding/order.h"
#include "engine/forwarding/query.h"
#include "engine/wire/message.h"
#include "engine/world/effect.h"

namespace forwarding {

/// What is to be asked, and of whom.
struct Task {
  wire::Question question;
  std::vector<size_t> pools;                    ///< Of the plan, by priority.
  std::optional<servers::UpstreamId> probed{};  ///< Set: of this one alone, to see how it fares.
  world::Instant deadline;                      ///< When it ends, whatever happens.
  Validation validation = Validation::kTheirs;
  std::vector<world::Endpoint> avoided{};  ///< Whose answers were bogus: not asked again.
};

/// One query and what came of it.
struct Step {
  servers::UpstreamId upstream{};
  world::Endpoint endpoint;
  world::Protocol via = world::Protocol::kUdp;
  world::Instant sent;
  world::Duration rtt{-1};  ///< Negative: nothing came back.
  std::string outcome;      ///< Empty: still waiting.
  std::string_view why;     ///< A literal.
};

/// How the upstreams failed.
struct Failures {
  int refused = 0;
  int other = 0;                   ///< Other answers that are none.
  int silent = 0;                  ///< Timeouts, unreachable addresses, broken connections.
  std::vector<std::string> texts;  ///< A few of them, for a person.
};

/// The end of a forwarded question: a response, or nothing but failures.
struct Ending {
  std::optional<wire::Message> response;
  Failures failures;
  world::Endpoint from;  ///< Who gave the response.
};

/// One question at the upstreams of its pools: a state machine that is told what happened and says what it wants. Waves
/// of queries go out, each when all of the one before have failed or are overdue; all are listened to until the first
/// valid response. After the last wave those that were merely silent are asked again while there is time. Where we have
/// no room for a query ourselves, the question waits for some.
class Forward {
 public:
  explicit Forward(Task task) : task_(std::move(task)) {}

  /// Sends the first wave.
  void Start(Context& context, Wishes& wishes);
  /// Octets came back for a query.
  void Arrive(Tag tag, const world::Arrival& arrival, Context& context, Wishes& wishes);
  /// A query came to grief.
  void Fail(Tag tag, world::Mishap mishap, Context& context, Wishes& wishes);
  /// Time has passed.
  void Expire(Context& context, Wishes& wishes);

  /// Returns when Expire wants to be called next.
  world::Instant NextDeadline() const;

  /// Returns the end, or null while it goes on.
  const Ending* ending() const { return ending_ ? &*ending_ : nullptr; }

  const Task& task() const { return task_; }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  /// A query that may still be answered.
  struct Attempt {
    Tag tag{};
    servers::UpstreamId upstream{};
    world::Endpoint to;
    world::Protocol via = world::Protocol::kUdp;
    uint16_t id = 0;
    bool with_edns = true;
    world::Instant sent;
    world::Instant overdue_at;
    bool overdue = false;
    size_t step = 0;
  };

  /// A valid response, and whose it is.
  struct Winner {
    servers::UpstreamId by{};
    world::Endpoint from;
    wire::Message response;
  };

  /// A valid answer without data, held back for a moment.
  struct Held {
    Winner winner;
    world::Instant until;
  };

  /// Whether a query carries an OPT.
  enum class EdnsUse : uint8_t { kWith, kWithout };

  /// Does what is next: waits, sends another wave, or ends.
  void Proceed(Context& context, Wishes& wishes);
  /// Returns whether a query is out that is not overdue.
  bool IsWaiting() const;
  /// Makes the waves: of all at first, then of those that were only silent.
  void MakeWaves(Context& context);
  /// Waits until there may be sockets again for those that found none; they are then asked, as waves of this round.
  void WaitForRoom(const Context& context);
  /// Sends the queries of a wave; returns whether any went out.
  bool SendWave(const Wave& wave, Context& context, Wishes& wishes);
  /// Sends a query to an upstream; returns whether it went out.
  bool Ask(servers::UpstreamId id, world::Protocol via, EdnsUse edns, Context& context, Wishes& wishes);
  /// Takes a response that matches its query.
  void Weigh(const Attempt& attempt, wire::Message response, Context& context, Wishes& wishes);
  /// Notes that an upstream's answer is none.
  void Dismiss(const Attempt& attempt, const wire::Message& response, std::string_view what, Context& context);
  /// Ends with a response.
  void Win(Winner winner, Context& context, Wishes& wishes);
  /// Ends with failures.
  void Lose(Context& context, Wishes& wishes);
  /// Forgets all that is still listened to.
  void Abandon(Context& context, Wishes& wishes);
  /// Notes a failure for people.
  void Note(servers::UpstreamId id, std::string_view what, const Context& context);
  /// Returns how long a query may take before another upstream is asked too.
  world::Duration TimeoutOf(servers::UpstreamId id, const servers::Glance& glance, const Context& context) const;
  /// Removes a query from those that are listened to, and returns it.
  Attempt Take(Tag tag, Wishes& wishes);
  /// Returns the query of a tag, or null when nobody listens to it.
  Attempt* Find(Tag tag);

  Task task_;
  world::Instant deadline_ = world::kNever;
  std::vector<Wave> waves_;
  size_t next_wave_ = 0;
  int rounds_ = 0;
  int packets_ = 0;
  uint32_t next_tag_ = 0;
  std::vector<Attempt> attempts_;
  std::vector<servers::UpstreamId> dismissed_;  ///< Answered badly: not asked again.
  std::optional<Held> held_;
  std::vector<servers::UpstreamId> roomless_;  ///< For whose query of this round there was no socket.
  int room_waits_ = 0;
  std::optional<world::Instant> room_at_;  ///< Until when it waits for one.
  Failures failures_;
  std::vector<Step> steps_;
  std::optional<Ending> ending_;
};

}  // namespace forwarding
