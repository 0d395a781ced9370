#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "engine/world/time.h"

namespace lab {

/// What waits for its time: a heap by (time, order of arrival).
template <typename Thing>
class Delays {
 public:
  /// Adds a thing that is due at `at`.
  void Add(world::Instant at, Thing thing) {
    heap_.push_back({at, next_sequence_++, std::move(thing)});
    std::ranges::push_heap(heap_, IsLater);
  }

  /// When the next thing is due; kNever without any.
  world::Instant NextAt() const { return heap_.empty() ? world::kNever : heap_.front().at; }

  /// Takes the thing that is due first. Requires: there is one.
  Thing TakeNext() {
    std::ranges::pop_heap(heap_, IsLater);
    Thing thing = std::move(heap_.back().thing);
    heap_.pop_back();
    return thing;
  }

  size_t size() const { return heap_.size(); }

 private:
  /// A thing with its place in the order.
  struct Entry {
    world::Instant at;
    uint64_t sequence;
    Thing thing;
  };

  /// Returns whether `a` is due after `b`.
  static bool IsLater(const Entry& a, const Entry& b) {
    return std::pair(a.at, a.sequence) > std::pair(b.at, b.sequence);
  }

  std::vector<Entry> heap_;
  uint64_t next_sequence_ = 0;
};

}  // namespace lab
