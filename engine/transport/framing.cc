#include "engine/transport/framing.h"

#include <algorithm>

#include "engine/world/check.h"

namespace transport {
namespace {

/// Returns the length that the first two octets announce. Requires: two octets.
size_t AnnouncedLength(world::OctetView octets) { return size_t{octets[0]} << 8 | octets[1]; }

}  // namespace

Cut FrameReader::Next(world::OctetView input) {
  if (delivered_) {
    partial_.clear();
    delivered_ = false;
  }
  if (broken_) return {.message = std::nullopt, .rest = {}};
  return partial_.empty() ? CutWhole(input) : CutPartial(input);
}

Cut FrameReader::CutWhole(world::OctetView input) {
  if (input.size() < kLengthOctets) return CutPartial(input);
  const size_t length = AnnouncedLength(input);
  if (length > most_octets_ || input.size() < kLengthOctets + length) return CutPartial(input);
  return {.message = input.subspan(kLengthOctets, length), .rest = input.subspan(kLengthOctets + length)};
}

Cut FrameReader::CutPartial(world::OctetView input) {
  input = input.subspan(TakeUpTo(kLengthOctets, input));
  if (partial_.size() < kLengthOctets) return {.message = std::nullopt, .rest = {}};
  const size_t length = AnnouncedLength(partial_);
  if (length > most_octets_) {
    broken_ = true;
    return {.message = std::nullopt, .rest = {}};
  }
  input = input.subspan(TakeUpTo(kLengthOctets + length, input));
  if (partial_.size() < kLengthOctets + length) return {.message = std::nullopt, .rest = {}};
  delivered_ = true;
  return {.message = world::OctetView(partial_).subspan(kLengthOctets), .rest = input};
}

size_t FrameReader::TakeUpTo(size_t octets, world::OctetView input) {
  if (partial_.size() >= octets) return 0;
  const auto taken = input.first(std::min(octets - partial_.size(), input.size()));
  partial_.insert(partial_.end(), taken.begin(), taken.end());
  return taken.size();
}

void AppendFrame(world::OctetView message, world::Octets& out) {
  CHECK(message.size() <= kMaxMessageOctets);
  out.push_back(static_cast<uint8_t>(message.size() >> 8));
  out.push_back(static_cast<uint8_t>(message.size() & 0xff));
  out.insert(out.end(), message.begin(), message.end());
}

}  // namespace transport
