#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/daemon/listening.h"
#include "engine/daemon/poller.h"
#include "engine/daemon/query_sink.h"
#include "engine/metrics/table.h"
#include "engine/transport/handshake_limit.h"
#include "engine/transport/server_stream.h"
#include "engine/transport/stream_policy.h"

namespace taprootd {

/// What an operator may change while the daemon runs.
struct StreamFrontSettings {
  size_t most_clients = world::limits::kMaxTcpClients;
  world::Duration idle_timeout = world::Seconds(10);  ///< Connections that stand keep the time they began with.
  size_t most_handshakes = 100;                       ///< Of one address in one second.
  std::vector<world::Prefix> balancers;               ///< Whose connections begin with a PROXY header.
  std::string https_path;
};

/// Reads queries from one worker's TCP, TLS and HTTPS clients and writes the answers in the order in which they come to
/// be (RFC 7766 section 6.2.1.1). When and whether is decided by transport::StreamPolicy, what is spoken by
/// transport::ServerStream; here are the system calls.
class TcpFront final : public SocketOwner {
 public:
  /// The references must outlive this.
  TcpFront(Poller& poller, QuerySink& sink, metrics::Counters& counters, std::vector<BoundSocket> listeners);
  ~TcpFront() override;

  /// Takes other settings.
  void Adopt(StreamFrontSettings settings);
  /// Takes the certificate that connections show from here on; null: none, and then nobody is heard over TLS.
  void Adopt(std::shared_ptr<const transport::TlsServerContext> context) { context_ = std::move(context); }

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
  void Adopt(FileDescriptor fd, const world::Endpoint& from, const world::Endpoint& local, world::Protocol via);
  /// Returns whether a connection comes of a balancer.
  bool IsBalancer(const world::Address& from) const;
  /// Reads the PROXY header of a balancer's connection; returns what is left of the octets, nothing while more are
  /// needed or when the connection is broken.
  std::optional<world::OctetView> ReadProxy(Connection& connection, world::OctetView input);
  /// Begins to speak on a connection, once it is known for whom it is.
  void Begin(Connection& connection);
  /// Moves what the connection's stream wants to send to what waits to be written.
  void Collect(Connection& connection);
  /// Counts what has befallen a connection since it was counted last.
  void Count(Connection& connection);
  /// Returns whether there is room for another client, closing at the limit the quiet connection that was due to be
  /// looked at first (RFC 7766 section 6.2.3). Where all are busy the new one has to go.
  bool MakeRoom();
  /// Lets the listeners rest.
  void Pause();
  /// Reads what came from a client.
  void Read(uint32_t index);
  /// Takes what came from a client.
  void Take(uint32_t index, world::OctetView input);
  /// Passes on the queries that were read, as many as the client may have in flight.
  void PassOn(uint32_t index);
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
  StreamFrontSettings settings_;
  std::shared_ptr<const transport::TlsServerContext> context_;
  transport::HandshakeLimit handshakes_;
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
