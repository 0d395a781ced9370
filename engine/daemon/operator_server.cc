#include "engine/daemon/operator_server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/world/limits.h"

namespace taprootd {
namespace {

/// The listener's tag; those of connections are their places.
constexpr uint32_t kListenerTag = 0x8000'0000;

/// Octets read from one client in one turn.
constexpr size_t kReadOctets = 16 * 1024;

/// Returns an error of a system call on the socket's path.
absl::Status SocketError(const std::string& path, std::string_view what, int error) {
  return absl::UnavailableError(fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

/// Returns a unix socket's address. Requires: the path fits.
sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

/// Returns whether something answers at a unix socket's path.
bool IsServed(const sockaddr_un& address) {
  const FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
}

/// Removes the socket's file of a daemon that is gone.
absl::Status RemoveOrphan(const std::string& path, const sockaddr_un& address) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return absl::OkStatus();
  if (!S_ISSOCK(status.st_mode)) return absl::UnavailableError(fmt::format("{}: not a socket", path));
  if (IsServed(address)) return absl::UnavailableError(fmt::format("{}: another daemon listens there", path));
  if (unlink(path.c_str()) != 0) return SocketError(path, "cannot remove the old socket", errno);
  return absl::OkStatus();
}

}  // namespace

/// An operator's connection.
struct OperatorServer::Connection {
  FileDescriptor fd;
  std::string unread;  // Without whole requests, but for those that wait for the one before.
  std::string unwritten;
  uint64_t pending = 0;  // The number of the request that is being answered; 0: none.
  bool input_ended = false;
  bool broken = false;
  bool advancing = false;  // In Advance, which an answer within the handler must not enter again.
  Readiness watched = Readiness::kReadable;
};

OperatorServer::OperatorServer(Poller& poller, OperatorSocketOptions options, LineHandler handler)
    : poller_(poller), options_(std::move(options)), handler_(std::move(handler)) {
  connections_.resize(world::limits::kMaxOperators);
}

OperatorServer::~OperatorServer() {
  if (listener_.IsOpen()) unlink(options_.path.c_str());
}

absl::Status OperatorServer::Listen() {
  const std::string& path = options_.path;
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(fmt::format("{}: longer than the {} octets that a unix socket's path may have",
                                                  path, sizeof(sockaddr_un::sun_path) - 1));
  }
  const sockaddr_un address = AddressOf(path);
  if (auto status = RemoveOrphan(path, address); !status.ok()) return status;
  FileDescriptor fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // The mode is set before anybody can connect: between bind and listen.
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return SocketError(path, "cannot bind", errno);
  }
  if (chmod(path.c_str(), options_.mode) != 0) return SocketError(path, "cannot set its mode", errno);
  if (listen(fd.get(), static_cast<int>(world::limits::kMaxOperators)) != 0) {
    return SocketError(path, "cannot listen", errno);
  }
  if (!poller_.Watch(fd.get(), Readiness::kReadable, *this, kListenerTag)) {
    return SocketError(path, "cannot watch", errno);
  }
  listener_ = std::move(fd);
  return absl::OkStatus();
}

void OperatorServer::OnReady(uint32_t tag, Readiness readiness) {
  if (tag == kListenerTag) {
    Accept();
    return;
  }
  const Connection& connection = *connections_[tag];
  if (Has(readiness, Readiness::kWritable)) {
    Advance(tag);
  } else if (Has(connection.watched, Readiness::kReadable)) {
    Read(tag);
  } else if (Has(readiness, Readiness::kFailed)) {
    Disconnect(tag);
  }
}

void OperatorServer::Accept() {
  FileDescriptor fd(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.IsOpen()) return;
  const auto free = std::find(connections_.begin(), connections_.end(), nullptr);
  const auto index = static_cast<uint32_t>(free - connections_.begin());
  if (free == connections_.end() || !poller_.Watch(fd.get(), Readiness::kReadable, *this, index)) {
    ++turned_away_;
    const std::string line = options_.busy_line + "\n";
    static_cast<void>(send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL));
    return;
  }
  *free = std::make_unique<Connection>();
  (*free)->fd = std::move(fd);
}

void OperatorServer::Read(uint32_t index) {
  Connection& connection = *connections_[index];
  std::array<char, kReadOctets> buffer;
  const ssize_t size = recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
  if (size < 0) {
    if (errno != EAGAIN && errno != EINTR) Disconnect(index);
    return;
  }
  if (size == 0) connection.input_ended = true;
  connection.unread.append(buffer.data(), static_cast<size_t>(size));
  Advance(index);
}

void OperatorServer::Advance(uint32_t index) {
  Connection& connection = *connections_[index];
  if (connection.advancing) return;
  connection.advancing = true;
  bool moving = true;
  while (moving) {
    Write(connection);
    moving = connection.unwritten.empty() && connection.pending == 0 && TakeRequest(index);
  }
  connection.advancing = false;
  if (connection.broken || (connection.input_ended && connection.pending == 0 && connection.unwritten.empty())) {
    Disconnect(index);
  } else {
    Watch(connection);
  }
}

bool OperatorServer::TakeRequest(uint32_t index) {
  Connection& connection = *connections_[index];
  const size_t end = connection.unread.find('\n');
  if (end > world::limits::kMaxOperatorRequestOctets) {  // npos too.
    if (connection.unread.size() <= world::limits::kMaxOperatorRequestOctets) return false;
    connection.unread.clear();
    connection.input_ended = true;
    connection.unwritten = options_.too_long_line + "\n";
    return true;
  }
  const uint64_t number = connection.pending = next_number_++;
  std::string line = connection.unread.substr(0, end);
  connection.unread.erase(0, end + 1);
  handler_(std::move(line), [this, index, number](std::string text) { Answer(index, number, std::move(text)); });
  return true;
}

void OperatorServer::Answer(uint32_t index, uint64_t number, std::string line) {
  if (!connections_[index] || connections_[index]->pending != number) return;
  Connection& connection = *connections_[index];
  connection.pending = 0;
  connection.unwritten = std::move(line);
  connection.unwritten.push_back('\n');
  Advance(index);
}

void OperatorServer::Write(Connection& connection) {
  if (connection.unwritten.empty()) return;
  const ssize_t size =
      send(connection.fd.get(), connection.unwritten.data(), connection.unwritten.size(), MSG_NOSIGNAL);
  if (size > 0) connection.unwritten.erase(0, static_cast<size_t>(size));
  if (size >= 0 || errno == EAGAIN || errno == EINTR) return;
  connection.broken = true;
  connection.unwritten.clear();
  connection.unread.clear();
}

void OperatorServer::Watch(Connection& connection) {
  Readiness wanted = Readiness::kNone;
  if (!connection.unwritten.empty()) {
    wanted = Readiness::kWritable;
  } else if (connection.pending == 0 && !connection.input_ended) {
    wanted = Readiness::kReadable;
  }
  if (wanted == connection.watched) return;
  connection.watched = wanted;
  poller_.Rewatch(connection.fd.get(), wanted);
}

void OperatorServer::Disconnect(uint32_t index) {
  poller_.Forget(connections_[index]->fd.get());
  connections_[index].reset();
}

}  // namespace taprootd
