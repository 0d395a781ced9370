#include "engine/wire/name_reader.h"

#include <cstring>

#include "engine/wire/message.h"
#include "engine/world/limits.h"

namespace wire {
namespace {

/// The two top bits that tell a pointer from a label (RFC 1035 section 4.1.4).
constexpr uint8_t kPointerBits = 0xc0;

}  // namespace

std::optional<size_t> NameReader::Read(size_t at, Compression compression, NameBuffer& name) const {
  size_t run = at;  // Where the labels at hand began; a pointer must lead to before it.
  size_t after = 0;
  size_t size = 0;
  for (size_t pointers = 0; at < message_.size();) {
    const size_t length = message_[at];
    if (length == 0) {
      name.octets[size] = 0;
      name.size = size + 1;
      return pointers == 0 ? at + 1 : after;
    }
    if (length <= Name::kMaxLabelOctets) {
      // One octet is kept free for the root label.
      if (length >= message_.size() - at || size + length + 1 >= Name::kMaxOctets) return std::nullopt;
      std::memcpy(name.octets.data() + size, message_.data() + at, length + 1);
      size += length + 1;
      at += length + 1;
      continue;
    }
    if (length < kPointerBits || compression == Compression::kForbidden || at + 1 >= message_.size()) break;
    const size_t target = (length & ~size_t{kPointerBits}) << 8 | message_[at + 1];
    if (target >= run || target < kHeaderOctets || pointers == world::limits::kMaxPointersPerName) break;
    if (pointers++ == 0) after = at + 2;
    at = run = target;
  }
  return std::nullopt;
}

std::optional<size_t> NameReader::Skip(size_t at) const {
  while (at < message_.size()) {
    const size_t length = message_[at];
    if (length == 0) return at + 1;
    if (length >= kPointerBits) return at + 2 <= message_.size() ? std::optional(at + 2) : std::nullopt;
    if (length > Name::kMaxLabelOctets) break;
    at += length + 1;
  }
  return std::nullopt;
}

size_t NameReader::FirstLabel(size_t at) const {
  if (message_[at] < kPointerBits) return at;
  return (message_[at] & ~size_t{kPointerBits}) << 8 | message_[at + 1];
}

}  // namespace wire
