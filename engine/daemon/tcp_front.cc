#include "engine/daemon/tcp_front.h"

#include <sys/socket.h>

#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <deque>

#include "engine/daemon/socket_address.h"
#include "engine/transport/proxy_header.h"
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
  world::Protocol via = world::Protocol::kTcp;
  std::unique_ptr<transport::ServerStream> stream;  // Null until it is known for whom the connection is.
  transport::ServerTally counted;
  world::Octets proxied;                      // What has come of a PROXY header.
  std::deque<transport::StreamQuery> unread;  // Read while the client may not ask more.
  world::Octets unwritten;
  size_t written = 0;  // Octets of `unwritten` that are gone.
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

void TcpFront::Adopt(StreamFrontSettings settings) {
  settings_ = std::move(settings);
  options_.idle_timeout = settings_.idle_timeout;
  handshakes_.Adopt(settings_.most_handshakes);
}

void TcpFront::Send(const TcpPeer& to, world::OctetView response) {
  Connection* connection = Find(to);
  if (connection == nullptr) return;
  connection->policy.Answered(sink_.now().mono);
  connection->stream->Answer(to.stream, response);
  Collect(*connection);
  MarkDirty(to.connection);
}

void TcpFront::Drop(const TcpPeer& to) {
  Connection* connection = Find(to);
  if (connection == nullptr) return;
  connection->policy.Answered(sink_.now().mono);
  connection->stream->Drop(to.stream);
  Collect(*connection);
  Count(*connection);
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
    if (connections_[i]->stream != nullptr) connections_[i]->stream->Close();
    Collect(*connections_[i]);
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
    Adopt(std::move(fd), *endpoint, ToEndpoint(local.storage).value_or(listeners_[listener].local),
          listeners_[listener].via);
  }
}

bool TcpFront::IsBalancer(const world::Address& from) const {
  return std::ranges::any_of(settings_.balancers, [&](const world::Prefix& block) { return block.Contains(from); });
}

void TcpFront::Begin(Connection& connection) {
  const bool encrypted = connection.via != world::Protocol::kTcp;
  const bool refused = encrypted && !handshakes_.Allows(connection.from.address, sink_.now().mono);
  if (refused) counters_.Add(metrics::Metric::kLimitHandshakes);
  if (refused || (encrypted && context_ == nullptr)) {
    connection.broken = true;
    return;
  }
  connection.stream = transport::MakeServerStream(connection.via, {context_, settings_.https_path});
}

std::optional<world::OctetView> TcpFront::ReadProxy(Connection& connection, world::OctetView input) {
  const size_t before = connection.proxied.size();
  connection.proxied.insert(connection.proxied.end(), input.begin(), input.end());
  const auto read = transport::ReadProxyHeader(connection.proxied);
  if (std::holds_alternative<transport::ProxyUnfinished>(read)) return std::nullopt;
  const auto* header = std::get_if<transport::ProxyHeader>(&read);
  if (header == nullptr) {
    counters_.Add(metrics::Metric::kProxyHeadersRefused);
    connection.broken = true;
    return std::nullopt;
  }
  if (header->client) connection.from = *header->client;
  Begin(connection);
  if (connection.broken) return std::nullopt;
  return input.subspan(header->octets - before);
}

void TcpFront::Collect(Connection& connection) {
  if (connection.stream == nullptr) return;
  const world::Octets output = connection.stream->TakeOutput();
  connection.policy.Queued(output.size());
  connection.unwritten.insert(connection.unwritten.end(), output.begin(), output.end());
}

void TcpFront::Count(Connection& connection) {
  using metrics::Metric;
  const transport::ServerTally now = connection.stream->tally();
  const transport::ServerTally before = std::exchange(connection.counted, now);
  if (now.handshake && !before.handshake) counters_.Add(Metric::kTlsHandshakes);
  if (now.resumed && !before.resumed) counters_.Add(Metric::kTlsResumptions);
  if (now.failed && !before.failed && !now.handshake) counters_.Add(Metric::kTlsHandshakesFailed);
  counters_.Add(Metric::kHttpErrors, now.http_errors - before.http_errors);
  counters_.Add(Metric::kLimitHttpHeader, now.header_limit - before.header_limit);
  counters_.Add(Metric::kLimitHttpBody, now.body_limit - before.body_limit);
  counters_.Add(Metric::kLimitHttpStreams, now.stream_limit - before.stream_limit);
  counters_.Add(Metric::kLimitHttpResets, now.reset_limit - before.reset_limit);
}

void TcpFront::Adopt(FileDescriptor fd, const world::Endpoint& from, const world::Endpoint& local,
                     world::Protocol via) {
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
  connection.via = via;
  const int on = 1;
  setsockopt(connection.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (!IsBalancer(from.address)) Begin(connection);
  if (connection.broken) MarkDirty(index);
  connection.check_at = now + options_.idle_timeout;
  checks_.emplace(connection.check_at, index);
}

bool TcpFront::MakeRoom() {
  if (clients() < settings_.most_clients) return true;
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
  Take(index, {buffer_.data(), static_cast<size_t>(size)});
}

void TcpFront::Take(uint32_t index, world::OctetView input) {
  Connection& connection = *connections_[index];
  if (connection.stream == nullptr) {
    const auto rest = ReadProxy(connection, input);
    if (!rest) return;
    input = *rest;
  }
  for (auto& query : connection.stream->Receive(input, sink_.now().mono)) connection.unread.push_back(std::move(query));
  Collect(connection);
  Count(connection);
  PassOn(index);
  if (connection.stream->IsOver()) connection.policy.EndOfInput();
}

void TcpFront::PassOn(uint32_t index) {
  Connection& connection = *connections_[index];
  while (connection.policy.WantsRead() && !connection.unread.empty()) {
    const transport::StreamQuery query = std::move(connection.unread.front());
    connection.unread.pop_front();
    const TcpPeer peer{.connection = index, .generation = generations_[index], .stream = query.stream};
    connection.policy.QueryRead(sink_.now().mono);
    sink_.OnQuery(peer, connection.from, connection.local, connection.via, query.message);
  }
  if (!connection.unread.empty()) counters_.Add(metrics::Metric::kLimitQueriesPerConnection);
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
    PassOn(index);
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
