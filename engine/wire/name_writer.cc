#include "engine/wire/name_writer.h"

#include <cstring>

#include "engine/wire/lower.h"
#include "engine/wire/name.h"
#include "engine/world/limits.h"

namespace wire {
namespace {

using world::OctetView;

/// A pointer has 14 bits of offset, behind two set bits.
constexpr size_t kPointerReach = 0x4000;
constexpr uint8_t kPointerBits = 0xc0;
constexpr size_t kMaxLabels = 127;

/// Returns a hash of a label in lower case and of what stands behind it.
uint32_t HashLabel(OctetView label, uint16_t parent) {
  constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;
  uint64_t hash = (uint64_t{parent} << 8 | label.size()) * kMultiplier;
  const uint8_t* at = label.data();
  size_t left = label.size();
  for (; left >= 8; at += 8, left -= 8) hash = ((hash ^ hash >> 29) ^ LowerWord(LoadWord(at))) * kMultiplier;
  hash = ((hash ^ hash >> 29) ^ LowerWord(LoadPartOfWord(at, left))) * kMultiplier;
  return static_cast<uint32_t>(hash >> 32);
}

}  // namespace

size_t NameWriter::Write(OctetView name, size_t at) {
  std::array<uint8_t, kMaxLabels> offsets;
  size_t count = 0;
  for (size_t offset = 0; name[offset] != 0; offset += name[offset] + size_t{1}) {
    offsets[count++] = static_cast<uint8_t>(offset);
  }
  const auto label = [&](size_t index) { return name.subspan(offsets[index] + size_t{1}, name[offsets[index]]); };

  LabelId behind = kRoot;
  uint32_t hash = 0;
  size_t whole = count;  // How many labels from the left are to be written out.
  for (; whole > 0; --whole) {
    hash = HashLabel(label(whole - 1), behind);
    const LabelId found = Find(label(whole - 1), behind, hash);
    if (found == kRoot) break;
    behind = found;
  }
  const size_t target = behind == kRoot ? 0 : targets_[behind - size_t{1}].at;
  for (size_t i = whole; i > 0; --i) {
    if (i < whole) hash = HashLabel(label(i - 1), behind);
    behind = Remember(at + offsets[i - 1], behind, hash);
    if (behind == kRoot) break;
  }
  const size_t written = whole == count ? name.size() - 1 : offsets[whole];
  std::memcpy(message_ + at, name.data(), written);
  at += written;
  if (target != 0) return WritePointer(target, at);
  message_[at] = 0;
  return at + 1;
}

size_t NameWriter::Repeat(OctetView name, size_t earlier, size_t at) {
  if (name.size() == 1 || earlier >= kPointerReach) return Write(name, at);
  if (message_[earlier] < kPointerBits) return WritePointer(earlier, at);
  std::memcpy(message_ + at, message_ + earlier, 2);
  return at + 2;
}

void NameWriter::Forget(size_t at) {
  while (!targets_.empty() && targets_.back().at >= at) {
    last_of_bucket_[targets_.back().hash % kBuckets] = targets_.back().next;
    targets_.pop_back();
  }
}

NameWriter::LabelId NameWriter::Find(OctetView label, LabelId parent, uint32_t hash) const {
  LabelId id = last_of_bucket_[hash % kBuckets];
  for (int looked_at = 0; id != kRoot && looked_at < kMostLookedAt; ++looked_at) {
    const Target& target = targets_[id - size_t{1}];
    const uint8_t* const known = message_ + target.at;
    if (target.hash == hash && target.parent == parent && known[0] == label.size() &&
        EqualCaseless(known + 1, label.data(), label.size())) {
      return id;
    }
    id = target.next;
  }
  return kRoot;
}

NameWriter::LabelId NameWriter::Remember(size_t at, LabelId parent, uint32_t hash) {
  if (at >= kPointerReach || targets_.size() == world::limits::kMaxCompressionTargets) return kRoot;
  LabelId& last = last_of_bucket_[hash % kBuckets];
  targets_.push_back({.hash = hash, .at = static_cast<uint16_t>(at), .parent = parent, .next = last});
  last = static_cast<LabelId>(targets_.size());
  return last;
}

size_t NameWriter::WritePointer(size_t target, size_t at) {
  message_[at] = static_cast<uint8_t>(kPointerBits | target >> 8);
  message_[at + 1] = static_cast<uint8_t>(target);
  return at + 2;
}

}  // namespace wire
