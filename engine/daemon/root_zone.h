#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/settings/settings.h"
#include "engine/validation/anchors.h"
#include "engine/world/time.h"
#include "engine/zone/verified_copy.h"
#include "engine/zone/zone.h"

namespace taprootd {

/// Where root zones come from, and what they have to show.
struct RootOptions {
  std::string zone_file;  ///< Set: the one source.
  std::vector<settings::ZoneSource> sources;
  std::string authorities_file;  ///< Of the certificates of https sources; empty: the system's.
  std::string copy_file;         ///< Where the zone that was fetched is kept; empty: nowhere.
  std::string hints_file;
  settings::ZonemdPolicy policy = settings::ZonemdPolicy::kRequire;
  validation::SharedAnchors anchors;
};

/// Returns the options that the settings make.
RootOptions RootOptionsOf(const settings::Settings& settings, validation::SharedAnchors anchors);

/// What a zone in use was found to show, digest and signatures apart.
struct RootEvidence {
  std::string verified_by;                     ///< What it was accepted for, in words; empty without a zone.
  std::string digest;                          ///< What its ZONEMD says, in words.
  std::string signatures;                      ///< What its signatures say, in words.
  bool has_digest = false;                     ///< The ZONEMD matches.
  bool is_signed = false;                      ///< All signatures are valid, from a trust anchor down.
  std::optional<world::WallTime> verified;     ///< When that was found out; nothing: it was not asked.
  std::optional<world::WallTime> valid_until;  ///< When the first of the apex's signatures ends.
  world::WallTime proven_until = world::WallTime::min();  ///< validation::RootProof::proven_until.
};

/// A zone that was read and found authentic, as far as that is asked.
struct ProvenZone {
  zone::Snapshot zone;
  RootEvidence evidence;
};

/// A verified copy of an earlier run.
struct KeptZone {
  ProvenZone proven;
  zone::CopyHead head;
};

/// Returns the root zone of a file, parsed; errors are `file: why` or `file:line: why`. On any thread.
[[nodiscard]] absl::StatusOr<zone::Snapshot> ReadRootZone(const std::string& file);

/// Returns the zone with what it shows if that suffices, or `origin: why`. On any thread; takes 0.3 s.
[[nodiscard]] absl::StatusOr<ProvenZone> ProveRootZone(zone::Snapshot zone, const std::string& origin,
                                                       const RootOptions& options, world::WallTime now);

/// Returns the copy that was kept, proven anew; NotFound when there is none, another error when it is of no use (any
/// more). On any thread.
[[nodiscard]] absl::StatusOr<KeptZone> ReadRootCopy(const RootOptions& options, world::WallTime now);

/// Keeps a zone for the next start. On any thread.
[[nodiscard]] absl::Status WriteRootCopy(const RootOptions& options, const zone::CopyHead& head,
                                         const zone::Zone& zone);

/// Returns the SOA of a zone.
wire::Soa SoaOf(const zone::Zone& zone);

}  // namespace taprootd
