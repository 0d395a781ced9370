#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/zone/record_reader.h"
#include "engine/zone/zone.h"

namespace zone {

/// Makes a zone of its records: gathers them into sets, judges the whole, and builds the index.
class Builder {
 public:
  /// Borrows the file name, for errors, for its life.
  Builder(std::string_view file_name, wire::Name origin) : file_name_(file_name), origin_(std::move(origin)) {}

  /// Adds a record, or says why the zone cannot have it.
  absl::Status Add(const Record& record);

  /// Returns the zone of all records, or says what it lacks. `last_line` is named where no other line is to blame.
  absl::StatusOr<Snapshot> Finish(int last_line);

 private:
  /// A set that grows, with the line of its first record.
  struct Growing {
    wire::RrSet rrset;
    int line = 0;
  };
  using Key = std::pair<wire::Name, wire::RrType>;

  /// Takes the SOA, or its repetition at the end.
  absl::Status AddSoa(const Record& record);

  /// Adds a record to its set, or an RRSIG to the set that it covers.
  absl::Status AddToSet(const Record& record);

  /// Returns the set with the key, made where it is not there yet.
  Growing& SetFor(const Key& key, const Record& record);

  /// Makes sets of their own out of RRSIGs whose covered sets are not in the zone.
  void SettleOrphanSignatures();

  /// Refuses names with a CNAME and other data (RFC 2181 section 10.1), or two CNAMEs.
  absl::Status JudgeAliases() const;

  /// Returns the place of the owner's first set, once sets_ is in order.
  size_t FirstOf(const wire::Name& owner) const;

  /// Refuses a zone whose NSECs are not one closed chain over the file's owners (RFC 4034 section 4.1.1).
  absl::Status JudgeNsecChain(const Zone& zone) const;

  /// Moves the sets into the zone in canonical order.
  void FillSets(Zone& zone);

  /// Makes the nodes, empty non-terminals included, or says that they are too many.
  absl::Status FillNodes(Zone& zone) const;

  /// Finds the delegations that no other stands above, and the NSECs.
  static void FillCuts(Zone& zone);

  /// Finds the glue of every delegation.
  static void FillGlue(Zone& zone);

  /// Returns the error `file:line: what`.
  absl::Status ErrorAt(int line, std::string_view what) const { return zone::ErrorAt(file_name_, line, what); }

  std::string_view file_name_;
  wire::Name origin_;
  std::vector<Growing> sets_;
  absl::flat_hash_map<Key, size_t> places_;  ///< Of the sets in sets_.
  size_t record_count_ = 0;
  size_t last_place_ = 0;   ///< Of the set that the last record went to: mostly the next one's too.
  int soa_line_ = 0;        ///< 0: none yet.
  bool is_closed_ = false;  ///< The SOA was repeated: nothing may follow.
};

}  // namespace zone
