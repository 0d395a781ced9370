#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/dnssec/keys.h"
#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"

namespace dnssec {

/// IANA: Digest Algorithms of the DS record.
enum class DigestType : uint8_t { kSha1 = 1, kSha256 = 2, kSha384 = 4 };

/// A DS's rdata, read (RFC 4034 section 5.1):  key tag (16) | algorithm (8) | digest type (8) | digest.
struct Ds {
  uint16_t key_tag = 0;
  Algorithm algorithm{};
  DigestType digest_type{};
  world::Octets digest;

  /// Returns the DS of its rdata, or nothing when that is too short.
  [[nodiscard]] static std::optional<Ds> FromRdata(world::OctetView rdata);
};

/// Returns the DSs of a set that count: of supported algorithm and digest type, and without those of SHA-1 where a
/// stronger one for the same algorithm is there (RFC 4509 section 3). None: the zone is insecure (RFC 6840
/// section 5.2). At most kMaxDsPerSet.
std::vector<Ds> UsableDs(const wire::RrSet& ds_set);

/// What is to be said of a DS and a key.
enum class DsOutcome : uint8_t {
  kMatches,
  kUnsupportedDigest,
  kOtherKey,       ///< The key has another tag or algorithm.
  kNoZoneKey,      ///< The key signs no zone data, or is revoked (RFC 4034 section 5.2, RFC 5011 section 2.1).
  kDigestDiffers,  ///< Tag and algorithm are the key's, the digest is not.
};

/// Returns whether the DS is of this key of the zone `owner` (RFC 4034 section 5.1.4).
DsOutcome Match(const Ds& ds, const wire::Name& owner, const Dnskey& dnskey);

/// Returns the rdata of the DS for a key; empty for a digest type that is unsupported.
world::Octets DsRdataFor(const wire::Name& owner, const Dnskey& dnskey, DigestType digest_type);

}  // namespace dnssec
