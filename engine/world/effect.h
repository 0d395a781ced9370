#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/world/address.h"
#include "engine/world/identity.h"
#include "engine/world/octets.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace world {

/// A worker: one thread, one loop, one engine. Numbered from 0.
enum class WorkerId : uint16_t {};

/// One question sent to one server. Unique within its engine for the life of the process, never reused.
enum class ExchangeId : uint64_t {};

/// One client query that waits for its answer. The slot is the driver's own: the engine only gives it back.
struct ClientId {
  WorkerId worker{};  ///< The worker that received the query, and that alone can answer it.
  uint64_t slot = 0;

  bool operator==(const ClientId&) const = default;
};

/// Who asked, and how.
struct Client {
  ClientId id;
  Endpoint from;
  Endpoint to;
  Protocol via = Protocol::kUdp;
  /// The query came over the control or stats socket or from `taproot resolve`: not subject to the access list, and its
  /// walk is reported (see Report).
  bool is_operator = false;
};

/// Send `query` to `to` - over UDP from a fresh random port - and deliver what comes back from there as `id`.
struct Ask {
  ExchangeId id{};
  Endpoint to;
  Protocol via = Protocol::kUdp;
  Octets query;
  Instant deadline;           ///< When the driver may drop the socket, silently. The engine has timers of its own.
  SharedIdentity identity{};  ///< Of an encrypted protocol: who has to be there. Null for the others.
};

/// Nobody waits for this exchange any more: drop its socket.
struct Cancel {
  ExchangeId id{};
};

/// Send `response` to the client. Exactly one for each client query that was accepted and not dropped.
struct Answer {
  ClientId to;
  Octets response;
};

/// The client gets no answer (a response came in as a query, a malformed header, a source that is not allowed and not
/// told so).
struct Drop {
  ClientId to;
};

/// The question belongs to another worker: give it `AcceptHandOver(client, query)` there. When the way is full the
/// driver calls `Refuse(client, query)` here.
struct HandOver {
  WorkerId owner{};
  Client client;
  Octets query;
};

/// How an operator's query was resolved: JSON, one object (docs/OPERATING.md has its shape).
struct Report {
  ClientId to;
  std::string json;
};

/// What the engine wants done. The order in the list is the order in which to do it.
using Effect = std::variant<Ask, Cancel, Answer, Drop, HandOver, Report>;

/// The list that one call into the engine fills. Keeps the buffers that it is given back, so that a steady state
/// allocates nothing.
class Effects {
 public:
  /// Adds an effect at the end.
  void Add(Effect effect) { list_.push_back(std::move(effect)); }

  /// Returns an empty buffer, with the capacity of a recycled one if there is one.
  Octets TakeBuffer() {
    if (spare_.empty()) return {};
    Octets buffer = std::move(spare_.back());
    spare_.pop_back();
    buffer.clear();
    return buffer;
  }

  /// Gives a buffer back for later use.
  void Recycle(Octets buffer) {
    if (spare_.size() < kMostSpare) spare_.push_back(std::move(buffer));
  }

  /// The effects, in order.
  std::vector<Effect>& list() { return list_; }

  /// Forgets the effects, once they are carried out.
  void Clear() { list_.clear(); }

 private:
  static constexpr size_t kMostSpare = 256;
  std::vector<Effect> list_;
  std::vector<Octets> spare_;
};

/// What ended or disturbed an exchange short of a message. Time running out is not among them: timers are the engine's.
enum class Mishap : uint8_t {
  kPortUnreachable,  ///< ICMP port unreachable or a refused TCP connection.
  kUnreachable,      ///< No route, or ICMP host or network unreachable.
  kClosed,           ///< The connection ended before the whole response.
  kNotTrusted,       ///< The certificate is not that of the identity, or the TLS handshake failed.
  kHttpError,        ///< The answer over HTTPS is none of DNS: a status other than 2xx, another media type, too long.
  kNoSocket,         ///< Our own want: no socket, port or buffer. Says nothing of the server.
};

/// Octets that arrived for an exchange, borrowed for the call. Whether they are its answer is for the engine to judge.
struct Arrival {
  Endpoint from;
  OctetView message;
};

/// What is delivered for an exchange. A datagram exchange may see several arrivals: forgeries first, say.
using Outcome = std::variant<Arrival, Mishap>;

}  // namespace world
