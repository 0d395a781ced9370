#pragma once

#include <cstddef>
#include <optional>

#include "engine/world/octets.h"

namespace transport {

/// Octets of the length that stands before each message on a stream (RFC 1035 section 4.2.2).
inline constexpr size_t kLengthOctets = 2;

/// The longest message that a length of two octets can announce.
inline constexpr size_t kMaxMessageOctets = 65'535;

/// What one call cut off the front of a stream.
struct Cut {
  std::optional<world::OctetView> message;  ///< Borrowed until the reader's next call; nothing: more is needed.
  world::OctetView rest;                    ///< What follows the message in the input, for the next call.
};

/// Cuts a stream into DNS messages:
///
///     stream = *( length message )     length = 2 octets, big-endian; message = length octets
///
/// Keeps at most one unfinished message, and grows by what arrived, not by what was announced: a peer that announces
/// 64 KiB and sends three octets costs three octets.
class FrameReader {
 public:
  /// `most_octets` is the longest message that is taken.
  explicit FrameReader(size_t most_octets) : most_octets_(most_octets) {}

  /// Returns the next message of what was left over and `input`. Call again with `rest` until there is no message;
  /// then all of the input is taken. Once Broken(), takes nothing.
  [[nodiscard]] Cut Next(world::OctetView input);

  /// Returns whether a message longer than the bound was announced: the stream cannot go on.
  bool Broken() const { return broken_; }

  /// Returns whether the stream stands between two messages: an end here loses nothing.
  bool AtBoundary() const { return (partial_.empty() || delivered_) && !broken_; }

 private:
  /// Cuts a message that lies whole in the input, without copying it; keeps what is not whole.
  Cut CutWhole(world::OctetView input);
  /// Adds to the unfinished message what it lacks, and cuts it off when it is whole.
  Cut CutPartial(world::OctetView input);
  /// Moves octets of the input to the unfinished message until that has `octets`; returns how many.
  size_t TakeUpTo(size_t octets, world::OctetView input);

  size_t most_octets_;
  bool broken_ = false;
  bool delivered_ = false;  // partial_ holds a message that the caller borrowed; the next call forgets it.
  world::Octets partial_;   // Length octets included.
};

/// Appends `message` with its length in front to `out`. Requires: at most kMaxMessageOctets.
void AppendFrame(world::OctetView message, world::Octets& out);

}  // namespace transport
