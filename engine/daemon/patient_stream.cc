#include "engine/daemon/patient_stream.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/daemon/clock.h"
#include "engine/daemon/socket_address.h"

namespace taprootd {
namespace {

/// Time for a connection to stand, and for a sign of life on it: the next source waits.
constexpr world::Duration kConnectTime = world::Seconds(10);
constexpr world::Duration kSilentTime = world::Seconds(20);

/// How long a stop sign may go unseen.
constexpr int kGlanceMs = 100;

/// Octets read at a time.
constexpr size_t kReadOctets = 64 * 1024;

/// Returns the error of a system call.
absl::Status SocketError(std::string_view what, int error) {
  return absl::UnavailableError(fmt::format("{}: {}", what, std::strerror(error)));
}

}  // namespace

absl::Status PatientStream::Connect(const world::Endpoint& to) {
  fd_ = FileDescriptor(socket(ToSystemFamily(to.address.family()), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd_.IsOpen()) return SocketError("no socket", errno);
  const SocketAddress address = ToSocketAddress(to);
  if (connect(fd_.get(), address.get(), address.length) == 0) return absl::OkStatus();
  if (errno != EINPROGRESS) return SocketError(fmt::format("connecting to {}", to.ToText()), errno);
  if (const auto status = Await(POLLOUT, kConnectTime); !status.ok()) {
    return absl::UnavailableError(fmt::format("connecting to {}: {}", to.ToText(), std::string(status.message())));
  }
  int error = 0;
  socklen_t length = sizeof(error);
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (error != 0) return SocketError(fmt::format("connecting to {}", to.ToText()), error);
  return absl::OkStatus();
}

absl::Status PatientStream::Send(world::OctetView octets) {
  while (!octets.empty()) {
    const ssize_t count = send(fd_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      octets = octets.subspan(static_cast<size_t>(count));
    } else if (errno == EAGAIN) {
      if (auto status = Await(POLLOUT, kSilentTime); !status.ok()) return status;
    } else if (errno != EINTR) {
      return SocketError("sending", errno);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<world::OctetView> PatientStream::Receive() {
  buffer_.resize(kReadOctets);
  while (true) {
    // Asked before each read: a source that drips never makes the read wait.
    if (auto status = Await(POLLIN, kSilentTime); !status.ok()) return status;
    const ssize_t count = recv(fd_.get(), buffer_.data(), buffer_.size(), 0);
    if (count >= 0) return world::OctetView(buffer_).first(static_cast<size_t>(count));
    if (errno != EAGAIN && errno != EINTR) return SocketError("receiving", errno);
  }
}

absl::Status PatientStream::Await(short events, world::Duration time) const {
  const world::Instant until = ReadClocks().mono + time;
  while (true) {
    if (*patience_.stopped) return absl::CancelledError("stopped");
    const world::Instant now = ReadClocks().mono;
    if (now >= patience_.deadline) return absl::ResourceExhaustedError("it took too long");
    if (now >= until) return absl::UnavailableError("it is silent");
    const world::Duration left = std::min(until, patience_.deadline) - now;
    pollfd wait{.fd = fd_.get(), .events = events, .revents = 0};
    const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int ready = poll(&wait, 1, static_cast<int>(std::min<int64_t>(left_ms, kGlanceMs)));
    if (ready > 0) return absl::OkStatus();
    if (ready < 0 && errno != EINTR) return SocketError("waiting", errno);
  }
}

}  // namespace taprootd
