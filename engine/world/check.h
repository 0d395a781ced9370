#pragma once

namespace world {

/// Prints where a bug of ours showed itself, and aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

}  // namespace world

/// States what a reader may rely on; a failure is a bug of ours and ends the process, also in a release build.
/// Octets from the network can never make one fail: they are judged, not asserted.
#define CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::world::CheckFailed(#condition, __FILE__, __LINE__))
