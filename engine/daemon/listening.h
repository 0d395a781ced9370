#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "engine/daemon/file_descriptor.h"
#include "engine/settings/settings.h"
#include "engine/world/address.h"
#include "engine/world/protocol.h"

namespace taprootd {

/// A bound socket on which clients are heard.
struct BoundSocket {
  FileDescriptor fd;
  world::Endpoint local;
  world::Protocol via = world::Protocol::kUdp;
};

/// The sockets of one worker: for each address of clients in the clear one of each kind, for each encrypted one a
/// listener.
struct WorkerSockets {
  std::vector<BoundSocket> udp;
  std::vector<BoundSocket> tcp;
};

/// What was opened, and what an operator should know of it.
struct Listening {
  std::vector<WorkerSockets> workers;
  std::vector<std::string> warnings;
};

/// Opens the sockets of all workers: each worker has its own on each address (SO_REUSEPORT), so that the kernel spreads
/// the clients. Errors name every address that cannot be had, all at once. An IPv6 address on a host without IPv6 is a
/// warning as long as another address is left.
[[nodiscard]] absl::StatusOr<Listening> OpenListening(const settings::Settings::Server& server, size_t workers);

}  // namespace taprootd
