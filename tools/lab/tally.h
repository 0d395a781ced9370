#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "engine/simulator/internet.h"

namespace lab {

/// What one worker has met. Filled by its thread, read by the main thread; so it has a lock.
class Tally {
 public:
  /// Holds the lock for a batch of queries.
  class Access {
   public:
    explicit Access(Tally& tally) : tally_(tally), lock_(tally.mutex_) {}
    simulator::Census& census() { return tally_.census_; }

    /// Counts the question of a query. Octets that are no query count as nothing.
    void CountQuestion(world::OctetView query);

   private:
    Tally& tally_;
    std::lock_guard<std::mutex> lock_;
  };

  explicit Tally(bool counts_questions) : counts_questions_(counts_questions) {}

 private:
  friend class Summary;
  bool counts_questions_;
  std::mutex mutex_;
  simulator::Census census_;
  absl::flat_hash_map<wire::Question, uint64_t> questions_;
};

/// What all workers together have met.
class Summary {
 public:
  /// Adds what a worker has met so far.
  void Add(Tally& tally);

  /// Returns the census, a line `temper NAME COUNT` or `shape NAME COUNT` each.
  std::string CensusText() const;

  /// Returns the questions, a line `COUNT NAME TYPE` each, sorted by name and type.
  std::string QuestionsText() const;

 private:
  simulator::Census census_;
  absl::flat_hash_map<wire::Question, uint64_t> questions_;
};

/// Returns the lines of a census.
std::string ToText(const simulator::Census& census);

}  // namespace lab
