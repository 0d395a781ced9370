#include "engine/daemon/upstream_streams.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/daemon/socket_address.h"

namespace taprootd {
namespace {

using metrics::Metric;
using transport::ConnectionId;
using Taken = transport::ConnectionPool::Taken;
using world::Mishap;

/// Octets read from one connection in one turn.
constexpr size_t kReadOctets = 64 * 1024;

/// How often idle connections are looked through.
constexpr world::Duration kSweepPeriod = world::Seconds(1);

/// Returns which connections may carry an ask.
transport::ConnectionKey KeyOf(const world::Ask& ask) { return {ask.to, ask.via, ask.identity}; }

}  // namespace

UpstreamStreams::UpstreamStreams(Poller& poller, ExchangeSink& sink, metrics::Counters& counters, size_t most)
    : poller_(poller), sink_(sink), counters_(counters), pool_({.most = most}), buffer_(kReadOctets) {}

UpstreamStreams::~UpstreamStreams() = default;

std::optional<Mishap> UpstreamStreams::Send(const world::Ask& ask) {
  const auto mishap = Place({{}, ask, false, false});
  if (!mishap) deadlines_.emplace(ask.deadline, ask.id);
  return mishap;
}

std::optional<Mishap> UpstreamStreams::Place(Exchange exchange) {
  const world::Instant now = sink_.now().mono;
  const Taken taken = pool_.Take(KeyOf(exchange.ask), now);
  if (taken.at_server_limit) counters_.Add(Metric::kLimitConnectionsPerServer);
  if (taken.close_first) Close(*taken.close_first);
  if (taken.kind == Taken::Kind::kNone) return Mishap::kNoSocket;
  if (taken.kind == Taken::Kind::kFresh) {
    if (const int error = Connect(taken.id, exchange.ask)) {
      pool_.Gone(taken.id);
      return MishapOf(error);
    }
    counters_.Add(Metric::kUpstreamConnections);
  } else {
    counters_.Add(Metric::kUpstreamConnectionsReused);
  }
  Connection& connection = *At(taken.id);
  const world::ExchangeId id = exchange.ask.id;
  exchange.connection = taken.id;
  exchange.on_used = pool_.IsUsed(taken.id);
  connection.stream->Ask(id, exchange.ask.query);
  pool_.Asked(taken.id, now);
  SeeRoom(taken.id);
  exchanges_.emplace(id, std::move(exchange));
  if (sweep_at_ == world::kNever) sweep_at_ = now + kSweepPeriod;
  WriteSoon(taken.id);
  return std::nullopt;
}

void UpstreamStreams::SeeRoom(ConnectionId id) {
  switch (At(id)->stream->room()) {
    case transport::Room::kSome:
      return;
    case transport::Room::kFull:
      return pool_.Full(id);
    case transport::Room::kLeaving:
      return pool_.Retire(id);
  }
}

int UpstreamStreams::Connect(ConnectionId id, const world::Ask& ask) {
  FileDescriptor fd(socket(ToSystemFamily(ask.to.address.family()), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.IsOpen()) return errno;
  const int on = 1;
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const SocketAddress to = ToSocketAddress(ask.to);
  if (connect(fd.get(), to.get(), to.length) != 0 && errno != EINPROGRESS) return errno;
  if (!poller_.Watch(fd.get(), Readiness::kWritable, *this, static_cast<uint32_t>(id))) return ENOSPC;
  if (tls_ == nullptr && ask.identity != nullptr) tls_ = std::make_unique<transport::TlsClientContext>();
  if (static_cast<size_t>(id) >= connections_.size()) connections_.resize(static_cast<size_t>(id) + 1);
  auto connection = std::make_unique<Connection>();
  connection->fd = std::move(fd);
  connection->stream = transport::MakeClientStream(ask.via, ask.identity, tls_.get());
  connection->watched = Readiness::kWritable;
  connection->number = ++made_;
  connections_[static_cast<size_t>(id)] = std::move(connection);
  return 0;
}

void UpstreamStreams::Cancel(world::ExchangeId id) {
  const auto found = exchanges_.find(id);
  if (found == exchanges_.end()) return;
  const ConnectionId at = found->second.connection;
  if (Connection* connection = At(at)) {
    connection->stream->Cancel(id);
    WriteSoon(at);
  }
  const Exchange exchange = Leave(id);
  deadlines_.erase({exchange.ask.deadline, id});
}

UpstreamStreams::Exchange UpstreamStreams::Leave(world::ExchangeId id) {
  const auto found = exchanges_.find(id);
  Exchange exchange = std::move(found->second);
  exchanges_.erase(found);
  pool_.Done(exchange.connection, sink_.now().mono);
  return exchange;
}

void UpstreamStreams::DropExpired(world::Instant now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) Cancel(deadlines_.begin()->second);
  if (now < sweep_at_) return;
  for (const ConnectionId id : pool_.Sweep(now)) Close(id);
  sweep_at_ = pool_.size() > 0 ? now + kSweepPeriod : world::kNever;
}

world::Instant UpstreamStreams::NextDeadline() const {
  return deadlines_.empty() ? sweep_at_ : std::min(sweep_at_, deadlines_.begin()->first);
}

void UpstreamStreams::OnReady(uint32_t tag, Readiness readiness) {
  const auto id = static_cast<ConnectionId>(tag);
  Connection* connection = At(id);
  if (connection == nullptr) return;
  if (!connection->connected) {
    int error = 0;
    socklen_t length = sizeof(error);
    getsockopt(connection->fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) return Die(id, MishapOf(error));
    connection->connected = true;
  }
  Outcomes outcomes;
  std::optional<Mishap> dead;
  if (Has(readiness, Readiness::kReadable) || Has(readiness, Readiness::kFailed)) {
    if (!Read(id, outcomes)) dead = Mishap::kClosed;
  }
  WriteSoon(id);
  if (const auto broken = connection->stream->Broken()) dead = broken;
  CountHandshake(*connection);
  if (const auto keep = connection->stream->KeepAlive()) pool_.KeepFor(id, *keep);
  SeeRoom(id);
  if (dead) pool_.Retire(id);
  // What is told may end this connection and begin another in its place.
  const uint64_t number = connection->number;
  Tell(outcomes);
  if (dead && At(id) != nullptr && At(id)->number == number) Die(id, *dead);
}

bool UpstreamStreams::Read(ConnectionId id, Outcomes& outcomes) {
  Connection& connection = *At(id);
  const ssize_t size = recv(connection.fd.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0) return errno == EAGAIN || errno == EINTR;
  if (size == 0) return false;
  pool_.Heard(id, sink_.now().mono);
  outcomes = connection.stream->Receive({buffer_.data(), static_cast<size_t>(size)});
  return true;
}

void UpstreamStreams::WriteSoon(ConnectionId id) {
  if (!std::exchange(At(id)->due, true)) due_.push_back(id);
}

void UpstreamStreams::Flush() {
  for (const ConnectionId id : due_) {
    if (At(id) != nullptr && std::exchange(At(id)->due, false)) Write(id);
  }
  due_.clear();
}

void UpstreamStreams::Write(ConnectionId id) {
  Connection& connection = *At(id);
  const world::Octets more = connection.stream->TakeOutput();
  connection.unsent.insert(connection.unsent.end(), more.begin(), more.end());
  if (connection.connected && !connection.unsent.empty()) {
    const ssize_t sent = send(connection.fd.get(), connection.unsent.data(), connection.unsent.size(), MSG_NOSIGNAL);
    if (sent > 0) connection.unsent.erase(connection.unsent.begin(), connection.unsent.begin() + sent);
  }
  const bool writing = !connection.connected || !connection.unsent.empty();
  const Readiness wanted = writing ? Readiness::kReadable | Readiness::kWritable : Readiness::kReadable;
  if (wanted != connection.watched) poller_.Rewatch(connection.fd.get(), wanted);
  connection.watched = wanted;
}

void UpstreamStreams::CountHandshake(Connection& connection) {
  if (connection.counted) return;
  const transport::StreamTally tally = connection.stream->tally();
  connection.counted = tally.handshake || tally.not_trusted;
  if (tally.handshake) counters_.Add(Metric::kUpstreamHandshakes);
  if (tally.resumed) counters_.Add(Metric::kUpstreamResumptions);
}

void UpstreamStreams::Die(ConnectionId id, Mishap why) {
  std::vector<Exchange> orphans;
  for (const world::ExchangeId one : At(id)->stream->Waiting()) {
    if (exchanges_.contains(one)) orphans.push_back(Leave(one));
  }
  if (!orphans.empty()) counters_.Add(Metric::kUpstreamConnectionsDied);
  Close(id);
  Outcomes outcomes;
  for (Exchange& orphan : orphans) {
    const world::ExchangeId one = orphan.ask.id;
    const world::Instant deadline = orphan.ask.deadline;
    // A connection that stood may have been given up by the server just then: the question is not to suffer for that.
    if (orphan.on_used && why == Mishap::kClosed && MovedOn(orphan)) continue;
    deadlines_.erase({deadline, one});
    outcomes.push_back({one, why});
  }
  for (const auto& outcome : outcomes) sink_.OnOutcome(outcome.exchange, std::get<Mishap>(outcome.what));
}

bool UpstreamStreams::MovedOn(Exchange& exchange) {
  if (std::exchange(exchange.moved, true)) return false;
  counters_.Add(Metric::kUpstreamQuestionsMoved);
  return !Place(exchange);
}

void UpstreamStreams::Close(ConnectionId id) {
  poller_.Forget(At(id)->fd.get());
  connections_[static_cast<size_t>(id)].reset();
  pool_.Gone(id);
}

void UpstreamStreams::Tell(const Outcomes& outcomes) {
  for (const auto& outcome : outcomes) {
    // It may have been cancelled by what was told before.
    if (!exchanges_.contains(outcome.exchange)) continue;
    Exchange exchange = Leave(outcome.exchange);
    const auto* mishap = std::get_if<Mishap>(&outcome.what);
    // The server takes no more questions on this connection, and has not looked at this one.
    if (mishap != nullptr && *mishap == Mishap::kClosed && MovedOn(exchange)) continue;
    deadlines_.erase({exchange.ask.deadline, outcome.exchange});
    if (const auto* message = std::get_if<world::Octets>(&outcome.what)) {
      sink_.OnOutcome(outcome.exchange, world::Arrival{.from = exchange.ask.to, .message = *message});
    } else {
      sink_.OnOutcome(outcome.exchange, *mishap);
    }
  }
}

}  // namespace taprootd
