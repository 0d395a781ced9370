#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "engine/servers/address_record.h"
#include "engine/servers/zone_record.h"
#include "engine/wire/name.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace servers {

/// What a book holds, as it outlives the process: in a file of `server.state-dir`. Instants are those of the process
/// that holds it; in the file they are ages.
struct Memory {
  /// An address with what is known of it.
  struct OfAddress {
    world::Address address;
    AddressRecord record;
  };
  /// A zone with its servers.
  struct OfZone {
    wire::Name zone;
    ZoneRecord record;
  };

  std::vector<OfAddress> addresses;
  std::vector<OfZone> zones;
};

/// Returns the memory as octets: a version, the time, the records, and a checksum over all.
world::Octets Encode(const Memory& memory, const world::Now& now);

/// Returns the memory of `octets`, with ages that have grown by the time that has passed since by the wall clock.
/// Errors say what is wrong: nothing of it is to be used then.
[[nodiscard]] absl::StatusOr<Memory> Decode(world::OctetView octets, const world::Now& now);

/// Memories longer than this are not read: room for all of the tables' entries.
inline constexpr size_t kMaxMemoryOctets = 128 * 1024 * 1024;

}  // namespace servers
