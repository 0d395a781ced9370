#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/daemon/patient_stream.h"
#include "engine/daemon/root_zone.h"
#include "engine/settings/zone_source.h"
#include "engine/world/address.h"

namespace taprootd {

/// What one source of the root zone is asked for.
struct SourceQuery {
  settings::ZoneSource source;
  std::vector<world::Endpoint> at;  ///< Where it is, in the order to try; empty for a file.
  RootOptions options;              ///< What the zone has to show.
  std::optional<uint32_t> serial;   ///< Of the zone in use; nothing: whatever there is.
  zone::Snapshot since;             ///< The zone in use where it has proven itself: its changes are asked for. Or null.
  std::string etag;                 ///< Of the zone in use, where it came from this source, as is the next.
  std::string modified;
  Patience patience;
};

/// What a source answered.
struct SourceAnswer {
  std::optional<ProvenZone> zone;  ///< Nothing: it confirms the zone in use.
  std::string etag;                ///< As the source names this version of the zone.
  std::string modified;
};

/// Asks a source, and proves what it gives. On a thread aside: takes up to kMaxRootFetchTime. Errors are `source: why`,
/// ResourceExhausted where a limit was hit.
[[nodiscard]] absl::StatusOr<SourceAnswer> AskSource(const SourceQuery& query);

}  // namespace taprootd
