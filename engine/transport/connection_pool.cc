#include "engine/transport/connection_pool.h"

#include <algorithm>

#include "engine/world/check.h"

namespace transport {

bool ConnectionPool::IsWell(const Connection& connection, world::Instant now) const {
  if (connection.retired || connection.full || now - connection.made > options_.most_age) return false;
  if (connection.in_flight >= world::limits::kMaxQuestionsPerConnection) return false;
  // One on which a question was given up unanswered is trusted again when it has said something.
  return connection.in_flight == 0 ? !connection.owes : now - connection.heard <= options_.stall_time;
}

ConnectionPool::Taken ConnectionPool::Take(const ConnectionKey& key, world::Instant now) {
  const auto at = by_key_.find(key);
  std::optional<ConnectionId> best;
  size_t count = 0;
  if (at != by_key_.end()) {
    count = at->second.size();
    for (const ConnectionId id : at->second) {
      if (!IsWell(At(id), now)) continue;
      if (!best || At(id).in_flight < At(*best).in_flight) best = id;
    }
  }
  const bool https = key.via == world::Protocol::kHttps;
  const bool enough = count >= (https ? options_.most_per_https_server : options_.most_per_server);
  // Several questions share one connection only where no other may be made: one that is slow holds up none.
  if (best && (At(*best).in_flight == 0 || enough)) return {Taken::Kind::kReuse, *best, std::nullopt, enough};
  if (enough) {
    const auto debtor = Debtor(key);
    return debtor ? Taken{Taken::Kind::kFresh, Make(key, now), debtor, true}
                  : Taken{Taken::Kind::kNone, {}, std::nullopt, true};
  }
  std::optional<ConnectionId> close_first;
  if (size() >= options_.most) {
    close_first = LongestIdle();
    if (!close_first) return best ? Taken{Taken::Kind::kReuse, *best, std::nullopt, false} : Taken{};
  }
  return {Taken::Kind::kFresh, Make(key, now), close_first, false};
}

ConnectionId ConnectionPool::Make(const ConnectionKey& key, world::Instant now) {
  if (free_.empty()) {
    free_.push_back(static_cast<ConnectionId>(connections_.size()));
    connections_.emplace_back();
  }
  const ConnectionId id = free_.back();
  free_.pop_back();
  At(id) = {key, true, false, false, false, 0, 0, now, now, now, options_.idle_time};
  by_key_[key].push_back(id);
  return id;
}

std::optional<ConnectionId> ConnectionPool::Debtor(const ConnectionKey& key) const {
  for (const ConnectionId id : by_key_.at(key)) {
    if (At(id).in_flight == 0 && At(id).owes) return id;
  }
  return std::nullopt;
}

std::optional<ConnectionId> ConnectionPool::LongestIdle() const {
  std::optional<ConnectionId> longest;
  for (size_t i = 0; i < connections_.size(); ++i) {
    const Connection& connection = connections_[i];
    if (!connection.open || connection.in_flight > 0) continue;
    if (!longest || connection.idle_since < At(*longest).idle_since) longest = static_cast<ConnectionId>(i);
  }
  return longest;
}

void ConnectionPool::Asked(ConnectionId id, world::Instant now) {
  if (At(id).in_flight++ == 0) At(id).heard = now;
  At(id).owes = true;
}

void ConnectionPool::Done(ConnectionId id, world::Instant now) {
  Connection& connection = At(id);
  CHECK(connection.in_flight > 0);
  connection.full = false;
  --connection.in_flight;
  ++connection.done;
  connection.idle_since = now;
}

void ConnectionPool::Heard(ConnectionId id, world::Instant now) {
  At(id).heard = now;
  At(id).owes = false;
}

void ConnectionPool::KeepFor(ConnectionId id, world::Duration time) {
  At(id).idle_time = std::min(time, options_.most_idle_time);
}

void ConnectionPool::Full(ConnectionId id) { At(id).full = true; }

void ConnectionPool::Retire(ConnectionId id) { At(id).retired = true; }

void ConnectionPool::Gone(ConnectionId id) {
  Connection& connection = At(id);
  CHECK(connection.open);
  auto& of_key = by_key_[connection.key];
  std::erase(of_key, id);
  if (of_key.empty()) by_key_.erase(connection.key);
  connection.open = false;
  free_.push_back(id);
}

std::vector<ConnectionId> ConnectionPool::Sweep(world::Instant now) {
  std::vector<ConnectionId> over;
  for (size_t i = 0; i < connections_.size(); ++i) {
    const Connection& connection = connections_[i];
    if (!connection.open || connection.in_flight > 0) continue;
    const bool idle_too_long = now - connection.idle_since >= connection.idle_time;
    const bool too_old = now - connection.made > options_.most_age;
    const bool stalls = connection.owes && now - connection.heard > options_.stall_time;
    if (connection.retired || stalls || idle_too_long || too_old) over.push_back(static_cast<ConnectionId>(i));
  }
  return over;
}

}  // namespace transport
