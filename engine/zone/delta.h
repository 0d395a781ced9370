#pragma once

#include <absl/status/statusor.h>

#include <string_view>
#include <vector>

#include "engine/wire/flat_records.h"
#include "engine/zone/zone.h"

namespace zone {

/// What a zone lost and won from one version to the next (RFC 1995 section 4).
struct Delta {
  wire::FlatRecord from;  ///< The SOA of the old version.
  std::vector<wire::FlatRecord> deleted;
  wire::FlatRecord to;  ///< The SOA of the new version.
  std::vector<wire::FlatRecord> added;
};

/// Returns the zone after these changes, in their order. Strict: each has to begin at the version that the one before
/// it made and to lead to a newer one (RFC 1982), to delete what is there and to add what is not; anything else is
/// InvalidArgument, `source: what`. Whether the outcome is authentic is for its ZONEMD and signatures to say.
[[nodiscard]] absl::StatusOr<Snapshot> Apply(const Zone& zone, const std::vector<Delta>& deltas,
                                             std::string_view source);

}  // namespace zone
