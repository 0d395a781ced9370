#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/world/address.h"
#include "engine/world/random.h"
#include "engine/world/time.h"

namespace transport {

/// A bound UDP socket of the pool; the driver's table has the socket itself under this number.
enum class SocketId : uint32_t {};

/// What bounds the pool. A set of ports must die faster than it can be scanned (about 60 s at the 1,000 ICMP errors a
/// second of Linux); eight uses bring most of what reuse saves.
struct SocketPoolOptions {
  size_t most_sockets = 4096;                    ///< In use and idle, both families.
  size_t least_idle = 256;                       ///< With fewer to draw from, a fresh port is harder to guess.
  int most_uses = 8;                             ///< Queries that one socket carries.
  world::Duration most_age = world::Seconds(5);  ///< From its making to its last query.
};

/// How an exchange ended, as its socket sees it.
enum class Ending : uint8_t {
  kAnswered,  ///< Nothing more is on its way: the socket can carry another query.
  kOpen,      ///< Gave up, or an error: a late datagram may still come, so that the socket goes.
};

/// What to do with a socket whose exchange ended.
enum class Fate : uint8_t { kKeep, kClose };

/// Decides which bound socket carries the next upstream query: each socket is used by one query at a time, connected
/// anew for each, and drawn at random from many idle ones or made fresh, so that an attacker faces a random port
/// without a socket having to be made for every query (RFC 5452 section 9.2). Pure: the driver makes, connects and
/// closes the sockets.
class SocketPool {
 public:
  explicit SocketPool(const SocketPoolOptions& options) : options_(options) {}

  /// Which socket to use.
  struct Taken {
    /// Where it comes from.
    enum class Kind : uint8_t {
      kReuse,  ///< The idle socket `id`.
      kFresh,  ///< Make one, as `id`; when that fails, say Forget.
      kNone,   ///< All are in use.
    };
    Kind kind = Kind::kNone;
    SocketId id{};
    std::optional<SocketId> close_first;  ///< An idle socket that has to make room.
  };

  /// Takes a socket for a query to an address of `family`.
  [[nodiscard]] Taken Take(world::Family family, world::Instant now, world::Random& random);

  /// Gives a socket back after its exchange. When told to close it, its number may be used for another at once.
  [[nodiscard]] Fate Return(SocketId id, Ending ending, world::Instant now);

  /// Strikes out a socket that is gone: it could not be made, or octets came while it was idle.
  void Forget(SocketId id);

  /// Strikes out idle sockets that are too old, and returns them to be closed. Takes time in the number of idle ones.
  [[nodiscard]] std::vector<SocketId> Retire(world::Instant now);

  /// Takes another bound; sockets above it go as they are used up.
  void AdoptMost(size_t most_sockets) { options_.most_sockets = most_sockets; }

  size_t idle() const { return idle_[0].size() + idle_[1].size(); }
  size_t in_use() const { return sockets_.size() - free_.size() - idle(); }
  /// Returns whether the socket waits for a query.
  bool IsIdle(SocketId id) const { return sockets_[static_cast<size_t>(id)].state == State::kIdle; }

 private:
  /// What becomes of a socket.
  enum class State : uint8_t { kFree, kInUse, kIdle };

  /// A socket as the policy sees it.
  struct Socket {
    State state = State::kFree;
    world::Family family{};
    int uses = 0;
    world::Instant made;
    uint32_t idle_position = 0;  // In the idle list of its family.
  };

  /// Returns a socket by its number, and the idle ones of a family.
  Socket& At(SocketId id) { return sockets_[static_cast<size_t>(id)]; }
  std::vector<SocketId>& IdleOf(world::Family family) { return idle_[static_cast<size_t>(family)]; }
  /// Returns a number for a socket that is about to be made, in use from the start.
  SocketId MakeFresh(world::Family family, world::Instant now);
  /// Takes an idle socket out of the list of its family; its state is the caller's to set.
  void LeaveIdle(SocketId id);
  /// Strikes out an idle socket, at random of the family that has more, to make room; nothing when none is idle.
  std::optional<SocketId> GiveWay(world::Random& random);

  SocketPoolOptions options_;
  std::vector<Socket> sockets_;    // By SocketId.
  std::vector<SocketId> free_;     // Numbers without a socket.
  std::vector<SocketId> idle_[2];  // By family.
};

}  // namespace transport
