#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/wire/name.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"

namespace zone {

class Zone;

/// A zone that many readers share and nobody changes: replaced whole.
using Snapshot = std::shared_ptr<const Zone>;

/// The name is delegated from here. The glue is every A and AAAA set of the zone's file that belongs to one of its
/// nameservers and stands at or below a delegation of the zone (siblings' glue included).
struct Referral {
  const wire::RrSet* ns = nullptr;
  const wire::RrSet* ds = nullptr;  ///< Null: there is none; `denial` proves that when the zone is signed.
  std::vector<const wire::RrSet*> glue;
  std::vector<const wire::RrSet*> denial;  ///< The NSEC of the delegation's name, if any.
};

/// The zone has the set (possibly a CNAME at the name for another type).
struct Found {
  const wire::RrSet* rrset = nullptr;
};

/// The name exists (possibly as an empty non-terminal), the type does not.
struct NoData {
  const wire::RrSet* soa = nullptr;
  std::vector<const wire::RrSet*> denial;  ///< NSEC sets that prove it, if the zone has them.
};

/// No such name, nor a wildcard that would make it.
struct NxDomain {
  const wire::RrSet* soa = nullptr;
  std::vector<const wire::RrSet*> denial;
};

/// What a zone says of a question (RFC 1034 section 4.3.2). Pointers live as long as the zone.
using Lookup = std::variant<Referral, Found, NoData, NxDomain>;

/// Settings of a load.
struct LoadOptions {
  wire::Name origin;  ///< What the zone must be; the root by default.
};

/// A whole zone in memory, immutable. Of class IN.
class Zone {
 public:
  /// Parses master-file text (RFC 1035 section 5) with ldns. `file_name` is only for error texts, which begin
  /// `file:line: `. Errors (InvalidArgument): syntax, no SOA or two, records outside the origin, not the wanted origin,
  /// truncated (the last line has no end, or the file's last record is not the SOA's repetition where the file began as
  /// a root zone transfer does), empty, no NS at the apex, over kMaxZoneOctets or kMaxZoneRecords (ResourceExhausted).
  [[nodiscard]] static absl::StatusOr<Snapshot> Parse(world::OctetView text, std::string_view file_name,
                                                      const LoadOptions& options);

  const wire::Name& origin() const { return origin_; }
  const wire::RrSet& soa_rrset() const { return *soa_; }
  uint32_t serial() const { return serial_; }
  size_t record_count() const { return record_count_; }
  size_t delegation_count() const { return delegation_count_; }

  /// Returns what the zone says of (name, type). A question for DS at a delegation is answered here, as the parent.
  /// Requires: name.IsAtOrBelow(origin()).
  Lookup Find(const wire::Name& name, wire::RrType type) const;

  /// Returns the set at exactly this name, glue included, or null.
  const wire::RrSet* Exact(const wire::Name& name, wire::RrType type) const;

  /// All sets in canonical order of their owners; for digests, dumps and the lab's model.
  const std::vector<wire::RrSet>& rrsets() const { return rrsets_; }

  /// Returns whether both have the same records, the order apart.
  bool SameContent(const Zone& other) const;

 private:
  struct Node;
  Zone() = default;

  wire::Name origin_;
  const wire::RrSet* soa_ = nullptr;
  uint32_t serial_ = 0;
  size_t record_count_ = 0;
  size_t delegation_count_ = 0;
  std::vector<wire::RrSet> rrsets_;
};

/// Returns whether serial `a` is older than `b` (RFC 1982 section 3.2).
bool SerialIsOlder(uint32_t a, uint32_t b);

/// What happens to the root snapshot on a reload.
enum class Replacement : uint8_t {
  kTaken,       ///< Newer, or the first.
  kSame,        ///< Same serial and content: nothing to do.
  kOlder,       ///< Refused, unless forced.
  kSameSerial,  ///< Refused: same serial, other content.
};

/// Decides whether `candidate` may replace `current` (which may be null).
Replacement JudgeReplacement(const Snapshot& current, const Zone& candidate);

}  // namespace zone
