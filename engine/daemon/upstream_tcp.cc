#include "engine/daemon/upstream_tcp.h"

#include <sys/socket.h>

#include <cerrno>

#include "engine/daemon/socket_address.h"

namespace taprootd {
namespace {

/// Octets read from one connection in one turn.
constexpr size_t kReadOctets = 64 * 1024;

}  // namespace

UpstreamTcp::UpstreamTcp(Poller& poller, ExchangeSink& sink, size_t most)
    : poller_(poller), sink_(sink), most_(most), buffer_(kReadOctets) {}

std::optional<world::Mishap> UpstreamTcp::Send(const world::Ask& ask) {
  if (by_exchange_.size() >= most_) return world::Mishap::kNoSocket;
  FileDescriptor fd(socket(ToSystemFamily(ask.to.address.family()), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.IsOpen()) return MishapOf(errno);
  const SocketAddress to = ToSocketAddress(ask.to);
  if (connect(fd.get(), to.get(), to.length) != 0 && errno != EINPROGRESS) return MishapOf(errno);
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(connections_.size()));
    connections_.emplace_back();
  }
  const uint32_t tag = free_.back();
  if (!poller_.Watch(fd.get(), Readiness::kWritable, *this, tag)) return world::Mishap::kNoSocket;
  free_.pop_back();
  Connection& connection = At(tag);
  connection = {};
  connection.fd = std::move(fd);
  connection.exchange = ask.id;
  connection.peer = ask.to;
  connection.deadline = ask.deadline;
  transport::AppendFrame(ask.query, connection.unsent);
  by_exchange_.emplace(ask.id, tag);
  deadlines_.emplace(ask.deadline, tag);
  return std::nullopt;
}

void UpstreamTcp::Cancel(world::ExchangeId id) {
  const auto found = by_exchange_.find(id);
  if (found != by_exchange_.end()) Close(found->second);
}

void UpstreamTcp::DropExpired(world::Instant now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) Close(deadlines_.begin()->second);
}

world::Instant UpstreamTcp::NextDeadline() const {
  return deadlines_.empty() ? world::kNever : deadlines_.begin()->first;
}

void UpstreamTcp::OnReady(uint32_t tag, Readiness) {
  // Until the query is sent the socket is watched for writing alone: a connection that failed is told by send.
  if (At(tag).unsent.empty()) {
    Read(tag);
  } else {
    Write(tag);
  }
}

void UpstreamTcp::Write(uint32_t tag) {
  Connection& connection = At(tag);
  auto& unsent = connection.unsent;
  const ssize_t sent = send(connection.fd.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) Fail(tag, MishapOf(errno));
    return;
  }
  unsent.erase(unsent.begin(), unsent.begin() + sent);
  if (unsent.empty()) poller_.Rewatch(connection.fd.get(), Readiness::kReadable);
}

void UpstreamTcp::Read(uint32_t tag) {
  const auto exchange = At(tag).exchange;
  const world::Endpoint peer = At(tag).peer;
  const ssize_t size = recv(At(tag).fd.get(), buffer_.data(), buffer_.size(), 0);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) Fail(tag, MishapOf(errno));
    return;
  }
  if (size == 0) {
    Fail(tag, world::Mishap::kClosed);
    return;
  }
  world::OctetView rest(buffer_.data(), static_cast<size_t>(size));
  while (At(tag).exchange == exchange) {
    // Taken out for the call: the sink may end this exchange and begin another in its place.
    transport::FrameReader reader = std::move(At(tag).reader);
    const transport::Cut cut = reader.Next(rest);
    if (cut.message) sink_.OnOutcome(*exchange, world::Arrival{.from = peer, .message = *cut.message});
    if (At(tag).exchange == exchange) At(tag).reader = std::move(reader);
    if (!cut.message) return;
    rest = cut.rest;
  }
}

void UpstreamTcp::Fail(uint32_t tag, world::Mishap mishap) {
  const auto exchange = At(tag).exchange;
  Close(tag);
  if (exchange) sink_.OnOutcome(*exchange, mishap);
}

void UpstreamTcp::Close(uint32_t tag) {
  Connection& connection = At(tag);
  poller_.Forget(connection.fd.get());
  by_exchange_.erase(*connection.exchange);
  deadlines_.erase({connection.deadline, tag});
  connection = {};
  free_.push_back(tag);
}

}  // namespace taprootd
