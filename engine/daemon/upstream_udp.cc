#include "engine/daemon/upstream_udp.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "engine/daemon/socket_address.h"

namespace taprootd {
namespace {

using transport::Ending;
using transport::Fate;
using transport::SocketId;
using Taken = transport::SocketPool::Taken;

/// Ports tried before a query is given up for want of one: with half of all ports taken, one in a million fails.
constexpr int kMaxBindAttempts = 20;

/// Ports below are the system's services'.
constexpr uint16_t kLeastPort = 1024;

/// Datagrams read from one socket in one turn, so that a flood to one port holds up nobody else.
constexpr int kMaxReadsPerTurn = 8;

/// How often idle sockets are looked through for old ones.
constexpr world::Duration kRetirePeriod = world::Seconds(1);

/// The longest datagram.
constexpr size_t kMaxDatagramOctets = 65'535;

}  // namespace

UpstreamUdp::UpstreamUdp(Poller& poller, ExchangeSink& sink, world::Random& random,
                         const transport::SocketPoolOptions& options, std::vector<uint16_t> avoid_ports)
    : poller_(poller),
      sink_(sink),
      random_(random),
      pool_(options),
      avoid_ports_(std::move(avoid_ports)),
      buffer_(kMaxDatagramOctets) {}

std::optional<world::Mishap> UpstreamUdp::Send(const world::Ask& ask) {
  const world::Family family = ask.to.address.family();
  const Taken taken = pool_.Take(family, sink_.now().mono, random_);
  if (taken.close_first) Close(*taken.close_first);
  if (taken.kind == Taken::Kind::kNone) return world::Mishap::kNoSocket;
  int error = taken.kind == Taken::Kind::kFresh ? MakeSocket(taken.id, family) : Disconnect(At(taken.id).fd.get());
  if (error == 0) error = ConnectAndSend(At(taken.id).fd.get(), ask);
  if (error != 0) {
    pool_.Forget(taken.id);
    Close(taken.id);
    return MishapOf(error);
  }
  Socket& socket = At(taken.id);
  socket.exchange = ask.id;
  socket.peer = ask.to;
  socket.deadline = ask.deadline;
  socket.heard = false;
  by_exchange_.emplace(ask.id, taken.id);
  deadlines_.emplace(ask.deadline, taken.id);
  return std::nullopt;
}

void UpstreamUdp::Cancel(world::ExchangeId id) {
  const auto found = by_exchange_.find(id);
  if (found == by_exchange_.end()) return;
  Finish(found->second, At(found->second).heard ? Ending::kAnswered : Ending::kOpen);
}

void UpstreamUdp::DropExpired(world::Instant now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) Finish(deadlines_.begin()->second, Ending::kOpen);
  if (now < retire_at_) return;
  for (const SocketId id : pool_.Retire(now)) Close(id);
  retire_at_ = pool_.idle() > 0 ? now + kRetirePeriod : world::kNever;
}

world::Instant UpstreamUdp::NextDeadline() const {
  return deadlines_.empty() ? retire_at_ : std::min(retire_at_, deadlines_.begin()->first);
}

void UpstreamUdp::OnReady(uint32_t tag, Readiness) {
  const auto id = static_cast<SocketId>(tag);
  const auto exchange = At(id).exchange;
  if (!exchange) {
    // Nobody is asked on an idle socket: a late copy, or somebody who has found the port. It carries no more queries.
    pool_.Forget(id);
    Close(id);
    return;
  }
  for (int reads = 0; reads < kMaxReadsPerTurn && At(id).exchange == exchange; ++reads) {
    if (const auto mishap = ReadOne(id, *exchange)) {
      sink_.OnOutcome(*exchange, *mishap);
      return;
    }
    if (errno == EAGAIN) return;
  }
}

std::optional<world::Mishap> UpstreamUdp::ReadOne(SocketId id, world::ExchangeId exchange) {
  Socket& socket = At(id);
  // The sender is asked for, although the socket is connected: what came before that is of another exchange's server.
  SocketAddress from;
  from.length = sizeof(from.storage);
  const ssize_t size = recvfrom(socket.fd.get(), buffer_.data(), buffer_.size(), 0, from.get(), &from.length);
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR) return std::nullopt;
    return MishapOf(errno);
  }
  const auto sender = ToEndpoint(from.storage);
  if (sender) {
    if (*sender == socket.peer) socket.heard = true;
    const world::OctetView message(buffer_.data(), static_cast<size_t>(size));
    sink_.OnOutcome(exchange, world::Arrival{.from = *sender, .message = message});
  }
  errno = 0;
  return std::nullopt;
}

int UpstreamUdp::MakeSocket(SocketId id, world::Family family) {
  if (static_cast<size_t>(id) >= sockets_.size()) sockets_.resize(static_cast<size_t>(id) + 1);
  FileDescriptor fd(socket(ToSystemFamily(family), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.IsOpen()) return errno;
  if (const int error = BindRandomPort(fd.get(), family)) return error;
  if (!poller_.Watch(fd.get(), Readiness::kReadable, *this, static_cast<uint32_t>(id))) return ENOSPC;
  At(id) = {.fd = std::move(fd), .exchange = std::nullopt, .peer = {}, .deadline = {}, .heard = false};
  return 0;
}

int UpstreamUdp::BindRandomPort(int fd, world::Family family) {
  world::Endpoint local;
  if (family == world::Family::kIpv4) local.address = *world::Address::FromText("0.0.0.0");
  for (int attempt = 0; attempt < kMaxBindAttempts; ++attempt) {
    local.port = static_cast<uint16_t>(kLeastPort + random_.Below(65'536 - kLeastPort));
    if (std::find(avoid_ports_.begin(), avoid_ports_.end(), local.port) != avoid_ports_.end()) continue;
    const SocketAddress address = ToSocketAddress(local);
    if (bind(fd, address.get(), address.length) == 0) return 0;
    if (errno != EADDRINUSE && errno != EACCES) return errno;
  }
  return EADDRINUSE;
}

int UpstreamUdp::Disconnect(int fd) {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  return connect(fd, &nobody, sizeof(nobody)) == 0 ? 0 : errno;
}

int UpstreamUdp::ConnectAndSend(int fd, const world::Ask& ask) {
  const SocketAddress to = ToSocketAddress(ask.to);
  if (connect(fd, to.get(), to.length) != 0) return errno;
  // An ICMP error about an earlier exchange would be taken for one about this: reading the error clears it.
  int error = 0;
  socklen_t length = sizeof(error);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (send(fd, ask.query.data(), ask.query.size(), MSG_NOSIGNAL) >= 0) return 0;
  return errno;
}

void UpstreamUdp::Finish(SocketId id, Ending ending) {
  Socket& socket = At(id);
  const world::Instant now = sink_.now().mono;
  by_exchange_.erase(*socket.exchange);
  deadlines_.erase({socket.deadline, id});
  socket.exchange.reset();
  if (pool_.Return(id, ending, now) == Fate::kClose) {
    Close(id);
  } else if (retire_at_ == world::kNever) {
    retire_at_ = now + kRetirePeriod;
  }
}

void UpstreamUdp::Close(SocketId id) {
  Socket& socket = At(id);
  if (!socket.fd.IsOpen()) return;
  poller_.Forget(socket.fd.get());
  socket = {};
}

}  // namespace taprootd
