#include "tools/lab/worker.h"

#include <absl/status/status.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace lab {
namespace {

/// How long a worker waits at most, to see whether it shall stop.
constexpr world::Duration kLongestWait = world::Milliseconds(100);

/// How long a connection may be idle.
constexpr world::Duration kIdle = world::Seconds(20);

/// Watches a socket under a number.
void Watch(int epoll_fd, int fd, uint64_t id) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = id;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

world::Instant MonotonicNow() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return world::Instant(std::chrono::duration_cast<world::Duration>(since));
}

world::WallTime WallNow() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return world::WallTime(std::chrono::duration_cast<world::Duration>(since));
}

Worker::Worker(Unopened, const Setting& setting)
    : internet_(setting.internet),
      tally_(setting.tally),
      draw_(setting.seed * 0x9e3779b97f4a7c15ULL),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      streams_(epoll_.get()) {}

absl::StatusOr<std::unique_ptr<Worker>> Worker::Open(const Setting& setting) {
  auto worker = std::make_unique<Worker>(Unopened{}, setting);
  for (const Door& door : setting.doors) {
    absl::StatusOr<Descriptor> udp = OpenUdp(door);
    if (!udp.ok()) return udp.status();
    absl::StatusOr<Descriptor> tcp = OpenTcp(door);
    if (!tcp.ok()) return tcp.status();
    const uint64_t number = worker->pairs_.size() * 2;
    Watch(worker->epoll_.get(), udp->get(), number);
    Watch(worker->epoll_.get(), tcp->get(), number + 1);
    worker->pairs_.push_back({*std::move(udp), *std::move(tcp), {}});
  }
  return worker;
}

world::Instant Worker::ReadClock() {
  now_ = MonotonicNow();
  streams_.SetNow(now_);
  return now_;
}

void Worker::Run(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) Turn();
}

void Worker::Turn() {
  std::array<epoll_event, 64> events;
  const world::Duration wait = std::clamp(delays_.NextAt() - ReadClock(), world::Duration(0), kLongestWait);
  timespec timeout{0, wait.count() * 1000};
  const int count = epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), &timeout, nullptr);
  ReadClock();
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    const uint64_t number = event.data.u64;
    if (number >= Streams::kFirstId) {
      if ((event.events & EPOLLOUT) != 0) streams_.Flush(StreamId{number});
      if ((event.events & ~uint32_t{EPOLLOUT}) != 0) ServeStream(StreamId{number});
    } else if (number % 2 == 0) {
      ServeDatagrams(number / 2);
    } else {
      streams_.Accept(pairs_[number / 2].tcp.get());
    }
  }
  SendDue();
  if (count <= 0) streams_.CloseIdle(now_ - kIdle);
}

void Worker::ServeDatagrams(size_t door) {
  std::vector<Datagram>& queries = batch_.Receive(pairs_[door].udp.get());
  Tally::Access tally(tally_);
  for (Datagram& query : queries) {
    tally.CountQuestion(query.octets);
    for (simulator::Reply& reply :
         internet_.Ask(query.local, world::Protocol::kUdp, query.octets, now_, ++draw_, tally.census(), notary_)) {
      Datagram response{query.peer, query.peer_size, query.local, std::move(reply.octets)};
      Post(reply.delay, {door, false, {}, std::move(response)});
    }
  }
}

void Worker::ServeStream(StreamId id) {
  for (const Streams::Query& query : streams_.Read(id)) {
    Tally::Access tally(tally_);
    tally.CountQuestion(query.octets);
    for (simulator::Reply& reply :
         internet_.Ask(query.server, world::Protocol::kTcp, query.octets, now_, ++draw_, tally.census(), notary_)) {
      Post(reply.delay, {0, true, id, {{}, 0, query.server, std::move(reply.octets)}});
    }
  }
}

void Worker::Post(world::Duration delay, Pending pending) {
  if (delay.count() == 0) {
    Send(pending);
  } else {
    delays_.Add(now_ + delay, std::move(pending));
  }
}

void Worker::Send(Pending& pending) {
  if (pending.is_stream) {
    streams_.Send(pending.stream, pending.datagram.octets);
  } else {
    pairs_[pending.door].ready.push_back(std::move(pending.datagram));
  }
}

void Worker::SendDue() {
  while (delays_.NextAt() <= now_) {
    Pending pending = delays_.TakeNext();
    Send(pending);
  }
  for (Pair& pair : pairs_) batch_.Send(pair.udp.get(), pair.ready);
}

}  // namespace lab
