#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/zone/delta.h"
#include "engine/zone/transfer.h"

namespace zone {

/// Returns the query for what has changed since a version of the zone (RFC 1995 section 3).
world::Octets IncrementalQuery(uint16_t id, const Zone& since);

/// There is no newer version.
struct UpToDate {};

/// What came of an IncrementalQuery: nothing, or the newer zone.
using Increment = std::variant<UpToDate, Snapshot>;

/// Makes a newer version of a zone of the answer to an IncrementalQuery (RFC 1995 section 4):
///
///     answer = SOA                         of the version that we have
///            | SOA *record SOA             the whole zone, as by AXFR
///            | SOA 1*delta SOA
///     delta  = SOA *record SOA *record     what is deleted from the old version, what is added to the new one
///
/// The sender is not trusted: bounds are those of a zone's file, and Apply is strict.
class IncrementalTransfer {
 public:
  /// Borrows `source`, which errors begin with, and the zone that is there. `id` is that of the query.
  IncrementalTransfer(std::string_view source, const Zone& since, uint16_t id);

  /// Takes the next message. Returns the outcome with the last one and nothing before; or what is wrong
  /// (InvalidArgument), or too much (ResourceExhausted). Nothing more may come after either.
  [[nodiscard]] absl::StatusOr<std::optional<Increment>> Take(world::OctetView message);

 private:
  /// Which kind of record comes next.
  enum class Stage : uint8_t { kNewest, kShape, kDeleted, kAdded, kOver };

  /// Takes the next record of a message; returns what is wrong with it.
  absl::Status TakeRecord(wire::FlatRecord record);
  /// Takes a SOA behind the first two.
  absl::Status TakeSoa(wire::FlatRecord soa);
  /// Returns what has come of the whole zone.
  absl::StatusOr<std::optional<Increment>> TakeWhole(world::OctetView message);
  /// Returns the error `source: what`.
  absl::Status Error(std::string_view what) const;

  std::string_view source_;
  const Zone& since_;
  uint16_t id_;
  Transfer whole_;
  Stage stage_ = Stage::kNewest;
  bool is_whole_ = false;
  world::Octets first_;  // The message of the first SOA, while it is not known what follows.
  std::optional<wire::FlatRecord> newest_;
  std::vector<Delta> deltas_;
  size_t octets_ = 0;
  size_t records_ = 0;
};

}  // namespace zone
