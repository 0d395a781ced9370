#include "tools/lab/sockets.h"

#include <absl/status/status.h>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace lab {
namespace {

constexpr int kBufferOctets = 8 << 20;
constexpr int kBacklog = 1024;

/// The longest query that is read; real ones stay below 512.
constexpr size_t kMostQueryOctets = 2048;

/// An error of the last system call.
absl::Status SystemError(const char* what, const Door& door) {
  return absl::UnavailableError(fmt::format("{} (port {}): {}", what, door.port, std::strerror(errno)));
}

/// Sets an integer option; returns whether that worked.
bool Set(int fd, int level, int option, int value) { return setsockopt(fd, level, option, &value, sizeof value) == 0; }

/// Opens a socket of the type and binds it to every address of the family.
absl::StatusOr<Descriptor> OpenBound(const Door& door, int type) {
  const bool is_ipv4 = door.family == world::Family::kIpv4;
  Descriptor socket(::socket(is_ipv4 ? AF_INET : AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return SystemError("socket", door);
  const int fd = socket.get();
  Set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  Set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (door.loopback && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) != 0) {
    return SystemError("binding to the loopback device", door);
  }
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (is_ipv4) {
    auto& address = reinterpret_cast<sockaddr_in&>(storage);
    address.sin_family = AF_INET;
    address.sin_port = htons(door.port);
    size = sizeof address;
  } else {
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(door.port);
    size = sizeof address;
    Set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    // Addresses that are local by a route only are not the kernel's own: it has to be asked to send from them.
    Set(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
  }
  if (bind(fd, reinterpret_cast<sockaddr*>(&storage), size) != 0) return SystemError("bind", door);
  return socket;
}

/// Returns the address in a socket address.
world::Address AddressOf(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    const auto& address = reinterpret_cast<const sockaddr_in&>(storage);
    std::array<uint8_t, 4> octets;
    std::memcpy(octets.data(), &address.sin_addr, octets.size());
    return *world::Address::FromOctets(octets);
  }
  const auto& address = reinterpret_cast<const sockaddr_in6&>(storage);
  std::array<uint8_t, 16> octets;
  std::memcpy(octets.data(), &address.sin6_addr, octets.size());
  return *world::Address::FromOctets(octets);
}

/// Returns the address that a received datagram was sent to.
world::Address DestinationOf(msghdr& header) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      in_pktinfo info;
      std::memcpy(&info, CMSG_DATA(part), sizeof info);
      std::array<uint8_t, 4> octets;
      std::memcpy(octets.data(), &info.ipi_addr, octets.size());
      return *world::Address::FromOctets(octets);
    }
    if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info;
      std::memcpy(&info, CMSG_DATA(part), sizeof info);
      std::array<uint8_t, 16> octets;
      std::memcpy(octets.data(), &info.ipi6_addr, octets.size());
      return *world::Address::FromOctets(octets);
    }
  }
  return {};
}

/// Says in the header from which address the datagram shall come.
void SetSource(msghdr& header, const world::Address& source) {
  cmsghdr* part = CMSG_FIRSTHDR(&header);
  if (source.family() == world::Family::kIpv4) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.octets().data(), 4);
    part->cmsg_level = IPPROTO_IP;
    part->cmsg_type = IP_PKTINFO;
    part->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(part), &info, sizeof info);
    header.msg_controllen = CMSG_SPACE(sizeof info);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, source.octets().data(), 16);
    part->cmsg_level = IPPROTO_IPV6;
    part->cmsg_type = IPV6_PKTINFO;
    part->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(part), &info, sizeof info);
    header.msg_controllen = CMSG_SPACE(sizeof info);
  }
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

int Descriptor::Release() { return std::exchange(fd_, -1); }

absl::StatusOr<Descriptor> OpenUdp(const Door& door) {
  absl::StatusOr<Descriptor> socket = OpenBound(door, SOCK_DGRAM);
  if (!socket.ok()) return socket;
  const int fd = socket->get();
  const bool is_ipv4 = door.family == world::Family::kIpv4;
  if (!Set(fd, is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6, is_ipv4 ? IP_PKTINFO : IPV6_RECVPKTINFO, 1)) {
    return SystemError("packet information", door);
  }
  // The forced form passes the system's limit, where we may.
  if (!Set(fd, SOL_SOCKET, SO_RCVBUFFORCE, kBufferOctets)) Set(fd, SOL_SOCKET, SO_RCVBUF, kBufferOctets);
  if (!Set(fd, SOL_SOCKET, SO_SNDBUFFORCE, kBufferOctets)) Set(fd, SOL_SOCKET, SO_SNDBUF, kBufferOctets);
  return socket;
}

absl::StatusOr<Descriptor> OpenTcp(const Door& door) {
  absl::StatusOr<Descriptor> socket = OpenBound(door, SOCK_STREAM);
  if (!socket.ok()) return socket;
  Set(socket->get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (listen(socket->get(), kBacklog) != 0) return SystemError("listen", door);
  return socket;
}

world::Address LocalAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return AddressOf(storage);
}

/// The kernel's view of a batch.
struct DatagramBatch::Buffers {
  using Control = std::array<uint8_t, 128>;
  std::array<mmsghdr, kMost> headers{};
  std::array<iovec, kMost> pieces{};
  std::array<std::array<uint8_t, kMostQueryOctets>, kMost> octets;
  alignas(cmsghdr) std::array<Control, kMost> controls{};
  std::array<sockaddr_storage, kMost> peers{};
};

DatagramBatch::DatagramBatch() : buffers_(std::make_unique<Buffers>()) {}

DatagramBatch::~DatagramBatch() = default;

std::vector<Datagram>& DatagramBatch::Receive(int fd) {
  Buffers& b = *buffers_;
  for (size_t i = 0; i < kMost; ++i) {
    b.pieces[i] = {b.octets[i].data(), b.octets[i].size()};
    b.headers[i].msg_hdr = {
        &b.peers[i], sizeof b.peers[i], &b.pieces[i], 1, b.controls[i].data(), b.controls[i].size(), 0};
  }
  const int count = recvmmsg(fd, b.headers.data(), kMost, 0, nullptr);
  received_.resize(count > 0 ? static_cast<size_t>(count) : 0);
  for (size_t i = 0; i < received_.size(); ++i) {
    Datagram& datagram = received_[i];
    datagram.peer = b.peers[i];
    datagram.peer_size = b.headers[i].msg_hdr.msg_namelen;
    datagram.local = DestinationOf(b.headers[i].msg_hdr);
    datagram.octets.assign(b.octets[i].begin(), b.octets[i].begin() + b.headers[i].msg_len);
  }
  return received_;
}

void DatagramBatch::Send(int fd, std::vector<Datagram>& datagrams) {
  Buffers& b = *buffers_;
  for (size_t begin = 0; begin < datagrams.size(); begin += kMost) {
    const size_t count = std::min(kMost, datagrams.size() - begin);
    for (size_t i = 0; i < count; ++i) {
      Datagram& datagram = datagrams[begin + i];
      b.pieces[i] = {datagram.octets.data(), datagram.octets.size()};
      b.headers[i].msg_hdr = {
          &datagram.peer, datagram.peer_size, &b.pieces[i], 1, b.controls[i].data(), b.controls[i].size(), 0};
      SetSource(b.headers[i].msg_hdr, datagram.local);
    }
    for (size_t sent = 0; sent < count;) {
      const int done = sendmmsg(fd, b.headers.data() + sent, static_cast<unsigned>(count - sent), 0);
      sent += done > 0 ? static_cast<size_t>(done) : 1;
    }
  }
  datagrams.clear();
}

}  // namespace lab
