#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/daemon/exchange_sink.h"
#include "engine/daemon/poller.h"
#include "engine/metrics/table.h"
#include "engine/transport/client_stream.h"
#include "engine/transport/connection_pool.h"
#include "engine/transport/tls.h"
#include "engine/world/effect.h"

namespace taprootd {

/// The exchanges of one worker over TCP, TLS and HTTPS. Connections are kept and shared as transport::ConnectionPool
/// says; what is spoken on one is transport::ClientStream's; here are the system calls. A question on a connection that
/// had stood for a while and dies goes again, once, on a fresh one.
class UpstreamStreams final : public SocketOwner {
 public:
  /// At most `most` connections. The references must outlive this.
  UpstreamStreams(Poller& poller, ExchangeSink& sink, metrics::Counters& counters, size_t most);
  ~UpstreamStreams() override;

  /// Sends a query, on a connection that stands or a fresh one. Returns what went wrong at once, if anything.
  [[nodiscard]] std::optional<world::Mishap> Send(const world::Ask& ask);

  /// Ends an exchange, if it is one of these.
  void Cancel(world::ExchangeId id);

  /// Writes what the questions of this turn are, those of a connection together: a system call and a TLS record for
  /// each would be the largest part of what it costs to forward.
  void Flush();

  /// Drops exchanges whose deadline has passed, and closes connections that are kept for too long.
  void DropExpired(world::Instant now);
  /// Returns when DropExpired has something to do.
  world::Instant NextDeadline() const;

  /// Takes another bound on the connections; those above it go as they become idle.
  void AdoptMost(size_t most) { pool_.AdoptMost(most); }

  void OnReady(uint32_t tag, Readiness readiness) override;

 private:
  /// A connection.
  struct Connection {
    FileDescriptor fd;
    std::unique_ptr<transport::ClientStream> stream;
    world::Octets unsent;
    bool connected = false;
    bool counted = false;  // Its handshake.
    bool due = false;      // Flush writes to it.
    Readiness watched = Readiness::kNone;
    uint64_t number = 0;  // Tells it from the next in its place.
  };

  /// An exchange and where it is.
  struct Exchange {
    transport::ConnectionId connection{};
    world::Ask ask;        // Kept to be sent again.
    bool moved = false;    // It was sent again.
    bool on_used = false;  // The connection had carried questions before.
  };

  /// What is to be told of an exchange once the connection is at rest.
  using Outcomes = std::vector<transport::StreamOutcome>;

  /// Returns the connection of a place, or null.
  Connection* At(transport::ConnectionId id) { return connections_[static_cast<size_t>(id)].get(); }
  /// Puts a question on a connection.
  std::optional<world::Mishap> Place(Exchange exchange);
  /// Makes the connection of a place of the pool. Returns 0 or an error's number.
  int Connect(transport::ConnectionId id, const world::Ask& ask);
  /// Tells the pool whether a connection takes more questions.
  void SeeRoom(transport::ConnectionId id);
  /// Has Flush write to a connection.
  void WriteSoon(transport::ConnectionId id);
  /// Writes what the stream wants to send, and watches for what the connection waits for. What goes wrong is told when
  /// the socket is ready.
  void Write(transport::ConnectionId id);
  /// Reads what has come; returns false when the connection is dead.
  bool Read(transport::ConnectionId id, Outcomes& outcomes);
  /// Counts a handshake that is complete.
  void CountHandshake(Connection& connection);
  /// Closes a connection; its questions go elsewhere or fail.
  void Die(transport::ConnectionId id, world::Mishap why);
  /// Closes a connection.
  void Close(transport::ConnectionId id);
  /// Takes an exchange off its connection.
  Exchange Leave(world::ExchangeId id);
  /// Sends a question again on another connection, once; returns whether it is under way.
  bool MovedOn(Exchange& exchange);
  /// Tells the sink.
  void Tell(const Outcomes& outcomes);

  Poller& poller_;
  ExchangeSink& sink_;
  metrics::Counters& counters_;
  transport::ConnectionPool pool_;
  std::unique_ptr<transport::TlsClientContext> tls_;      // Made when first needed: it reads the system's authorities.
  std::vector<std::unique_ptr<Connection>> connections_;  // By ConnectionId; null: none.
  std::vector<transport::ConnectionId> due_;              // Perhaps gone since.
  absl::flat_hash_map<world::ExchangeId, Exchange> exchanges_;
  std::set<std::pair<world::Instant, world::ExchangeId>> deadlines_;
  uint64_t made_ = 0;
  world::Instant sweep_at_ = world::kNever;
  std::vector<uint8_t> buffer_;
};

}  // namespace taprootd
