#include "engine/daemon/listening.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "engine/daemon/socket_address.h"

namespace taprootd {
namespace {

/// Datagrams that the kernel keeps while a worker is busy; it grants what its own limit allows.
constexpr int kReceiveBufferOctets = 4 * 1024 * 1024;

/// Connections that wait to be accepted.
constexpr int kListenBacklog = 512;

/// Whether other sockets of this process may share the address.
enum class Sharing : uint8_t { kAlone, kShared };

/// Switches an option on; what the kernel does not know is left as it is.
void SwitchOn(int fd, int level, int option, int value = 1) { setsockopt(fd, level, option, &value, sizeof(value)); }

/// Sets what datagram sockets need: big buffers, the address asked on wildcards, and no faith in ICMP about the path's
/// MTU, which anybody can forge to have answers cut into fragments (RFC 9715).
void PrepareUdp(int fd, const world::Endpoint& local) {
  SwitchOn(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBufferOctets);
  SwitchOn(fd, SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBufferOctets);
  const bool is_ipv4 = local.address.family() == world::Family::kIpv4;
  if (is_ipv4) {
    SwitchOn(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
  } else {
    SwitchOn(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
  }
  if (!local.address.IsUnspecified()) return;
  if (is_ipv4) {
    SwitchOn(fd, IPPROTO_IP, IP_PKTINFO);
  } else {
    SwitchOn(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
  }
}

/// Opens a socket and binds it; the descriptor is not open where that failed, and errno says why.
FileDescriptor Open(const world::Endpoint& local, int type, Sharing sharing) {
  FileDescriptor fd(socket(ToSystemFamily(local.address.family()), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.IsOpen()) return fd;
  if (type == SOCK_STREAM) SwitchOn(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (sharing == Sharing::kShared) SwitchOn(fd.get(), SOL_SOCKET, SO_REUSEPORT);
  if (local.address.family() == world::Family::kIpv6) SwitchOn(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
  if (type == SOCK_DGRAM) PrepareUdp(fd.get(), local);
  const SocketAddress address = ToSocketAddress(local);
  if (bind(fd.get(), address.get(), address.length) != 0) return {};
  if (type == SOCK_STREAM && listen(fd.get(), kListenBacklog) != 0) return {};
  return fd;
}

/// Returns the error's text with what an operator can do about it.
std::string Explain(int error) {
  if (error == EACCES) return "Permission denied (ports below 1024 need root or CAP_NET_BIND_SERVICE)";
  if (error == EADDRINUSE) return "Address already in use (is another server running?)";
  if (error == EADDRNOTAVAIL) return "no such address on this host";
  return std::strerror(error);
}

/// Tells whether an address can be had at all. SO_REUSEPORT would let a second daemon of the same user in unseen, and
/// half of the clients would be lost to it: so this is tried without.
int Probe(const world::Endpoint& local, int type) {
  errno = 0;
  const FileDescriptor fd = Open(local, type, Sharing::kAlone);
  return fd.IsOpen() ? 0 : errno;
}

/// Returns whether the error says that this host has no IPv6.
bool LacksIpv6(const world::Endpoint& local, int error) {
  return local.address.family() == world::Family::kIpv6 &&
         (error == EAFNOSUPPORT || (error == EADDRNOTAVAIL && local.address.IsLoopback()));
}

/// Opens the two sockets of an address for each worker; returns an error's text, or an empty one.
std::string OpenForAll(const world::Endpoint& local, std::vector<WorkerSockets>& workers) {
  for (auto& worker : workers) {
    FileDescriptor udp = Open(local, SOCK_DGRAM, Sharing::kShared);
    if (!udp.IsOpen()) return fmt::format("cannot listen on udp {}: {}", local.ToText(), Explain(errno));
    FileDescriptor tcp = Open(local, SOCK_STREAM, Sharing::kShared);
    if (!tcp.IsOpen()) return fmt::format("cannot listen on tcp {}: {}", local.ToText(), Explain(errno));
    worker.udp.push_back({.fd = std::move(udp), .local = local, .via = world::Protocol::kUdp});
    worker.tcp.push_back({.fd = std::move(tcp), .local = local, .via = world::Protocol::kTcp});
  }
  return {};
}

/// Opens an encrypted listener for each worker; errors and warnings are added to the others.
void OpenEncrypted(const std::vector<world::Endpoint>& endpoints, world::Protocol via, Listening& listening,
                   std::vector<std::string>& errors) {
  for (const auto& local : endpoints) {
    const int error = Probe(local, SOCK_STREAM);
    if (LacksIpv6(local, error)) {
      listening.warnings.push_back(fmt::format("not listening on {}: this host has no IPv6", local.ToText()));
      continue;
    }
    if (error != 0) errors.push_back(fmt::format("cannot listen on tcp {}: {}", local.ToText(), Explain(error)));
    for (size_t i = 0; error == 0 && i < listening.workers.size(); ++i) {
      FileDescriptor fd = Open(local, SOCK_STREAM, Sharing::kShared);
      if (!fd.IsOpen()) {
        errors.push_back(fmt::format("cannot listen on tcp {}: {}", local.ToText(), Explain(errno)));
        break;
      }
      listening.workers[i].tcp.push_back({.fd = std::move(fd), .local = local, .via = via});
    }
  }
}

}  // namespace

absl::StatusOr<Listening> OpenListening(const settings::Settings::Server& server, size_t workers) {
  const std::vector<world::Endpoint>& endpoints = server.listen;
  Listening listening;
  listening.workers.resize(workers);
  std::vector<std::string> errors;
  for (const auto& local : endpoints) {
    const int udp = Probe(local, SOCK_DGRAM);
    const int tcp = Probe(local, SOCK_STREAM);
    if (LacksIpv6(local, udp)) {
      listening.warnings.push_back(fmt::format("not listening on {}: this host has no IPv6", local.ToText()));
      continue;
    }
    if (udp != 0) errors.push_back(fmt::format("cannot listen on udp {}: {}", local.ToText(), Explain(udp)));
    if (tcp != 0) errors.push_back(fmt::format("cannot listen on tcp {}: {}", local.ToText(), Explain(tcp)));
    if (udp != 0 || tcp != 0) continue;
    if (auto error = OpenForAll(local, listening.workers); !error.empty()) errors.push_back(std::move(error));
  }
  OpenEncrypted(server.listen_tls, world::Protocol::kTls, listening, errors);
  OpenEncrypted(server.listen_https, world::Protocol::kHttps, listening, errors);
  if (errors.empty() && !endpoints.empty() && listening.workers.front().udp.empty()) {
    errors.emplace_back("no address is left to listen on");
  }
  if (!errors.empty()) return absl::UnavailableError(fmt::format("{}", fmt::join(errors, "\n")));
  return listening;
}

}  // namespace taprootd
