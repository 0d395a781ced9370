#include "engine/transport/socket_pool.h"

#include "engine/world/check.h"

namespace transport {

SocketPool::Taken SocketPool::Take(world::Family family, world::Instant now, world::Random& random) {
  auto& idle = IdleOf(family);
  // The draw is among all idle sockets, those too old included: skipping them would shrink the set unseen.
  while (idle.size() >= options_.least_idle) {
    const SocketId id = idle[random.Below(idle.size())];
    LeaveIdle(id);
    if (now - At(id).made <= options_.most_age) {
      At(id).state = State::kInUse;
      ++At(id).uses;
      return {.kind = Taken::Kind::kReuse, .id = id, .close_first = std::nullopt};
    }
    // Too old for one more query: a fresh socket takes its place and number.
    Forget(id);
    const SocketId fresh = MakeFresh(family, now);
    return {.kind = Taken::Kind::kFresh, .id = fresh, .close_first = id};
  }
  std::optional<SocketId> close_first;
  if (in_use() + this->idle() >= options_.most_sockets) {
    close_first = GiveWay(random);
    if (!close_first) return {};
  }
  return {.kind = Taken::Kind::kFresh, .id = MakeFresh(family, now), .close_first = close_first};
}

Fate SocketPool::Return(SocketId id, Ending ending, world::Instant now) {
  Socket& socket = At(id);
  CHECK(socket.state == State::kInUse);
  const bool spent = socket.uses >= options_.most_uses || now - socket.made > options_.most_age;
  if (spent || ending == Ending::kOpen) {
    Forget(id);
    return Fate::kClose;
  }
  auto& idle = IdleOf(socket.family);
  socket.state = State::kIdle;
  socket.idle_position = static_cast<uint32_t>(idle.size());
  idle.push_back(id);
  return Fate::kKeep;
}

void SocketPool::Forget(SocketId id) {
  CHECK(At(id).state != State::kFree);
  if (At(id).state == State::kIdle) LeaveIdle(id);
  At(id).state = State::kFree;
  free_.push_back(id);
}

std::vector<SocketId> SocketPool::Retire(world::Instant now) {
  std::vector<SocketId> old;
  for (const auto& idle : idle_) {
    for (const SocketId id : idle) {
      if (now - At(id).made > options_.most_age) old.push_back(id);
    }
  }
  for (const SocketId id : old) Forget(id);
  return old;
}

SocketId SocketPool::MakeFresh(world::Family family, world::Instant now) {
  SocketId id{};
  if (free_.empty()) {
    id = static_cast<SocketId>(sockets_.size());
    sockets_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  At(id) = {.state = State::kInUse, .family = family, .uses = 1, .made = now, .idle_position = 0};
  return id;
}

void SocketPool::LeaveIdle(SocketId id) {
  auto& idle = IdleOf(At(id).family);
  const uint32_t position = At(id).idle_position;
  idle[position] = idle.back();
  At(idle[position]).idle_position = position;
  idle.pop_back();
  At(id).state = State::kInUse;
}

std::optional<SocketId> SocketPool::GiveWay(world::Random& random) {
  const auto& idle = idle_[0].size() >= idle_[1].size() ? idle_[0] : idle_[1];
  if (idle.empty()) return std::nullopt;
  const SocketId id = idle[random.Below(idle.size())];
  Forget(id);
  return id;
}

}  // namespace transport
