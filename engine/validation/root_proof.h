#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "engine/dnssec/ds.h"
#include "engine/dnssec/keys.h"
#include "engine/dnssec/signature.h"
#include "engine/dnssec/zonemd.h"
#include "engine/settings/settings.h"
#include "engine/validation/anchors.h"
#include "engine/world/limits.h"
#include "engine/world/time.h"
#include "engine/zone/zone.h"

namespace validation {

/// Which keys vouch for a zone before anything of it was seen.
struct ZoneTrust {
  std::span<const dnssec::Ds> ds;
  std::span<const dnssec::Dnskey> keys;
};

/// What the zone's own keys are by its trust anchor.
enum class ApexKeys : uint8_t {
  kNone,          ///< The zone has no DNSKEY set.
  kNotAnchored,   ///< None of them is one that is trusted.
  kBadSignature,  ///< One is trusted, and has not signed the set in a way that is valid at this time.
  kTrusted,
};

/// A set whose signature is not valid.
struct BrokenSet {
  wire::Name owner;
  wire::RrType type{};
  bool has_signature = false;
  dnssec::SignatureOutcome outcome{};
  uint16_t key_tag = 0;

  /// Returns `com. DS: expired (key 26116)`.
  std::string ToText() const;
};

/// What a whole zone shows of its authenticity. Digest and signatures are found out apart; which of them has to be good
/// is for JudgeRoot to say.
struct RootProof {
  dnssec::ZonemdOutcome digest = dnssec::ZonemdOutcome::kNoRecord;
  ApexKeys keys = ApexKeys::kNone;
  dnssec::SignatureOutcome keys_outcome{};   ///< With kBadSignature: why.
  uint16_t anchor_tag = 0;                   ///< Of the key that is trusted and signed the keys.
  std::optional<BrokenSet> apex;             ///< The first of SOA, DNSKEY and ZONEMD that is not well signed.
  std::optional<BrokenSet> broken;           ///< The first of all sets of the zone that is not.
  size_t verified = 0;                       ///< Sets whose signature is valid.
  bool has_signatures = false;               ///< Some set of the zone has one.
  bool hides_zonemd = false;                 ///< The apex NSEC lists ZONEMD, and there is none: it was taken away.
  std::optional<wire::RrType> unknown_type;  ///< A type that has no place in a root zone as it is known.

  bool exhausted = false;       ///< kMaxZoneSignatureChecks was hit: the rest was not looked at.
  world::WallTime valid_until;  ///< With kTrusted: when the first of the apex's signatures ends.
  /// Until when what the zone says needs no more proof than this: the digest, which covers the signatures too (RFC 8976
  /// section 3.3.1), matches, all sets are well signed, and this is when the first of the signatures that show it ends. Else min().
  world::WallTime proven_until = world::WallTime::min();

  /// Returns what the signatures show, for a person; the digest is not looked at.
  std::string SignaturesText() const;
  /// Returns lines for a person: the digest first, then the signatures.
  std::string ToText() const;
};

/// Returns what vouches for the root, borrowed from the anchors; nothing without any.
ZoneTrust RootTrust(const Anchors* anchors);

/// Finds out all that a zone shows at a time. Verifies every set, with `most_checks` operations at most: 0.2 s for the
/// root zone, so not in the way of queries.
RootProof ProveRoot(const zone::Zone& zone, const ZoneTrust& trust, world::WallTime now,
                    int most_checks = world::limits::kMaxZoneSignatureChecks);

/// Returns whether a zone of that proof may be used (RFC 8976 section 4, draft-wkumari-dnsop-localroot-bcp section 3),
/// or in words why not.
///   kRequire: the ZONEMD matches, and it, the SOA and the keys are signed from the anchor down;
///   kIfPresent: likewise; without a ZONEMD, and where none was taken away, every set has to be well signed;
///   kOff: always.
absl::Status JudgeRoot(settings::ZonemdPolicy policy, const RootProof& proof);

/// Returns what an accepted zone was accepted for: `ZONEMD and signatures, key 20326`.
std::string VerifiedBy(settings::ZonemdPolicy policy, const RootProof& proof);

}  // namespace validation
