#include "engine/cache/shard.h"

#include <utility>

#include "engine/world/check.h"

namespace cache {

Entry* Shard::Find(const KeyView& key, world::Instant now) {
  const auto at = index_.find(key);
  if (at == index_.end()) return nullptr;
  if ((*at)->expires <= now) {
    if ((*at)->stale_until <= now) TakeAt(at);
    return nullptr;
  }
  (*at)->visited = true;
  return at->get();
}

const Entry* Shard::FindStale(const KeyView& key, world::Instant now) const {
  const auto at = index_.find(key);
  return at == index_.end() || (*at)->stale_until <= now ? nullptr : at->get();
}

const Entry* Shard::Peek(const KeyView& key, world::Instant now) const {
  const auto at = index_.find(key);
  return at == index_.end() || (*at)->expires <= now ? nullptr : at->get();
}

void Shard::Put(OwnedEntry entry, world::Instant now) {
  const KeyView key{entry->name(), entry->traits, entry->hash};
  if (const auto at = index_.find(key); at != index_.end()) entry->visited = TakeAt(at)->visited;
  if (entry->charge > limit_octets_ / 2) return;
  MakeRoom(entry->charge, now);
  Link(*entry);
  entry_octets_ += entry->charge;
  ++counts_[static_cast<size_t>(entry->traits.kind)];
  ++insertions_;
  index_.insert(std::move(entry));
  MakeRoom(0, now);  // The index may have grown.
}

bool Shard::Remove(const KeyView& key) {
  const auto at = index_.find(key);
  if (at == index_.end()) return false;
  TakeAt(at);
  return true;
}

OwnedEntry Shard::Take(Entry& entry) {
  const auto at = index_.find(&entry);
  CHECK(at != index_.end());
  return TakeAt(at);
}

OwnedEntry Shard::TakeAt(Index::iterator at) {
  OwnedEntry entry = std::move(index_.extract(at).value());
  Unlink(*entry);
  entry_octets_ -= entry->charge;
  --counts_[static_cast<size_t>(entry->traits.kind)];
  return entry;
}

void Shard::Link(Entry& entry) {
  entry.older = newest_;
  entry.newer = nullptr;
  (newest_ != nullptr ? newest_->newer : oldest_) = &entry;
  newest_ = &entry;
}

void Shard::Unlink(Entry& entry) {
  if (hand_ == &entry) hand_ = entry.newer;
  (entry.older != nullptr ? entry.older->newer : oldest_) = entry.newer;
  (entry.newer != nullptr ? entry.newer->older : newest_) = entry.older;
}

void Shard::MakeRoom(size_t octets, world::Instant now) {
  while (!index_.empty() && Octets() + octets > limit_octets_) EvictOne(now);
}

void Shard::EvictOne(world::Instant now) {
  Entry* candidate = hand_ != nullptr ? hand_ : oldest_;
  // Ends within two rounds: the first one takes every mark away.
  while (candidate->visited && candidate->expires > now) {
    candidate->visited = false;
    candidate = candidate->newer != nullptr ? candidate->newer : oldest_;
  }
  hand_ = candidate->newer;
  Take(*candidate);
  ++evictions_;
}

}  // namespace cache
