#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "engine/world/address.h"

namespace taprootd {

/// A client that asked over UDP: where its answer goes, and from which address.
struct UdpPeer {
  uint32_t socket = 0;   ///< Of UdpFront.
  world::Endpoint from;  ///< The client.
  world::Address local;  ///< The address asked: the answer leaves from there.
};

/// A client that asked over TCP, TLS or HTTPS. The generation tells its connection from a later one in the same place.
struct TcpPeer {
  uint32_t connection = 0;  ///< Of TcpFront.
  uint32_t generation = 0;
  uint32_t stream = 0;  ///< Of HTTPS: on which the query came.
};

/// An operator's query; the number is that of whoever posted it.
struct OperatorPeer {
  uint64_t request = 0;
  bool half_done = false;  ///< Of its answer and its report one has come.
};

/// Whom a client query came from.
using Peer = std::variant<UdpPeer, TcpPeer, OperatorPeer>;

/// The client queries of one worker that wait for their answer, by the slot of their ClientId. Each slot is answered at
/// most once: its number holds a generation, so that one that came back twice, or late, finds nothing.
class ClientTable {
 public:
  explicit ClientTable(size_t most) : most_(most) {}

  /// Keeps a peer and returns its slot, or nothing when the table is full.
  [[nodiscard]] std::optional<uint64_t> Add(const Peer& peer);

  /// Returns the peer of a slot and forgets it; nothing for a slot that is not in use.
  [[nodiscard]] std::optional<Peer> Take(uint64_t slot);

  /// Returns the peer of a slot, or null. Valid until the table changes.
  [[nodiscard]] const Peer* Find(uint64_t slot) const;

  /// Puts another peer in a slot's place. Requires: the slot is in use.
  void Replace(uint64_t slot, const Peer& peer);

  /// Returns how many wait.
  size_t size() const { return entries_.size() - free_.size(); }

 private:
  /// A place in the table.
  struct Entry {
    uint32_t generation = 0;
    bool used = false;
    Peer peer;
  };

  size_t most_;
  std::vector<Entry> entries_;
  std::vector<uint32_t> free_;
};

}  // namespace taprootd
