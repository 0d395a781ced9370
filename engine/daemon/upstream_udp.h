#pragma once

#include <absl/container/flat_hash_map.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/daemon/exchange_sink.h"
#include "engine/daemon/poller.h"
#include "engine/transport/socket_pool.h"
#include "engine/world/random.h"

namespace taprootd {

/// The exchanges of one worker over UDP: each on a socket of its own, bound to a random port and connected to its
/// server, so that the kernel drops what others send there and reports ICMP errors to the one query they are about.
class UpstreamUdp final : public SocketOwner {
 public:
  /// `avoid_ports` are never bound: the resolver listens there. The references must outlive this.
  UpstreamUdp(Poller& poller, ExchangeSink& sink, world::Random& random, const transport::SocketPoolOptions& options,
              std::vector<uint16_t> avoid_ports);

  /// Sends a query. Returns what went wrong, if anything; then there is no exchange.
  [[nodiscard]] std::optional<world::Mishap> Send(const world::Ask& ask);

  /// Ends an exchange, if it is one of these.
  void Cancel(world::ExchangeId id);

  /// Drops exchanges whose deadline has passed, and sockets that have been idle for too long.
  void DropExpired(world::Instant now);
  /// Returns when DropExpired has something to do.
  world::Instant NextDeadline() const;

  /// Takes another bound on the sockets; those above it go as their exchanges end.
  void AdoptMost(size_t most_sockets) { pool_.AdoptMost(most_sockets); }

  /// Returns how many exchanges are open.
  size_t exchanges() const { return by_exchange_.size(); }

  void OnReady(uint32_t tag, Readiness readiness) override;

 private:
  /// A socket of the pool and what it carries.
  struct Socket {
    FileDescriptor fd;
    std::optional<world::ExchangeId> exchange;
    world::Endpoint peer;
    world::Instant deadline;
    bool heard = false;  // Something came from the peer during this exchange.
  };

  /// Returns the socket of a number of the pool.
  Socket& At(transport::SocketId id) { return sockets_[static_cast<size_t>(id)]; }
  /// Makes the socket of a pool's number and binds it. Returns 0 or an error's number.
  int MakeSocket(transport::SocketId id, world::Family family);
  /// Binds to a port that nobody can foretell (RFC 5452 section 9.2). Returns 0 or an error's number.
  int BindRandomPort(int fd, world::Family family);
  /// Undoes what an earlier exchange tied the socket to, of which the system keeps our own address: it may be gone, or
  /// not be the one with which the next server is reached. Returns 0 or an error's number.
  static int Disconnect(int fd);
  /// Connects the socket to the server, which drops its tie to an earlier one, and sends. Returns 0 or an error's
  /// number.
  int ConnectAndSend(int fd, const world::Ask& ask);
  /// Reads one datagram and passes it on. Returns the error that the socket reported, if any; with nothing to read
  /// errno is EAGAIN.
  std::optional<world::Mishap> ReadOne(transport::SocketId id, world::ExchangeId exchange);
  /// Ends the exchange of a socket, which goes back to the pool.
  void Finish(transport::SocketId id, transport::Ending ending);
  /// Closes a socket that the pool has struck out.
  void Close(transport::SocketId id);

  Poller& poller_;
  ExchangeSink& sink_;
  world::Random& random_;
  transport::SocketPool pool_;
  std::vector<uint16_t> avoid_ports_;
  std::vector<Socket> sockets_;  // By SocketId.
  absl::flat_hash_map<world::ExchangeId, transport::SocketId> by_exchange_;
  std::set<std::pair<world::Instant, transport::SocketId>> deadlines_;
  world::Instant retire_at_ = world::kNever;
  std::vector<uint8_t> buffer_;
};

}  // namespace taprootd
