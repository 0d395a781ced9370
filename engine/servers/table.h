#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace servers {

/// A map that forgets: when it is full, a hand goes round and takes the first entry that was not used since it last
/// came by (CLOCK). Has no lock of its own. References hold until the next call that adds or evicts.
template <typename Key, typename Value>
class Table {
 public:
  /// Makes a table of at most `most` entries. Requires: at least one.
  explicit Table(size_t most) : most_(most) {}

  /// Returns the value of `key`, noted as used, or null.
  Value* Find(const Key& key) {
    const auto at = index_.find(key);
    if (at == index_.end()) return nullptr;
    slots_[at->second].used = true;
    return &slots_[at->second].value;
  }

  /// Returns the value of `key`, made anew if there is none.
  Value& FindOrAdd(const Key& key) {
    if (Value* const value = Find(key)) return *value;
    if (slots_.size() >= most_) EvictOne();
    index_.emplace(key, static_cast<uint32_t>(slots_.size()));
    return slots_.emplace_back(Slot{key, Value{}, false}).value;
  }

  /// Forgets one entry and returns what it held. Requires: size() > 0.
  Value EvictOne() {
    for (; slots_[hand_ % slots_.size()].used; ++hand_) slots_[hand_ % slots_.size()].used = false;
    hand_ %= slots_.size();
    Slot evicted = std::exchange(slots_[hand_], std::move(slots_.back()));
    slots_.pop_back();
    index_.erase(evicted.key);
    if (hand_ < slots_.size()) index_[slots_[hand_].key] = static_cast<uint32_t>(hand_);
    return std::move(evicted.value);
  }

  size_t size() const { return slots_.size(); }

  /// Calls `visit(key, value)` for every entry, in no order that means anything.
  template <typename Visitor>
  void ForEach(Visitor visit) const {
    for (const Slot& slot : slots_) visit(slot.key, slot.value);
  }

 private:
  /// An entry. Slots stand in the order of insertion, but that the last one fills the place of one that goes.
  struct Slot {
    Key key;
    Value value;
    bool used;
  };

  size_t most_;
  std::vector<Slot> slots_;
  absl::flat_hash_map<Key, uint32_t> index_;
  size_t hand_ = 0;
};

}  // namespace servers
