#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "engine/world/effect.h"
#include "engine/world/identity.h"
#include "engine/world/octets.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace transport {

class TlsClientContext;

/// What came of a question on a connection.
struct StreamOutcome {
  world::ExchangeId exchange{};
  std::variant<world::Octets, world::Mishap> what;
};

/// Whether a connection takes another question.
enum class Room : uint8_t {
  kSome,
  kFull,     ///< Not before one of those on it is done.
  kLeaving,  ///< Never again: it is broken, or the server has said goodbye.
};

/// What a connection did that is counted.
struct StreamTally {
  bool handshake = false;  ///< TLS stands.
  bool resumed = false;
  bool not_trusted = false;
};

/// Our side of one connection to a server, without its socket: questions in, octets out, octets in, outcomes out. Many
/// questions may be under way at a time and be answered in any order (RFC 7766 section 7).
class ClientStream {
 public:
  virtual ~ClientStream() = default;

  /// Asks a question. Without room it comes to grief with the next Receive.
  virtual void Ask(world::ExchangeId exchange, world::OctetView query) = 0;
  /// Nobody waits for the answer any more.
  virtual void Cancel(world::ExchangeId exchange) = 0;
  /// Takes what came from the server; returns what came of questions.
  virtual std::vector<StreamOutcome> Receive(world::OctetView octets) = 0;
  /// Returns what is to be sent: the caller takes it away.
  virtual world::Octets TakeOutput() = 0;

  /// Returns the questions that wait for an answer.
  virtual std::vector<world::ExchangeId> Waiting() const = 0;
  /// Returns whether another question may be asked.
  virtual Room room() const = 0;
  /// Returns whether nothing more can come; then why.
  virtual std::optional<world::Mishap> Broken() const = 0;
  /// Returns how long the server wants the connection to be kept while idle, if it has said so (RFC 7828).
  virtual std::optional<world::Duration> KeepAlive() const = 0;
  virtual StreamTally tally() const = 0;
};

/// Returns the stream for a protocol; `identity` as in world::Ask, and `context` may be null where that is.
std::unique_ptr<ClientStream> MakeClientStream(world::Protocol via, const world::SharedIdentity& identity,
                                               TlsClientContext* context);

}  // namespace transport
