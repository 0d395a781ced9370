#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/world/address.h"
#include "engine/world/time.h"

namespace servers {

/// What failing servers say of the way that leads to all of them.
enum class Link : uint8_t {
  kUp,
  kSuspect,  ///< Some that had answered did not, and nobody has answered since.
  kDown,     ///< So many of them, unrelated to each other, that it is not them.
};

/// Returns `up`, `suspect` or `down`.
std::string_view ToText(Link link);

/// A server that did not answer in time, or was told to be out of reach.
struct Silence {
  world::Address address;
  world::Instant sent;    ///< When it was asked.
  bool was_good = false;  ///< It had answered before, and the last time: that it does not is news.
};

/// Whose fault it is when servers of one family do not answer: theirs, or that of our way to all of them. A response of
/// anyone that was asked later ends all suspicion, so that a few dead servers among many live ones never look like an
/// outage. Pure.
class LinkWatch {
 public:
  /// Servers that have to fail in a row, and the networks that they are of (/24, /48). Real zones have up to 13
  /// servers, but those of one question are asked one after the other, and most stand in two or three networks; an
  /// outage brings five together within a second at 10 questions a second.
  static constexpr size_t kLeastServers = 5;
  static constexpr size_t kLeastNetworks = 4;
  /// Servers that are remembered; the failures of more of one network tell nothing more.
  static constexpr size_t kMostServers = 16;

  /// Somebody answered.
  void Answered(world::Instant now);

  /// Takes a failure in. Returns whether it is the link's: then it is not held against the server.
  [[nodiscard]] bool Failed(const Silence& silence);

  /// Returns the servers that had failed before the link was known to be down, once: nor is it held against them.
  std::vector<world::Address> TakeForgiven();

  Link state() const;
  /// When the first of the servers that failed was asked. Requires: not kUp.
  world::Instant began() const { return began_; }
  /// Times that the link was found to be down.
  uint64_t outages() const { return outages_; }
  /// Returns how long the link was down in all.
  world::Duration DownFor(world::Instant now) const;

 private:
  /// Returns whether enough unrelated servers have failed.
  bool IsConvinced() const;

  world::Instant answered_at_ = world::Instant::min();
  std::vector<world::Address> failed_;  // Since then, each once.
  std::vector<world::Address> forgiven_;
  world::Instant began_{};
  // The last outage.
  world::Instant last_began_ = world::Instant::max();
  world::Instant last_ended_ = world::Instant::min();
  bool is_down_ = false;
  uint64_t outages_ = 0;
  world::Duration down_for_{};  // The outage that lasts not counted.
};

}  // namespace servers
