#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>
#include <absl/status/statusor.h>

#include <memory>
#include <span>
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

/// The NSEC sets that prove a denial (RFC 4035 section 3.1.3); empty when the zone has none.
using Denial = absl::InlinedVector<const wire::RrSet*, 2>;

/// The name is delegated from here. The glue is every A and AAAA set of the zone's file that belongs to one of its
/// nameservers, siblings' glue and the zone's own names included.
struct Referral {
  const wire::RrSet* ns = nullptr;
  const wire::RrSet* ds = nullptr;  ///< Null: there is none; `denial` proves that when the zone is signed.
  std::span<const wire::RrSet* const> glue;
  Denial denial;  ///< The NSEC of the delegation's name, if any.
};

/// The zone has the set, possibly a CNAME at the name for another type, or a DNAME above the name (RFC 6672 section
/// 3.2). A set of a wildcard keeps its owner `*.…`: the answer's owner is the question's name (RFC 4592 section 3.3.1).
struct Found {
  const wire::RrSet* rrset = nullptr;
  Denial denial;  ///< For a wildcard: the NSEC that proves that the name itself does not exist.
};

/// The name exists (possibly as an empty non-terminal), the type does not.
struct NoData {
  const wire::RrSet* soa = nullptr;
  Denial denial;
};

/// No such name, nor a wildcard that would make it.
struct NxDomain {
  const wire::RrSet* soa = nullptr;
  Denial denial;  ///< That the name does not exist, nor its wildcard; one set where it proves both.
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
  /// `file:line: `. Errors (InvalidArgument): syntax, $INCLUDE, empty, no SOA or two (an identical one at the end, as
  /// in the dump of a transfer, is no second), records outside the origin, not the wanted origin, no NS at the apex, a
  /// CNAME beside other data, truncated (the last line has no end, or the chain of NSECs does not close). Over
  /// kMaxZoneOctets, kMaxZoneRecords or kMaxRecordsPerRrset: ResourceExhausted.
  [[nodiscard]] static absl::StatusOr<Snapshot> Parse(world::OctetView text, std::string_view file_name,
                                                      const LoadOptions& options);

  const wire::Name& origin() const { return origin_; }
  const wire::RrSet& soa_rrset() const { return *soa_; }
  uint32_t serial() const { return serial_; }
  size_t record_count() const { return record_count_; }
  size_t delegation_count() const { return delegation_count_; }

  /// Returns what the zone says of (name, type). A question for DS at a delegation is answered here, as the parent.
  /// Type ANY finds the first set of the name (RFC 8482 section 4.1). Requires: name.IsAtOrBelow(origin()).
  Lookup Find(const wire::Name& name, wire::RrType type) const;

  /// Returns the set at exactly this name, glue included, or null.
  const wire::RrSet* Exact(const wire::Name& name, wire::RrType type) const;

  /// Returns whether the zone's keys are signed: without that, nothing in it can be validated.
  bool IsSigned() const;

  /// All sets in canonical order of their owners; for digests, dumps and the lab's model.
  const std::vector<wire::RrSet>& rrsets() const { return rrsets_; }

  /// Returns whether both have the same records, the order apart.
  bool SameContent(const Zone& other) const;

 private:
  friend class Builder;

  /// What only the Builder can make.
  struct Permit {};

 public:
  /// Makes a zone without anything, for the Builder to fill.
  explicit Zone(Permit) {}

 private:
  /// No delegation.
  static constexpr uint32_t kNoCut = UINT32_MAX;

  /// A name of the zone: an owner, or an empty non-terminal above one.
  struct Node {
    uint32_t first = 0;  ///< Its sets are rrsets_[first, first + count), in the order of their types.
    uint32_t count = 0;
    uint32_t cut = kNoCut;  ///< Its place in cuts_, for the owner of a delegation.
  };

  /// A delegation; its glue is glue_[first_glue, first_glue + glue_count).
  struct Cut {
    const wire::RrSet* ns = nullptr;
    const wire::RrSet* ds = nullptr;
    size_t first_glue = 0;
    size_t glue_count = 0;
  };

  /// Returns the node of a name, or null.
  const Node* NodeAt(const wire::Name& name) const;

  /// Returns the node's set of the type, or null.
  const wire::RrSet* SetOf(const Node& node, wire::RrType type) const;

  /// Returns the NSEC whose owner is the name or the last before it, if the zone has any.
  Denial NsecFor(const wire::Name& name) const;

  /// Returns the referral of a cut.
  Referral ReferralOf(const Cut& cut) const;

  /// Returns what the zone says of a name that it holds and has not delegated.
  Lookup AtNode(const Node& node, const wire::Name& name, wire::RrType type) const;

  /// Returns what the zone says of a name that it does not hold: a wildcard's answer, or that there is none.
  Lookup BelowEncloser(const wire::Name& encloser, const wire::Name& name, wire::RrType type) const;

  wire::Name origin_;
  const wire::RrSet* soa_ = nullptr;
  uint32_t serial_ = 0;
  size_t record_count_ = 0;
  size_t delegation_count_ = 0;
  std::vector<wire::RrSet> rrsets_;  ///< By owner in canonical order, then type; the rdata of each in order of octets.
  absl::flat_hash_map<wire::Name, Node> nodes_;
  std::vector<Cut> cuts_;
  std::vector<const wire::RrSet*> glue_;
  std::vector<const wire::RrSet*> nsecs_;  ///< In canonical order of their owners.
};

/// Returns whether serial `a` is older than `b` (RFC 1982 section 3.2). Neither is where they are 2^31 apart.
bool SerialIsOlder(uint32_t a, uint32_t b);

/// What happens to the root snapshot on a reload.
enum class Replacement : uint8_t {
  kTaken,       ///< Newer, or the first.
  kSame,        ///< Same serial and content: nothing to do.
  kOlder,       ///< Refused, unless forced; also where RFC 1982 leaves the order open.
  kSameSerial,  ///< Refused: same serial, other content.
};

/// Decides whether `candidate` may replace `current` (which may be null).
Replacement JudgeReplacement(const Snapshot& current, const Zone& candidate);

}  // namespace zone
