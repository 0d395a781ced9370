#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "bench/selection/internet.h"
#include "engine/servers/book.h"
#include "engine/world/time.h"

namespace selection {

/// What a question has been through with one server.
struct Tries {
  int sent = 0;
  bool answered_badly = false;
};

/// A question on its way.
struct Question {
  uint64_t id = 0;
  size_t zone = 0;
  world::Instant began;
  const std::vector<size_t>* servers = nullptr;  ///< Of the zone.
  std::vector<Tries> tries;                      ///< For each of them.
  int packets = 0;
};

/// Whom to ask beside, without waiting.
struct AsideMove {
  size_t server = 0;
  world::Duration timeout{};  ///< After which it counts as silent.
};

/// Whom to ask, and how long to wait before asking somebody else. `server` counts within the zone.
struct Move {
  size_t server = 0;
  world::Duration timeout{};
  std::optional<AsideMove> aside{};
  world::Protocol via = world::Protocol::kUdp;
  bool is_own = false;  ///< For something that the daemon wants to know before: not a packet of the question.
};

/// What ended the wait for a packet.
struct Event {
  size_t server = 0;          ///< Within the zone.
  world::Duration waited{};   ///< Since it was sent: the round-trip time, or the timeout.
  world::Duration timeout{};  ///< That was given to it.
};

/// Whether answers that come after their timeout are still heard.
enum class Listening : uint8_t { kUntilTimeout, kUntilTheEnd };

/// A way of choosing nameservers. One object lives through a whole run.
class Policy {
 public:
  Policy() = default;
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;
  virtual ~Policy() = default;

  virtual Listening listening() const { return Listening::kUntilTimeout; }
  /// Returns the next packet of a question, or nothing to give up.
  virtual std::optional<Move> Next(const Question& question, world::Instant now) = 0;
  /// A matched response came in.
  virtual void Answered(const Question& question, const Event& event, servers::Report report, world::Instant now) = 0;
  /// Returns whether a valid response ends the question.
  virtual bool IsEnough(const Question&) { return true; }
  /// None came in time.
  virtual void TimedOut(const Question& question, const Event& event, world::Instant now) = 0;
  /// Returns how many questions of its own the daemon has when a zone is first asked for something.
  virtual size_t OwnQuestions(const Question&) const { return 0; }
  /// The question was answered.
  virtual void Finished(const Question&, world::Instant) {}
};

/// What policies are made for.
struct PolicyContext {
  const Internet& internet;
  uint64_t seed = 0;
};

/// The policies: Taproot's is the daemon's own code; the others are written from the constants that are documented for
/// them, of the versions named in their files.
std::unique_ptr<Policy> MakeTaproot(const PolicyContext& context);
std::unique_ptr<Policy> MakeUnbound(const PolicyContext& context);
std::unique_ptr<Policy> MakeKnot(const PolicyContext& context);
std::unique_ptr<Policy> MakePowerDns(const PolicyContext& context);
std::unique_ptr<Policy> MakeBind(const PolicyContext& context);

}  // namespace selection
