#include "engine/daemon/client_table.h"

#include "engine/world/check.h"

namespace taprootd {
namespace {

/// Returns the index that a slot's number holds; its upper half is the generation.
size_t IndexOf(uint64_t slot) { return slot & 0xffffffff; }

}  // namespace

std::optional<uint64_t> ClientTable::Add(const Peer& peer) {
  if (size() >= most_) return std::nullopt;
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(entries_.size()));
    entries_.emplace_back();
  }
  const uint32_t index = free_.back();
  free_.pop_back();
  Entry& entry = entries_[index];
  entry.used = true;
  entry.peer = peer;
  return uint64_t{entry.generation} << 32 | index;
}

std::optional<Peer> ClientTable::Take(uint64_t slot) {
  if (Find(slot) == nullptr) return std::nullopt;
  Entry& entry = entries_[IndexOf(slot)];
  entry.used = false;
  ++entry.generation;
  free_.push_back(static_cast<uint32_t>(IndexOf(slot)));
  return entry.peer;
}

void ClientTable::Replace(uint64_t slot, const Peer& peer) {
  CHECK(Find(slot) != nullptr);
  entries_[IndexOf(slot)].peer = peer;
}

const Peer* ClientTable::Find(uint64_t slot) const {
  if (IndexOf(slot) >= entries_.size()) return nullptr;
  const Entry& entry = entries_[IndexOf(slot)];
  return entry.used && entry.generation == slot >> 32 ? &entry.peer : nullptr;
}

}  // namespace taprootd
