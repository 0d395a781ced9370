#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "engine/servers/link_watch.h"
#include "engine/world/address.h"
#include "engine/world/time.h"

namespace servers {

/// How often it is tried whether a family that is down is back, and the longest that a server is waited for meanwhile.
inline constexpr world::Duration kProbePeriod = world::Seconds(1);

/// What is to be done about a failure.
struct Ruling {
  bool is_excused = false;                 ///< Not held against the server.
  std::vector<world::Address> forgiven{};  ///< Nor what these did just before.
};

/// How the uplink fares over one family, for people.
struct LinkReport {
  Link state = Link::kUp;
  uint64_t outages = 0;
  world::Duration down_for{};
};

/// Our way to the Internet, over both families, as what servers answer and do not answer tells it. Safe from any
/// thread; while all is well an answer costs two atomic accesses and no lock.
class Uplink {
 public:
  /// A response matched.
  void Answered(const world::Address& address, world::Instant now);
  /// A server failed to answer.
  [[nodiscard]] Ruling Failed(const Silence& silence, world::Instant now);

  /// Returns how the link of a family fares.
  Link StateOf(world::Family family) const { return At(family).state.load(std::memory_order_relaxed); }

  /// Returns whether nobody of the family answers, while others do: they are better asked.
  bool IsCutOff(world::Family family) const;

  /// Returns whether nobody at all can be reached: some family has just shown to be down, and nobody has been heard
  /// over another one since that began.
  bool IsDark(world::Instant now) const;

  /// Returns whether a question that fails at `now` may have failed for want of the uplink: it is dark, or was down
  /// within the time that a question has.
  bool IsAtFault(world::Instant now) const;

  /// Takes the chance to see whether a family that is cut off is back, every kProbePeriod; returns whether it is time.
  [[nodiscard]] bool TakeProbe(world::Family family, world::Instant now);

  /// Returns what there is to tell of a family.
  LinkReport ReportOf(world::Family family, world::Instant now) const;
  /// Failures that were excused.
  uint64_t pardons() const { return pardons_.load(std::memory_order_relaxed); }

 private:
  using Ticks = world::Duration::rep;

  /// One family. The atomics are copies of what is under the lock, for those who only look.
  struct Lane {
    mutable std::mutex mutex;
    LinkWatch watch;
    std::atomic<Link> state = Link::kUp;
    std::atomic<bool> is_troubled = false;  ///< Something has failed since the last answer that the watch knows of.
    std::atomic<Ticks> answered_at = world::Instant::min().time_since_epoch().count();
    std::atomic<Ticks> failed_at = world::Instant::min().time_since_epoch().count();
    std::atomic<Ticks> began = 0;
    std::atomic<Ticks> ended = world::Instant::min().time_since_epoch().count();
    std::atomic<Ticks> next_probe = world::Instant::min().time_since_epoch().count();
  };

  /// Returns the lane of a family.
  Lane& At(world::Family family) { return lanes_[static_cast<size_t>(family)]; }
  /// The same, to look at.
  const Lane& At(world::Family family) const { return lanes_[static_cast<size_t>(family)]; }

  std::array<Lane, 2> lanes_;
  std::atomic<uint64_t> pardons_ = 0;
};

}  // namespace servers
