#include "tools/lab/streams.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace lab {
namespace {

/// Octets that may wait to be sent on one connection.
constexpr size_t kMostWaiting = 1 << 20;

/// Watches a socket under a number, for reading and where wanted for writing.
void Watch(int epoll_fd, int operation, int fd, uint64_t id, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = id;
  epoll_ctl(epoll_fd, operation, fd, &event);
}

/// Returns the octets of the next whole message in `in` from `at`, length included; 0 while it is not whole.
size_t WholeMessage(const world::Octets& in, size_t at) {
  if (in.size() - at < 2) return 0;
  const size_t octets = 2 + (size_t{in[at]} << 8 | in[at + 1]);
  return in.size() - at < octets ? 0 : octets;
}

}  // namespace

Streams::Stream* Streams::Find(StreamId id) {
  const auto it = streams_.find(static_cast<uint64_t>(id));
  return it == streams_.end() ? nullptr : &it->second;
}

void Streams::Accept(int listener) {
  for (;;) {
    Descriptor socket(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.get() < 0) return;
    if (streams_.size() >= kMost) continue;
    const world::Address server = LocalAddress(socket.get());
    const uint64_t id = next_id_++;
    Watch(epoll_fd_, EPOLL_CTL_ADD, socket.get(), id, EPOLLIN);
    streams_.emplace(id, Stream{std::move(socket), server, {}, {}, now_});
  }
}

std::vector<Streams::Query> Streams::Read(StreamId id) {
  Stream* stream = Find(id);
  if (stream == nullptr) return {};
  std::array<uint8_t, 4096> buffer;
  const ssize_t count = recv(stream->socket.get(), buffer.data(), buffer.size(), 0);
  if (count <= 0) {
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) streams_.erase(static_cast<uint64_t>(id));
    return {};
  }
  stream->last_used = now_;
  stream->in.insert(stream->in.end(), buffer.begin(), buffer.begin() + count);
  std::vector<Query> queries;
  size_t at = 0;
  for (size_t octets = 0; (octets = WholeMessage(stream->in, at)) > 0; at += octets) {
    const auto begin = stream->in.begin() + static_cast<ptrdiff_t>(at);
    queries.push_back({id, stream->server, {begin + 2, begin + static_cast<ptrdiff_t>(octets)}});
  }
  stream->in.erase(stream->in.begin(), stream->in.begin() + static_cast<ptrdiff_t>(at));
  return queries;
}

void Streams::Send(StreamId id, world::OctetView response) {
  Stream* stream = Find(id);
  if (stream == nullptr || stream->out.size() > kMostWaiting) return;
  stream->out.push_back(static_cast<uint8_t>(response.size() >> 8));
  stream->out.push_back(static_cast<uint8_t>(response.size()));
  stream->out.insert(stream->out.end(), response.begin(), response.end());
  Flush(id);
}

void Streams::Flush(StreamId id) {
  Stream* stream = Find(id);
  if (stream == nullptr) return;
  const ssize_t count = send(stream->socket.get(), stream->out.data(), stream->out.size(), MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN && errno != EINTR) {
    streams_.erase(static_cast<uint64_t>(id));
    return;
  }
  if (count > 0) stream->out.erase(stream->out.begin(), stream->out.begin() + count);
  const uint32_t events = stream->out.empty() ? uint32_t{EPOLLIN} : uint32_t{EPOLLIN} | uint32_t{EPOLLOUT};
  Watch(epoll_fd_, EPOLL_CTL_MOD, stream->socket.get(), static_cast<uint64_t>(id), events);
}

void Streams::CloseIdle(world::Instant since) {
  absl::erase_if(streams_, [since](const auto& entry) { return entry.second.last_used < since; });
}

}  // namespace lab
