#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"

namespace dnssec {

/// IANA: ZONEMD hash algorithms. The one scheme is SIMPLE (1).
enum class ZonemdHash : uint8_t { kSha384 = 1, kSha512 = 2 };

/// What a zone's ZONEMD says of the zone. Whether it is authentic is for its signature to say.
enum class ZonemdOutcome : uint8_t {
  kMatches,
  kNoRecord,
  kUnsupported,    ///< Only schemes or hashes that are unknown here.
  kSerialDiffers,  ///< The record is of another version of the zone.
  kAmbiguous,      ///< Two records of one scheme and hash: neither counts (RFC 8976 section 4).
  kDigestDiffers,
  kMalformed,  ///< No SOA, or a record that cannot be read.
};

/// Returns a word for the outcome, for a person.
const char* ToText(ZonemdOutcome outcome);

/// Returns the digest of scheme SIMPLE over all sets of a zone (RFC 8976 section 3.3.1): every record and RRSIG but the
/// apex's ZONEMD and the RRSIGs that cover it. Empty for a hash that is unknown.
/// Requires: the sets are in canonical order of their owners, then of their types, as zone::Zone::rrsets() has them.
world::Octets ZoneDigest(std::span<const wire::RrSet> rrsets, const wire::Name& apex, ZonemdHash hash);

/// Judges the zone by its ZONEMD (RFC 8976 section 4). One matching record suffices.
ZonemdOutcome JudgeZonemd(std::span<const wire::RrSet> rrsets, const wire::Name& apex);

/// Returns the rdata of the ZONEMD for a zone of this serial; the digest does not cover it, so it may be added after.
world::Octets ZonemdRdata(std::span<const wire::RrSet> rrsets, const wire::Name& apex, uint32_t serial,
                          ZonemdHash hash);

}  // namespace dnssec
