#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/world/limits.h"
#include "engine/world/time.h"

namespace transport {

/// What bounds one client's connection.
struct StreamOptions {
  world::Duration idle_timeout = world::Seconds(10);
  size_t most_in_flight = world::limits::kMaxQueriesPerConnection;
  size_t most_backlog_octets = world::limits::kMaxTcpBacklogOctets;
};

/// Decides how long a client's connection lives and when it is read (RFC 7766 sections 6.2 and 6.5). Pure: the driver
/// tells what happened on the socket, and asks.
///
/// Time counts from the last whole query and from the last octet that the client took: neither trickling octets of a
/// query nor refusing to read answers keeps a connection.
class StreamPolicy {
 public:
  StreamPolicy(const StreamOptions& options, world::Instant now) : options_(options), progress_(now) {}

  /// A whole query was read.
  void QueryRead(world::Instant now);
  /// A query got its answer, or will never get one.
  void Answered(world::Instant now);
  /// `octets` wait to be written: of answers as the protocol wraps them, of a handshake.
  void Queued(size_t octets) { backlog_octets_ += octets; }
  /// The socket took `octets` of what waits to be written.
  void Written(size_t octets, world::Instant now);
  /// The client will send nothing more (it closed its half): answers in flight are still written.
  void EndOfInput() { input_ended_ = true; }

  /// Returns whether to read on. At the limit the client waits, it is not cut off (RFC 7766 section 6.2.1.1).
  bool WantsRead() const { return !input_ended_ && in_flight_ < options_.most_in_flight && !Flooded(); }
  /// Returns whether the answers that wait to be written are too many: the connection is to be cut.
  bool Flooded() const { return backlog_octets_ > options_.most_backlog_octets; }
  /// Returns whether nothing is left to do for a client that sends nothing more.
  bool Finished() const { return input_ended_ && IsQuiet(); }
  /// Returns whether no query waits for its answer and no answer for the socket.
  bool IsQuiet() const { return in_flight_ == 0 && backlog_octets_ == 0; }

  /// Returns when to close for want of progress; kNever while the resolver owes an answer and no answer waits for the
  /// client.
  world::Instant Deadline() const;

 private:
  StreamOptions options_;
  world::Instant progress_;
  size_t in_flight_ = 0;
  size_t backlog_octets_ = 0;
  bool input_ended_ = false;
};

}  // namespace transport
