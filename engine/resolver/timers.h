#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "engine/world/time.h"

namespace resolver {

/// Names a resolution within its engine. Never reused.
enum class ResolutionId : uint64_t {};

/// Deadlines in the order of (instant, resolution): the same run has the same order. A deadline that was moved leaves
/// its old entry behind; whoever takes it compares it with what the resolution waits for.
class Timers {
 public:
  /// When a resolution wants to be woken.
  struct Entry {
    world::Instant at;
    ResolutionId id{};

    bool operator>(const Entry& other) const { return at != other.at ? at > other.at : id > other.id; }
  };

  /// Adds a deadline. Requires: not kNever.
  void Add(Entry entry) { entries_.push(entry); }

  /// Returns the earliest deadline, perhaps one that was left behind; kNever when there is none.
  world::Instant Next() const { return entries_.empty() ? world::kNever : entries_.top().at; }

  /// Takes the earliest entry out. Requires: Next() is not kNever.
  Entry Take() {
    const Entry entry = entries_.top();
    entries_.pop();
    return entry;
  }

 private:
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> entries_;
};

}  // namespace resolver
