#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "engine/daemon/patient_stream.h"
#include "engine/settings/zone_source.h"
#include "engine/world/address.h"
#include "engine/world/octets.h"

namespace taprootd {

/// A file that is asked for over HTTPS.
struct FileQuery {
  settings::ZoneSource source;
  std::string etag;  ///< Of the version at hand, as is the next; empty: none.
  std::string modified;
  std::string authorities_file;  ///< Of the certificates that are trusted; empty: the system's.
  Patience patience;
};

/// What a server has of it.
struct FileAnswer {
  bool is_unchanged = false;  ///< It is the version at hand; then there are no octets.
  world::Octets octets;
  std::string etag;
  std::string modified;
};

/// Fetches a file of at most kMaxZoneOctets. On a thread aside.
[[nodiscard]] absl::StatusOr<FileAnswer> FetchFile(const FileQuery& query, const world::Endpoint& from);

}  // namespace taprootd
