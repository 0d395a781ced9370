#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/wire/name_reader.h"
#include "engine/wire/rrset.h"
#include "engine/world/octets.h"

namespace wire {

/// One record of a message: where it stands, and its fixed fields.
struct Record {
  uint16_t owner_at = 0;
  RrType type = RrType::kA;
  RrClass rr_class = RrClass::kIn;
  uint32_t ttl = 0;
  uint16_t rdata_at = 0;
  uint16_t rdata_octets = 0;
};

/// Gathers the records of one section into RRsets, in time linear in their octets: few groups are searched through,
/// many by a table.
class RecordGroups {
 public:
  explicit RecordGroups(world::OctetView message) : message_(message), names_(message) {}

  /// Adds the sets of `records` to `sets`; returns false when an owner or an rdata is malformed.
  [[nodiscard]] bool Gather(std::span<const Record> records, std::vector<RrSet>& sets);

 private:
  static constexpr uint16_t kNoRecord = 0xffff;
  static constexpr size_t kFewGroups = 32;

  /// The records of one list of rdata, chained in their order through next_.
  struct Chain {
    uint16_t first = kNoRecord;
    uint16_t last = kNoRecord;
    uint16_t count = 0;
  };

  /// One set to be.
  struct Group {
    Name owner;
    RrType type = RrType::kA;
    RrClass rr_class = RrClass::kIn;
    uint32_t ttl = 0;
    Chain rdatas;
    Chain signatures;
    uint16_t next_of_hash = kNoRecord;
  };

  /// Reads the owner of `record` into owner_; the same place as the last one's is not read again.
  bool ReadOwner(const Record& record);
  /// Returns the group of owner_ and the given type and class, or nothing.
  Group* Find(RrType type, RrClass rr_class);
  /// Returns the same, made if need be.
  Group& FindOrAdd(RrType type, RrClass rr_class, uint32_t ttl);
  /// Puts the record with this index into the group that it belongs to.
  bool Place(size_t index);
  /// Puts an RRSIG with the set it covers, if that is there.
  bool PlaceSignature(size_t index);
  /// Adds the record with this index to `chain`.
  void Append(size_t index, Group& group, Chain& chain);
  /// Reads the rdata of all records of `chain` into `list`, each once (RFC 2181 section 5).
  bool ReadRdatas(const Chain& chain, RdataList& list) const;

  world::OctetView message_;
  NameReader names_;
  std::span<const Record> records_;
  absl::InlinedVector<uint16_t, 64> next_;
  absl::InlinedVector<Group, 16> groups_;
  absl::flat_hash_map<size_t, uint16_t> first_of_hash_;  // Filled once there are more than kFewGroups.

  std::optional<size_t> owner_first_label_;
  Name owner_;
};

}  // namespace wire
