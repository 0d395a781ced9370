#pragma once

#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/cache/entry.h"
#include "engine/world/time.h"

namespace cache {

/// A part of the store with a byte limit of its own. Eviction is SIEVE (Zhang et al., NSDI 2024): entries stand in the
/// order of insertion, a hit sets a bit and moves nothing, and a hand that walks from old to new takes the first entry
/// that was not found since it last came by. Expired entries go when they are touched, unless they are of use still,
/// and when the hand meets them. Has no lock: the store has one for each shard.
class Shard {
 public:
  explicit Shard(size_t limit_octets) : limit_octets_(limit_octets) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  /// Returns the live entry of `key`, marked as visited, or null. Valid until the next call that is not const.
  Entry* Find(const KeyView& key, world::Instant now);

  /// Returns the entry of `key`, if it is live or still of use, or null. Not marked: what is stale goes first.
  const Entry* FindStale(const KeyView& key, world::Instant now) const;

  /// Returns the live entry of `key`, or null, without a trace of the look-up.
  const Entry* Peek(const KeyView& key, world::Instant now) const;

  /// Keeps `entry` in place of the one with the same key, if any; makes room first. An entry that would fill more than
  /// half of the shard is not kept.
  void Put(OwnedEntry entry, world::Instant now);

  /// Forgets the entry of `key`; returns whether there was one.
  bool Remove(const KeyView& key);

  /// Takes out every entry for which `matches(entry)` holds. The caller destroys them once it has unlocked.
  template <typename Predicate>
  std::vector<OwnedEntry> TakeIf(Predicate matches) {
    std::vector<OwnedEntry> taken;
    for (Entry* entry = oldest_; entry != nullptr;) {
      Entry* const next = entry->newer;
      if (matches(std::as_const(*entry))) taken.push_back(Take(*entry));
      entry = next;
    }
    return taken;
  }

  /// Octets of heap in use: the entries and the index. Never above the limit, but for the moment in which the index
  /// grows.
  size_t Octets() const { return entry_octets_ + index_.capacity() * kSlotOctets; }

  /// Returns how many entries of a kind there are.
  size_t CountOf(EntryKind kind) const { return counts_[static_cast<size_t>(kind)]; }
  uint64_t evictions() const { return evictions_; }
  uint64_t insertions() const { return insertions_; }

 private:
  /// Hashes by what the entry remembers, so that growing touches no name.
  struct Hash {
    using is_transparent = void;
    size_t operator()(const KeyView& key) const { return key.hash; }
    size_t operator()(const Entry* entry) const { return entry->hash; }
    size_t operator()(const OwnedEntry& entry) const { return entry->hash; }
  };
  /// Compares an entry with a key, or with itself.
  struct Equal {
    using is_transparent = void;
    bool operator()(const OwnedEntry& entry, const KeyView& key) const { return entry->Is(key); }
    bool operator()(const OwnedEntry& entry, const Entry* other) const { return entry.get() == other; }
    bool operator()(const OwnedEntry& a, const OwnedEntry& b) const { return a == b; }
  };
  using Index = absl::flat_hash_set<OwnedEntry, Hash, Equal>;

  /// A pointer and a control octet for each slot of the index.
  static constexpr size_t kSlotOctets = sizeof(OwnedEntry) + 1;

  /// Unlinks an entry and hands it over.
  OwnedEntry Take(Entry& entry);
  /// Takes out the entry at `at`, which is `entry`.
  OwnedEntry TakeAt(Index::iterator at);
  /// Puts an entry at the young end of the order.
  void Link(Entry& entry);
  /// Takes an entry out of the order; the hand steps off it.
  void Unlink(Entry& entry);
  /// Evicts until `octets` more fit.
  void MakeRoom(size_t octets, world::Instant now);
  /// Lets the hand take one entry. Requires: there is one.
  void EvictOne(world::Instant now);

  const size_t limit_octets_;
  Index index_;
  Entry* newest_ = nullptr;
  Entry* oldest_ = nullptr;
  Entry* hand_ = nullptr;  // The next to be looked at; null: the oldest.
  size_t entry_octets_ = 0;
  std::array<size_t, kEntryKinds> counts_{};
  uint64_t evictions_ = 0;
  uint64_t insertions_ = 0;
};

}  // namespace cache
