#include "engine/cache/ready_answer.h"

#include <algorithm>
#include <cstring>

#include "engine/world/check.h"

namespace cache {
namespace {

using world::Instant;

/// Returns how many whole seconds have begun since `stored`: rounded up, so that no TTL outlives what it stands for.
uint32_t AgeInSeconds(Instant stored, Instant now) {
  const world::Duration age = std::max(now - stored, world::Duration::zero());  // Workers read their clocks apart.
  return static_cast<uint32_t>((age + world::Seconds(1) - world::Duration(1)) / world::Seconds(1));
}

/// Takes `age` from the 32-bit TTL at `ttl`, down to 0.
void CountDown(uint8_t* ttl, uint32_t age) {
  const uint32_t old = uint32_t{ttl[0]} << 24 | uint32_t{ttl[1]} << 16 | uint32_t{ttl[2]} << 8 | ttl[3];
  const uint32_t left = old > age ? old - age : 0;
  ttl[0] = static_cast<uint8_t>(left >> 24);
  ttl[1] = static_cast<uint8_t>(left >> 16);
  ttl[2] = static_cast<uint8_t>(left >> 8);
  ttl[3] = static_cast<uint8_t>(left);
}

}  // namespace

OwnedEntry MakeAnswerEntry(const KeyView& key, const ReadyAnswer& answer) {
  CHECK(answer.message.size() <= UINT16_MAX);
  for (const uint16_t offset : answer.ttl_offsets) CHECK(size_t{offset} + 4 <= answer.message.size());
  const size_t offset_octets = answer.ttl_offsets.size() * sizeof(uint16_t);
  const size_t extra_octets = answer.message.size() + offset_octets;
  auto entry = Entry::Make(key, extra_octets);
  std::memcpy(entry->extra(), answer.message.data(), answer.message.size());
  if (offset_octets > 0) {
    std::memcpy(entry->extra() + answer.message.size(), answer.ttl_offsets.data(), offset_octets);
  }
  entry->message_octets = static_cast<uint16_t>(answer.message.size());
  entry->ttl_count = static_cast<uint16_t>(answer.ttl_offsets.size());
  entry->stored = answer.stored;
  entry->charge = static_cast<uint32_t>(HeapCharge(*entry, extra_octets));
  return entry;
}

void CopyMessage(const Entry& entry, Instant now, world::Octets& out) {
  const uint8_t* const message = entry.extra();
  const uint8_t* const offsets = message + entry.message_octets;
  out.assign(message, offsets);
  const uint32_t age = AgeInSeconds(entry.stored, now);
  if (age == 0) return;
  for (size_t i = 0; i < entry.ttl_count; ++i) {
    uint16_t offset;
    std::memcpy(&offset, offsets + i * sizeof(offset), sizeof(offset));
    CountDown(out.data() + offset, age);
  }
}

}  // namespace cache
