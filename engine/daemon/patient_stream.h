#pragma once

#include <absl/status/statusor.h>

#include <atomic>
#include <memory>
#include <vector>

#include "engine/daemon/file_descriptor.h"
#include "engine/world/address.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace taprootd {

/// Tells threads aside that the process ends.
using StopSign = std::shared_ptr<const std::atomic<bool>>;

/// How long somebody on a thread aside waits.
struct Patience {
  world::Instant deadline;
  StopSign stopped;  ///< Seen within 100 ms.
};

/// A TCP connection of a thread aside, which may wait: for the sources of the root zone, and for nobody whose clients
/// wait too. Past the deadline every call fails with ResourceExhausted.
class PatientStream {
 public:
  explicit PatientStream(Patience patience) : patience_(std::move(patience)) {}

  /// Connects, within 10 s.
  [[nodiscard]] absl::Status Connect(const world::Endpoint& to);
  /// Sends all octets.
  [[nodiscard]] absl::Status Send(world::OctetView octets);
  /// Returns what has come, once something has within 20 s, valid until the next call; nothing at the end of the
  /// stream.
  [[nodiscard]] absl::StatusOr<world::OctetView> Receive();

 private:
  /// Waits until the socket is ready for `events` of poll(2), for at most `time`.
  absl::Status Await(short events, world::Duration time) const;

  Patience patience_;
  FileDescriptor fd_;
  world::Octets buffer_;
};

}  // namespace taprootd
