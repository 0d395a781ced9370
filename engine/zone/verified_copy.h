#pragma once

#include <optional>
#include <string>

#include "engine/world/octets.h"
#include "engine/world/time.h"
#include "engine/zone/zone.h"

namespace zone {

/// Where a zone came from, as its copy on disk says.
struct CopyHead {
  std::string source;       ///< As in the settings.
  world::WallTime fetched;  ///< When it came; whole seconds, as is the next.
  world::WallTime checked;  ///< When a source last confirmed it.
  std::string etag{};       ///< Of HTTP (RFC 9110 section 8.8.3), as the next: to ask for what is newer alone.
  std::string modified{};

  bool operator==(const CopyHead&) const = default;
};

/// Returns a zone as a master file that begins with its head, in comments:
///
///     ; taproot root copy
///     ; source: https://www.internic.net/domain/root.zone
///     ; fetched: 1790000000
///     ; checked: 1790003600
///     ; etag: "abc"
///     ; modified: Sat, 21 Nov 2026 05:00:00 GMT
std::string CopyText(const CopyHead& head, const Zone& zone);

/// Returns the head that such a file begins with, or nothing when it is no such file. The zone itself is for
/// Zone::Parse.
[[nodiscard]] std::optional<CopyHead> ReadCopyHead(world::OctetView text);

}  // namespace zone
