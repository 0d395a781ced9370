#pragma once

#include <absl/status/statusor.h>
#include <sys/socket.h>

#include <cstdint>
#include <vector>

#include "engine/world/address.h"
#include "engine/world/octets.h"

namespace lab {

/// A file descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return fd_; }
  /// Gives the descriptor up without closing it.
  int Release();

 private:
  int fd_;
};

/// Where sockets listen.
struct Door {
  world::Family family = world::Family::kIpv4;
  uint16_t port = 53;
  bool loopback = true;  ///< Only what comes in over the loopback device.
};

/// Opens a UDP socket for every address of the family, which tells of each datagram which address it was sent to.
/// Several may be open on one port: the kernel shares the datagrams out.
absl::StatusOr<Descriptor> OpenUdp(const Door& door);

/// Opens a TCP listener for every address of the family.
absl::StatusOr<Descriptor> OpenTcp(const Door& door);

/// A datagram with both its ends.
struct Datagram {
  sockaddr_storage peer{};
  socklen_t peer_size = 0;
  world::Address local;  ///< The lab's end: where a query was sent to, and a response comes from.
  world::Octets octets;
};

/// Receives and sends datagrams of one socket in batches. Keeps its buffers.
class DatagramBatch {
 public:
  static constexpr size_t kMost = 64;

  DatagramBatch();
  ~DatagramBatch();
  DatagramBatch(const DatagramBatch&) = delete;
  DatagramBatch& operator=(const DatagramBatch&) = delete;

  /// Receives what is there, at most kMost. Borrowed until the next call.
  std::vector<Datagram>& Receive(int fd);

  /// Sends all, in order. What the kernel does not take is lost, as on any network.
  void Send(int fd, std::vector<Datagram>& datagrams);

 private:
  struct Buffers;
  std::unique_ptr<Buffers> buffers_;
  std::vector<Datagram> received_;
};

/// Returns the lab's end of a connection.
world::Address LocalAddress(int fd);

}  // namespace lab
