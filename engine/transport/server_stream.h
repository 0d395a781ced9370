#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/transport/tls.h"
#include "engine/world/octets.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace transport {

/// A query of a client, and the stream of its connection on which it came.
struct StreamQuery {
  uint32_t stream = 0;
  world::Octets message;
};

/// What a connection has had to do with that is counted.
struct ServerTally {
  bool handshake = false;
  bool failed = false;  ///< The handshake.
  bool resumed = false;
  uint64_t http_errors = 0;
  uint64_t header_limit = 0;
  uint64_t body_limit = 0;
  uint64_t stream_limit = 0;
  uint64_t reset_limit = 0;
};

/// A client's connection without its socket: octets in, queries out, answers in, octets out.
class ServerStream {
 public:
  virtual ~ServerStream() = default;

  /// Takes what came from the client; returns the queries that are whole.
  virtual std::vector<StreamQuery> Receive(world::OctetView octets, world::Instant now) = 0;
  /// Answers a query.
  virtual void Answer(uint32_t stream, world::OctetView response) = 0;
  /// A query gets no answer.
  virtual void Drop(uint32_t stream) = 0;
  /// Says goodbye: no more queries are taken.
  virtual void Close() = 0;
  /// Returns what is to be sent: the caller takes it away.
  virtual world::Octets TakeOutput() = 0;
  /// Returns whether the client can send nothing more of use.
  virtual bool IsOver() const = 0;
  /// Returns what has happened so far.
  virtual ServerTally tally() const = 0;
};

/// What the streams of a listener have in common.
struct ServerStreamOptions {
  std::shared_ptr<const TlsServerContext> context;  ///< Of TLS and HTTPS.
  std::string path;                                 ///< Of HTTPS.
};

/// Returns the stream of a client over a protocol.
std::unique_ptr<ServerStream> MakeServerStream(world::Protocol via, const ServerStreamOptions& options);

}  // namespace transport
