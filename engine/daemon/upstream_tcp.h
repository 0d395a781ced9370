#pragma once

#include <absl/container/flat_hash_map.h>

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/daemon/exchange_sink.h"
#include "engine/daemon/poller.h"
#include "engine/transport/framing.h"

namespace taprootd {

/// The exchanges of one worker over TCP: a connection for each.
class UpstreamTcp final : public SocketOwner {
 public:
  /// At most `most` connections. The references must outlive this.
  UpstreamTcp(Poller& poller, ExchangeSink& sink, size_t most);

  /// Connects to a server, to send the query once that stands. Returns what went wrong at once, if anything.
  [[nodiscard]] std::optional<world::Mishap> Send(const world::Ask& ask);

  /// Ends an exchange, if it is one of these.
  void Cancel(world::ExchangeId id);

  /// Drops exchanges whose deadline has passed.
  void DropExpired(world::Instant now);
  /// Returns when DropExpired has something to do.
  world::Instant NextDeadline() const;

  /// Takes another bound on the connections; those above it go as their exchanges end.
  void AdoptMost(size_t most) { most_ = most; }

  /// Returns how many exchanges are open.
  size_t exchanges() const { return by_exchange_.size(); }

  void OnReady(uint32_t tag, Readiness readiness) override;

 private:
  /// A connection and its exchange.
  struct Connection {
    FileDescriptor fd;
    std::optional<world::ExchangeId> exchange;
    world::Endpoint peer;
    world::Instant deadline;
    world::Octets unsent;  // The framed query, or what is left of it.
    transport::FrameReader reader{transport::kMaxMessageOctets};
  };

  /// Returns a connection in use.
  Connection& At(uint32_t tag) { return connections_[tag]; }
  /// Sends the query, or as much of it as the socket takes.
  void Write(uint32_t tag);
  /// Reads what has come and passes each whole message on.
  void Read(uint32_t tag);
  /// Ends an exchange that nothing more can come of, and says so.
  void Fail(uint32_t tag, world::Mishap mishap);
  /// Closes a connection; its exchange ends.
  void Close(uint32_t tag);

  Poller& poller_;
  ExchangeSink& sink_;
  size_t most_;
  std::vector<Connection> connections_;  // By tag.
  std::vector<uint32_t> free_;
  absl::flat_hash_map<world::ExchangeId, uint32_t> by_exchange_;
  std::set<std::pair<world::Instant, uint32_t>> deadlines_;
  std::vector<uint8_t> buffer_;
};

}  // namespace taprootd
