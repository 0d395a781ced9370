#include "engine/daemon/tcp_front.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "engine/daemon/socket_address.h"
#include "engine/world/check.h"
#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// Tags from here on are those of listeners.
constexpr uint32_t kListenerTag = 0x8000'0000;

/// Connections accepted from one listener in one turn.
constexpr int kMaxAcceptsPerTurn = 64;

/// Octets read from one connection in one turn.
constexpr size_t kReadOctets = 16 * 1024;

/// How long listening rests when the process has no descriptor left; else the loop would spin on a listener that is
/// ready and cannot be served.
constexpr world::Duration kPause = world::Milliseconds(100);

}  // namespace

/// A client's connection.
struct TcpFront::Connection {
  explicit Connection(transport::StreamPolicy how) : policy(how) {}

  FileDescriptor fd;
  world::Endpoint from;
  world::Endpoint local;
  transport::StreamPolicy policy;
  transport::FrameReader reader{world::limits::kMaxQueryOctets};
  world::Octets unread;     // Read from the socket while the client may not ask more.
  world::Octets unwritten;  // Framed answers.
  size_t written = 0;       // Octets of `unwritten` that are gone.
  Readiness watched = Readiness::kReadable;
  bool dirty = false;       // In dirty_.
  bool broken = false;      // Nothing more can be read or written.
  world::Instant check_at;  // Its place in checks_.
};

TcpFront::TcpFront(Poller& poller, QuerySink& sink, metrics::Counters& counters, std::vector<BoundSocket> listeners)
    : poller_(poller), sink_(sink), counters_(counters), listeners_(std::move(listeners)), buffer_(kReadOctets) {
  for (size_t i = 0; i < listeners_.size(); ++i) {
    const auto tag = kListenerTag | static_cast<uint32_t>(i);
    CHECK(poller_.Watch(listeners_[i].fd.get(), Readiness::kReadable, *this, tag));
  }
}

TcpFront::~TcpFront() = default;

void TcpFront::Adopt(size_t most_clients, world::Duration idle_timeout) {
  most_clients_ = most_clients;
  options_.idle_timeout = idle_timeout;
}

void TcpFront::Send(const TcpPeer& to, world::OctetView response) {
  Connection* connection = Find(to);
  if (connection == nullptr) return;
  connection->policy.Answered(response.size() + transport::kLengthOctets, sink_.now().mono);
  transport::AppendFrame(response, connection->unwritten);
  MarkDirty(to.connection);
}

void TcpFront::Drop(const TcpPeer& to) {
  Connection* connection = Find(to);
  if (connection == nullptr) return;
  connection->policy.Answered(0, sink_.now().mono);
  MarkDirty(to.connection);
}

void TcpFront::Flush() {
  // Reading on brings queries whose answers make the connection dirty again; each round takes at least one query of
  // what was read already, so that this ends.
  while (!dirty_.empty()) {
    const uint32_t index = dirty_.back();
    dirty_.pop_back();
    connections_[index]->dirty = false;
    Settle(index);
  }
}

void TcpFront::CloseIdle(world::Instant now) {
  if (listen_again_ <= now) {
    listen_again_ = world::kNever;
    for (const auto& listener : listeners_) poller_.Rewatch(listener.fd.get(), Readiness::kReadable);
  }
  while (!checks_.empty() && checks_.begin()->first <= now) {
    const uint32_t index = checks_.begin()->second;
    Connection& connection = *connections_[index];
    const world::Instant deadline = connection.policy.Deadline();
    if (deadline <= now) {
      Disconnect(index);
      continue;
    }
    // The deadline moves on with each query; it is only looked at when an earlier one has passed.
    checks_.erase(checks_.begin());
    connection.check_at = std::min(deadline, now + options_.idle_timeout);
    checks_.emplace(connection.check_at, index);
  }
}

world::Instant TcpFront::NextDeadline() const {
  return checks_.empty() ? listen_again_ : std::min(listen_again_, checks_.begin()->first);
}

void TcpFront::Close() {
  closing_ = true;
  listen_again_ = world::kNever;
  for (auto& listener : listeners_) poller_.Forget(listener.fd.get());
  listeners_.clear();
  for (uint32_t i = 0; i < connections_.size(); ++i) {
    if (!connections_[i]) continue;
    connections_[i]->policy.EndOfInput();
    MarkDirty(i);
  }
}

bool TcpFront::IsQuiet() const {
  return std::all_of(connections_.begin(), connections_.end(),
                     [](const auto& connection) { return !connection || connection->policy.IsQuiet(); });
}

void TcpFront::OnReady(uint32_t tag, Readiness readiness) {
  if ((tag & kListenerTag) != 0) {
    Accept(tag & ~kListenerTag);
    return;
  }
  if (Has(readiness, Readiness::kFailed) && connections_[tag]->watched == Readiness::kNone) {
    connections_[tag]->broken = true;
  }
  if (Has(readiness, Readiness::kReadable) && Has(connections_[tag]->watched, Readiness::kReadable)) Read(tag);
  MarkDirty(tag);
}

void TcpFront::Accept(uint32_t listener) {
  for (int i = 0; i < kMaxAcceptsPerTurn; ++i) {
    SocketAddress from;
    from.length = sizeof(from.storage);
    FileDescriptor fd(accept4(listeners_[listener].fd.get(), from.get(), &from.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.IsOpen()) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) Pause();
      if (errno == ECONNABORTED || errno == EINTR) continue;
      return;
    }
    const auto endpoint = ToEndpoint(from.storage);
    if (!endpoint || !MakeRoom()) continue;
    SocketAddress local;
    local.length = sizeof(local.storage);
    getsockname(fd.get(), local.get(), &local.length);
    Adopt(std::move(fd), *endpoint, ToEndpoint(local.storage).value_or(listeners_[listener].local));
  }
}

void TcpFront::Adopt(FileDescriptor fd, const world::Endpoint& from, const world::Endpoint& local) {
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(connections_.size()));
    connections_.emplace_back();
    generations_.push_back(0);
  }
  const uint32_t index = free_.back();
  if (!poller_.Watch(fd.get(), Readiness::kReadable, *this, index)) return;
  free_.pop_back();
  const world::Instant now = sink_.now().mono;
  connections_[index] = std::make_unique<Connection>(transport::StreamPolicy(options_, now));
  Connection& connection = *connections_[index];
  connection.fd = std::move(fd);
  connection.from = from;
  connection.local = local;
  connection.check_at = now + options_.idle_timeout;
  checks_.emplace(connection.check_at, index);
}

bool TcpFront::MakeRoom() {
  if (clients() < most_clients_) return true;
  counters_.Add(metrics::Metric::kLimitTcpClients);
  const auto quiet = std::find_if(checks_.begin(), checks_.end(), [this](const auto& check) {
    return connections_[check.second]->policy.IsQuiet() && !connections_[check.second]->dirty;
  });
  if (quiet == checks_.end()) return false;
  Disconnect(quiet->second);
  return true;
}

void TcpFront::Pause() {
  listen_again_ = sink_.now().mono + kPause;
  for (const auto& listener : listeners_) poller_.Rewatch(listener.fd.get(), Readiness::kNone);
}

void TcpFront::Read(uint32_t index) {
  Connection& connection = *connections_[index];
  const ssize_t size = recv(connection.fd.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) connection.broken = true;
    return;
  }
  if (size == 0) {
    connection.policy.EndOfInput();
    return;
  }
  TakeQueries(index, {buffer_.data(), static_cast<size_t>(size)});
}

void TcpFront::TakeQueries(uint32_t index, world::OctetView input) {
  Connection& connection = *connections_[index];
  const TcpPeer peer{.connection = index, .generation = generations_[index]};
  while (connection.policy.WantsRead()) {
    const transport::Cut cut = connection.reader.Next(input);
    input = cut.rest;
    if (!cut.message) break;
    connection.policy.QueryRead(sink_.now().mono);
    sink_.OnQuery(peer, connection.from, connection.local, world::Protocol::kTcp, *cut.message);
  }
  if (!input.empty()) counters_.Add(metrics::Metric::kLimitQueriesPerConnection);
  connection.unread.assign(input.begin(), input.end());
  if (connection.reader.Broken()) connection.policy.EndOfInput();
}

void TcpFront::Write(Connection& connection) {
  const auto& unwritten = connection.unwritten;
  if (unwritten.size() == connection.written) return;
  const ssize_t size = send(connection.fd.get(), unwritten.data() + connection.written,
                            unwritten.size() - connection.written, MSG_NOSIGNAL);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) connection.broken = true;
    return;
  }
  connection.written += static_cast<size_t>(size);
  connection.policy.Written(static_cast<size_t>(size), sink_.now().mono);
  if (connection.written < unwritten.size()) return;
  connection.unwritten.clear();
  connection.written = 0;
}

void TcpFront::MarkDirty(uint32_t index) {
  if (connections_[index]->dirty) return;
  connections_[index]->dirty = true;
  dirty_.push_back(index);
}

void TcpFront::Settle(uint32_t index) {
  Connection& connection = *connections_[index];
  if (connection.policy.Flooded()) counters_.Add(metrics::Metric::kLimitTcpBacklog);
  if (!connection.broken && !connection.policy.Flooded()) Write(connection);
  if (connection.broken || connection.policy.Flooded()) {
    Disconnect(index);
    return;
  }
  if (!connection.unread.empty() && connection.policy.WantsRead()) {
    const world::Octets waiting = std::exchange(connection.unread, {});
    TakeQueries(index, waiting);
    MarkDirty(index);
    return;
  }
  if (connection.policy.Finished() && (closing_ || connection.unread.empty())) {
    Disconnect(index);
    return;
  }
  const Readiness reading = connection.policy.WantsRead() ? Readiness::kReadable : Readiness::kNone;
  const Readiness writing = connection.unwritten.empty() ? Readiness::kNone : Readiness::kWritable;
  if (connection.watched == (reading | writing)) return;
  connection.watched = reading | writing;
  poller_.Rewatch(connection.fd.get(), connection.watched);
}

void TcpFront::Disconnect(uint32_t index) {
  Connection& connection = *connections_[index];
  poller_.Forget(connection.fd.get());
  checks_.erase({connection.check_at, index});
  if (connection.dirty) std::erase(dirty_, index);
  connections_[index].reset();
  ++generations_[index];
  free_.push_back(index);
}

TcpFront::Connection* TcpFront::Find(const TcpPeer& peer) {
  return generations_[peer.connection] == peer.generation ? connections_[peer.connection].get() : nullptr;
}

}  // namespace taprootd
