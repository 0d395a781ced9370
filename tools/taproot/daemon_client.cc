#include "tools/taproot/daemon_client.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "tools/taproot/members.h"
#include "tools/taproot/settings_file.h"
#include "tools/taproot/terminal.h"

namespace taproot {
namespace {

/// Longest answer that is read: the ranking of every nameserver that is kept.
constexpr size_t kMaxAnswerOctets = 256 * 1024 * 1024;

/// A connection to a unix socket.
class Connection {
 public:
  Connection() : fd_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Connection() {
    if (fd_ >= 0) close(fd_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Connects to the path; false leaves the reason in `errno`.
  bool Open(const std::string& path) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
      errno = ENAMETOOLONG;
      return false;
    }
    std::memcpy(address.sun_path, path.c_str(), path.size());
    // The cast is how the socket interface takes every address.
    return fd_ >= 0 && connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }

  /// Sends a line; false leaves the reason in `errno`.
  bool Send(std::string_view line) const {
    while (!line.empty()) {
      const ssize_t sent = send(fd_, line.data(), line.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent <= 0) return false;
      line.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  /// Returns the next line without its end; nothing when the connection ends before.
  std::optional<std::string> ReceiveLine() const {
    std::string line;
    std::string block(64 * 1024, '\0');
    while (line.size() < kMaxAnswerOctets) {
      const ssize_t received = recv(fd_, block.data(), block.size(), 0);
      if (received < 0 && errno == EINTR) continue;
      if (received <= 0) return std::nullopt;
      line.append(block, 0, static_cast<size_t>(received));
      if (line.ends_with('\n')) return line.substr(0, line.size() - 1);
    }
    return std::nullopt;
  }

 private:
  int fd_;
};

/// Returns the socket's path: of --socket, or of the settings.
std::optional<std::string> PathOf(Door door, const Arguments& arguments) {
  if (auto given = arguments.Value("--socket")) return given;
  const auto settings = LoadSettings(arguments);
  if (!settings) return std::nullopt;
  return door == Door::kStats ? settings::StatsSocketPath(*settings) : settings::ControlSocketPath(*settings);
}

/// Tells what the daemon says went wrong.
void TellError(const Json& answer) {
  for (const auto& mistake : ListIn(answer, "mistakes")) {
    if (mistake.is_string()) fmt::print(stderr, "{}\n", Harmless(mistake.get<std::string>()));
  }
  fmt::print(stderr, "taproot: {}\n", TextIn(answer, "error"));
}

}  // namespace

std::optional<Json> AskDaemon(Door door, const Arguments& arguments, const Json& request) {
  const auto path = PathOf(door, arguments);
  if (!path) return std::nullopt;
  const Connection connection;
  if (!connection.Open(*path)) {
    fmt::print(stderr, "taproot: no daemon at {}: {}\n", *path, std::strerror(errno));
    return std::nullopt;
  }
  const bool sent = connection.Send(request.dump() + "\n");
  const auto line = sent ? connection.ReceiveLine() : std::nullopt;
  if (!line) {
    fmt::print(stderr, "taproot: the daemon at {} ended the connection without an answer\n", *path);
    return std::nullopt;
  }
  auto answer = Json::parse(*line, nullptr, false);
  if (!answer.is_object()) {
    fmt::print(stderr, "taproot: the daemon at {} answered what is no JSON object\n", *path);
    return std::nullopt;
  }
  if (answer.contains("error")) {
    TellError(answer);
    return std::nullopt;
  }
  return answer;
}

}  // namespace taproot
