#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/world/address.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"
#include "tools/lab/sockets.h"

namespace lab {

/// One TCP connection. Numbers are never used again, so that what is due for a closed connection finds nobody.
enum class StreamId : uint64_t {};

/// The TCP connections of one worker: messages with two octets of length before them (RFC 1035 section 4.2.2).
class Streams {
 public:
  /// A query, and the server that it was sent to.
  struct Query {
    StreamId from{};
    world::Address server;
    world::Octets octets;
  };

  /// `epoll_fd` is borrowed; connections are watched there under their number.
  explicit Streams(int epoll_fd) : epoll_fd_(epoll_fd) {}

  /// Takes all connections that wait at the listener.
  void Accept(int listener);

  /// Reads what came; returns the whole queries in it. A connection that ended, or is at fault, is closed.
  std::vector<Query> Read(StreamId id);

  /// Sends a response, if the connection still is; what cannot be sent at once waits.
  void Send(StreamId id, world::OctetView response);

  /// Goes on sending what waited.
  void Flush(StreamId id);

  /// Closes what has been idle since before `since`.
  void CloseIdle(world::Instant since);

  /// Tells the time for what comes next.
  void SetNow(world::Instant now) { now_ = now; }

  /// Connections at a time; one more is closed at once, so that the lab never runs out of descriptors.
  static constexpr size_t kMost = 16'384;

  /// The numbers below this are free for the worker's other sockets.
  static constexpr uint64_t kFirstId = 16;

 private:
  /// One connection, and what of its octets still waits.
  struct Stream {
    Descriptor socket;
    world::Address server;
    world::Octets in;
    world::Octets out;
    world::Instant last_used;
  };

  /// Returns the stream, or null.
  Stream* Find(StreamId id);

  int epoll_fd_;
  uint64_t next_id_ = kFirstId;
  world::Instant now_;
  absl::flat_hash_map<uint64_t, Stream> streams_;
};

}  // namespace lab
