#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/world/address.h"
#include "engine/world/identity.h"
#include "engine/world/limits.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace transport {

/// A connection of the pool: its place, used again for another when it is gone.
enum class ConnectionId : uint32_t {};

/// Which connections carry the questions for whom: the same server, in the same manner, as the same identity. What was
/// believed without proof for one pool is not what another pool has pinned.
struct ConnectionKey {
  world::Endpoint to;
  world::Protocol via = world::Protocol::kTcp;
  world::SharedIdentity identity{};  ///< Null for a plain protocol. Compared by what it says.

  bool operator==(const ConnectionKey& other) const {
    if (to != other.to || via != other.via) return false;
    if (identity == nullptr || other.identity == nullptr) return identity == other.identity;
    return *identity == *other.identity;
  }

  template <typename H>
  friend H AbslHashValue(H hash, const ConnectionKey& key) {
    return H::combine(std::move(hash), key.to, static_cast<int>(key.via),
                      key.identity == nullptr ? std::string_view() : std::string_view(key.identity->name));
  }
};

/// Bounds of the pool.
struct ConnectionPoolOptions {
  size_t most = 512;
  size_t most_per_server = world::limits::kMaxConnectionsPerServer;
  size_t most_per_https_server = 2;  ///< One carries a hundred questions at a time anyway.
  world::Duration idle_time = world::Seconds(10);
  world::Duration most_idle_time = world::Seconds(120);  ///< However long a server wants (RFC 7828).
  world::Duration most_age = world::Seconds(600);
  world::Duration stall_time = world::Seconds(1);  ///< Without a sign while a question waits: not trusted with more.
};

/// Decides which connection to a server carries a question, and how long connections are kept (RFC 7766 section 6.2).
/// Pure: the driver tells what happened, and asks.
class ConnectionPool {
 public:
  explicit ConnectionPool(const ConnectionPoolOptions& options) : options_(options) {}

  /// Which connection to use.
  struct Taken {
    /// Where it comes from.
    enum class Kind : uint8_t {
      kReuse,  ///< The connection `id`, which stands.
      kFresh,  ///< Make one, as `id`; when that fails, say Gone.
      kNone,   ///< All are busy.
    };
    Kind kind = Kind::kNone;
    ConnectionId id{};
    std::optional<ConnectionId> close_first;  ///< An idle one that has to make room: close it and say Gone.
    bool at_server_limit = false;             ///< More than one question a connection since the server has enough.
  };

  /// Takes a connection for a question. Idle ones first, the least busy one when no more may be made.
  [[nodiscard]] Taken Take(const ConnectionKey& key, world::Instant now);

  /// The question that Take was for is on its way; or is answered, or given up.
  void Asked(ConnectionId id, world::Instant now);
  void Done(ConnectionId id, world::Instant now);
  /// Octets came.
  void Heard(ConnectionId id, world::Instant now);
  /// The server has said how long it keeps an idle connection (RFC 7828).
  void KeepFor(ConnectionId id, world::Duration time);
  /// It takes no more questions until one of those on it is done.
  void Full(ConnectionId id);
  /// No more questions on this one: it is not well, or the server has said goodbye.
  void Retire(ConnectionId id);
  /// It is closed.
  void Gone(ConnectionId id);

  /// Returns those that are to be closed: idle for too long, too old, or retired, and without a question.
  std::vector<ConnectionId> Sweep(world::Instant now);

  /// Takes another bound.
  void AdoptMost(size_t most) { options_.most = most; }

  /// Returns whether it has carried a question before the ones that are under way: it may have died of age.
  bool IsUsed(ConnectionId id) const { return At(id).done > 0; }
  size_t size() const { return connections_.size() - free_.size(); }

 private:
  /// A connection as the policy sees it.
  struct Connection {
    ConnectionKey key;
    bool open = false;
    bool retired = false;
    bool full = false;
    bool owes = false;  ///< It has said nothing since a question was asked on it.
    size_t in_flight = 0;
    uint64_t done = 0;
    world::Instant made;
    world::Instant heard;  // Or made, or asked while nothing was under way.
    world::Instant idle_since;
    world::Duration idle_time{};
  };

  /// Returns the connection of a place.
  Connection& At(ConnectionId id) { return connections_[static_cast<size_t>(id)]; }
  /// The same.
  const Connection& At(ConnectionId id) const { return connections_[static_cast<size_t>(id)]; }
  /// Returns whether a connection may carry another question.
  bool IsWell(const Connection& connection, world::Instant now) const;
  /// Returns an idle connection to a server that owes an answer.
  std::optional<ConnectionId> Debtor(const ConnectionKey& key) const;
  /// Returns the idle connection that was used longest ago.
  std::optional<ConnectionId> LongestIdle() const;
  /// Returns a place for a connection.
  ConnectionId Make(const ConnectionKey& key, world::Instant now);

  ConnectionPoolOptions options_;
  std::vector<Connection> connections_;
  std::vector<ConnectionId> free_;
  absl::flat_hash_map<ConnectionKey, std::vector<ConnectionId>> by_key_;
};

}  // namespace transport
