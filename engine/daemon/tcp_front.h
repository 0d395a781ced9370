#pragma once

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "engine/daemon/listening.h"
#include "engine/daemon/poller.h"
#include "engine/daemon/query_sink.h"
#include "engine/metrics/table.h"
#include "engine/transport/framing.h"
#include "engine/transport/stream_policy.h"

namespace taprootd {

/// Reads queries from one worker's TCP clients and writes the answers in the order in which they come to be (RFC 7766
/// section 6.2.1.1). When and whether is decided by transport::StreamPolicy; here are the system calls.
class TcpFront final : public SocketOwner {
 public:
  /// The references must outlive this.
  TcpFront(Poller& poller, QuerySink& sink, metrics::Counters& counters, std::vector<BoundSocket> listeners);
  ~TcpFront() override;

  /// What an operator may change while the daemon runs. Connections that stand keep the time they began with.
  void Adopt(size_t most_clients, world::Duration idle_timeout);

  /// Takes an answer, to be written at the end of the turn. A client that is gone loses it.
  void Send(const TcpPeer& to, world::OctetView response);
  /// The query gets no answer.
  void Drop(const TcpPeer& to);

  /// Reads on, writes, and closes what is over: to be called at the end of a turn.
  void Flush();

  /// Closes connections that are idle for too long.
  void CloseIdle(world::Instant now);
  /// Returns when CloseIdle has something to do.
  world::Instant NextDeadline() const;

  /// Stops to listen, and reads nothing more; answers in flight are still written.
  void Close();

  /// Returns how many clients are connected.
  size_t clients() const { return connections_.size() - free_.size(); }
  /// Returns whether no answer waits to be written.
  bool IsQuiet() const;

  void OnReady(uint32_t tag, Readiness readiness) override;

 private:
  struct Connection;

  /// Accepts the clients that wait at a listener.
  void Accept(uint32_t listener);
  /// Makes a connection of an accepted socket.
  void Adopt(FileDescriptor fd, const world::Endpoint& from, const world::Endpoint& local);
  /// Returns whether there is room for another client, closing at the limit the quiet connection that was due to be
  /// looked at first (RFC 7766 section 6.2.3). Where all are busy the new one has to go.
  bool MakeRoom();
  /// Lets the listeners rest.
  void Pause();
  /// Reads what came from a client.
  void Read(uint32_t index);
  /// Passes on the whole queries of `input`, as many as the client may have in flight, and keeps the rest.
  void TakeQueries(uint32_t index, world::OctetView input);
  /// Writes what the socket takes.
  void Write(Connection& connection);
  /// Has a connection settled at the end of the turn.
  void MarkDirty(uint32_t index);
  /// Brings a connection to rest: writes, takes queries that waited, closes it or watches for what it waits for.
  void Settle(uint32_t index);
  /// Closes a connection. Answers that come later find nobody.
  void Disconnect(uint32_t index);
  /// Returns the connection of a peer, or null when it is gone.
  Connection* Find(const TcpPeer& peer);

  Poller& poller_;
  QuerySink& sink_;
  metrics::Counters& counters_;
  std::vector<BoundSocket> listeners_;
  size_t most_clients_ = world::limits::kMaxTcpClients;
  transport::StreamOptions options_;
  bool closing_ = false;
  world::Instant listen_again_ = world::kNever;           // While listening pauses for want of descriptors.
  std::vector<std::unique_ptr<Connection>> connections_;  // By tag; null: free.
  std::vector<uint32_t> generations_;                     // By tag.
  std::vector<uint32_t> free_;
  std::vector<uint32_t> dirty_;                           // Connections to settle at the end of the turn.
  std::set<std::pair<world::Instant, uint32_t>> checks_;  // When to look whether a connection is idle.
  std::vector<uint8_t> buffer_;
};

}  // namespace taprootd
