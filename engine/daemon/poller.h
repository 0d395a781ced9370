#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/daemon/file_descriptor.h"

namespace taprootd {

/// What a socket is watched for, and what befell it. Bits.
enum class Readiness : uint32_t { kNone = 0, kReadable = 1, kWritable = 2, kFailed = 4 };
constexpr Readiness operator|(Readiness a, Readiness b) {
  return static_cast<Readiness>(static_cast<uint32_t>(a) | static_cast<uint32_t>(b));
}
/// Returns whether any bit of `part` is in `whole`.
constexpr bool Has(Readiness whole, Readiness part) {
  return (static_cast<uint32_t>(whole) & static_cast<uint32_t>(part)) != 0;
}

/// Owns sockets, each known to it by a tag, and is told when one is ready.
class SocketOwner {
 public:
  virtual ~SocketOwner() = default;

  /// The socket that was watched with `tag` is ready. May watch and forget any socket, this one included.
  virtual void OnReady(uint32_t tag, Readiness readiness) = 0;
};

/// Watches the sockets of one thread with one epoll, itself a descriptor that the thread's loop watches: a socket of
/// few microseconds then costs one epoll_ctl and no libuv handle, whose closing takes a turn of the loop.
class Poller {
 public:
  Poller();

  /// Watches `fd`, level-triggered. The owner must outlive the watching. Returns false when the system has no room.
  [[nodiscard]] bool Watch(int fd, Readiness wanted, SocketOwner& owner, uint32_t tag);
  /// Watches a watched `fd` for something else.
  void Rewatch(int fd, Readiness wanted);
  /// Watches `fd` no more; events already taken from the system for it are not passed on. Call before closing.
  void Forget(int fd);

  /// Passes on what is ready, without waiting; at most kMaxEvents.
  void Dispatch();

  /// Becomes readable when something is ready.
  int fd() const { return epoll_.get(); }

 private:
  static constexpr int kMaxEvents = 128;

  /// Who watches a descriptor. The generation tells an event of a closed socket from its number's next bearer.
  struct Watched {
    SocketOwner* owner = nullptr;
    uint32_t tag = 0;
    uint32_t generation = 0;
  };

  FileDescriptor epoll_;
  std::vector<Watched> watched_;  // By descriptor.
};

}  // namespace taprootd
