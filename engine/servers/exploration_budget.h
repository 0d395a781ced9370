#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace servers {

/// What share of all packets goes aside, to learn: each packet earns a little, each aside costs one. What was saved up
/// when nothing was to be learned is bounded, so that a hostile client cannot have it spent at once. Safe from any
/// thread; a race may cost or save a packet.
class ExplorationBudget {
 public:
  /// `percent` of all packets may go aside. Begins with a little: a cold start has much to learn, and its clients wait
  /// longest as it is.
  explicit ExplorationBudget(int64_t percent) : earned_(percent), saved_(percent > 0 ? kFirst : 0) {}

  /// A packet was sent.
  void Add() {
    if (saved_.load(std::memory_order_relaxed) < kMost) saved_.fetch_add(earned_, std::memory_order_relaxed);
  }

  /// Takes what one aside costs; returns whether there was enough.
  [[nodiscard]] bool Take() {
    int64_t saved = saved_.load(std::memory_order_relaxed);
    while (saved >= kCost) {
      if (saved_.compare_exchange_weak(saved, saved - kCost, std::memory_order_relaxed)) return true;
    }
    return false;
  }

 private:
  static constexpr int64_t kCost = 100;
  static constexpr int64_t kFirst = 50 * kCost;
  static constexpr int64_t kMost = 200 * kCost;

  int64_t earned_;  // In hundredths of an aside, as saved_.
  std::atomic<int64_t> saved_;
};

}  // namespace servers
