#pragma once

#include <absl/status/status.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/daemon/file_descriptor.h"
#include "engine/daemon/poller.h"

namespace taprootd {

/// Answers one request with one line, without its end. May be called once, then or later, from the main thread.
using LineReply = std::function<void(std::string)>;

/// Takes the requests of a socket's clients.
using LineHandler = std::function<void(std::string line, LineReply reply)>;

/// How a unix socket is opened.
struct OperatorSocketOptions {
  std::string path;
  unsigned mode = 0600;       ///< Of the socket's file.
  std::string busy_line;      ///< What a client beyond kMaxOperators is told.
  std::string too_long_line;  ///< What a client is told whose request is beyond kMaxOperatorRequestOctets.
};

/// A unix socket on which clients ask line by line. Requests of one client are answered in order, one at a time, so
/// that a client can neither fill memory nor be answered out of turn.
class OperatorServer final : public SocketOwner {
 public:
  /// The references must outlive this.
  OperatorServer(Poller& poller, OperatorSocketOptions options, LineHandler handler);
  ~OperatorServer() override;

  /// Begins to listen. A socket's file that nobody serves is replaced; one that is served, or another kind of file, is
  /// an error.
  [[nodiscard]] absl::Status Listen();

  /// Returns how many clients were turned away.
  uint64_t turned_away() const { return turned_away_; }

  void OnReady(uint32_t tag, Readiness readiness) override;

 private:
  struct Connection;

  /// Accepts one client; the listener stays ready while others wait.
  void Accept();
  /// Reads what a client sent, and takes a request when it is whole.
  void Read(uint32_t index);
  /// Goes on with a connection as far as it goes: writes an answer, takes the next request, and so on in a loop, since
  /// a client may send thousands of requests at once.
  void Advance(uint32_t index);
  /// Gives the next whole request to the handler; returns whether there was one.
  bool TakeRequest(uint32_t index);
  /// Takes the answer to a request; of a client that is gone it is dropped.
  void Answer(uint32_t index, uint64_t number, std::string line);
  /// Writes what the socket takes.
  void Write(Connection& connection);
  /// Watches a connection for what it waits for.
  void Watch(Connection& connection);
  /// Closes a connection.
  void Disconnect(uint32_t index);

  Poller& poller_;
  OperatorSocketOptions options_;
  LineHandler handler_;
  FileDescriptor listener_;
  uint64_t next_number_ = 1;
  uint64_t turned_away_ = 0;
  std::vector<std::unique_ptr<Connection>> connections_;  // kMaxOperators places; null: free.
};

}  // namespace taprootd
