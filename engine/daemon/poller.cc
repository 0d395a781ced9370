#include "engine/daemon/poller.h"

#include <sys/epoll.h>

#include <array>
#include <cerrno>

#include "engine/world/check.h"

namespace taprootd {
namespace {

/// Returns epoll's event for a watched descriptor.
epoll_event EventFor(int fd, uint32_t generation, Readiness wanted) {
  epoll_event event{};
  if (Has(wanted, Readiness::kReadable)) event.events |= EPOLLIN;
  if (Has(wanted, Readiness::kWritable)) event.events |= EPOLLOUT;
  event.data.u64 = uint64_t{generation} << 32 | static_cast<uint32_t>(fd);
  return event;
}

/// Returns what epoll says in our terms. An error or a hang-up is also readable: reading tells which.
Readiness FromEpoll(uint32_t events) {
  Readiness readiness = Readiness::kNone;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) readiness = readiness | Readiness::kReadable;
  if ((events & EPOLLOUT) != 0) readiness = readiness | Readiness::kWritable;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) readiness = readiness | Readiness::kFailed;
  return readiness;
}

}  // namespace

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) { CHECK(epoll_.IsOpen()); }

bool Poller::Watch(int fd, Readiness wanted, SocketOwner& owner, uint32_t tag) {
  const auto index = static_cast<size_t>(fd);
  if (index >= watched_.size()) watched_.resize(index + 1);
  Watched& watched = watched_[index];
  epoll_event event = EventFor(fd, watched.generation, wanted);
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) return false;
  watched.owner = &owner;
  watched.tag = tag;
  return true;
}

void Poller::Rewatch(int fd, Readiness wanted) {
  epoll_event event = EventFor(fd, watched_[static_cast<size_t>(fd)].generation, wanted);
  CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0);
}

void Poller::Forget(int fd) {
  Watched& watched = watched_[static_cast<size_t>(fd)];
  if (watched.owner == nullptr) return;
  CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr) == 0);
  watched.owner = nullptr;
  ++watched.generation;
}

void Poller::Dispatch() {
  std::array<epoll_event, kMaxEvents> events;
  const int count = epoll_wait(epoll_.get(), events.data(), kMaxEvents, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    const Watched watched = watched_[event.data.u64 & 0xffffffff];
    if (watched.owner == nullptr || watched.generation != event.data.u64 >> 32) continue;
    watched.owner->OnReady(watched.tag, FromEpoll(event.events));
  }
}

}  // namespace taprootd
