#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/wire/name.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"
#include "engine/zone/master_lines.h"

namespace zone {

/// One resource record of a master file, of class IN.
struct Record {
  int line = 0;
  wire::Name owner;
  wire::RrType type = wire::RrType::kA;
  uint32_t ttl = 0;  ///< Seconds, at most 2^31-1.
  world::Octets rdata;
};

/// Reads the records of a master file (RFC 1035 section 5), with $ORIGIN and $TTL (RFC 2308 section 4). Refuses
/// $INCLUDE: a zone is one text, and no file's content makes us open another.
class RecordReader {
 public:
  /// Borrows text and file name for its life. Relative names end in `origin` until an $ORIGIN.
  RecordReader(world::OctetView text, std::string_view file_name, const wire::Name& origin)
      : lines_(text, file_name), file_name_(file_name), origin_(origin) {}

  /// Has records without a TTL, where none was stated before, take this one.
  void AssumeTtl(uint32_t ttl) { last_ttl_ = ttl; }

  /// Returns the next record, nothing at the end, or the error `file:line: what`.
  [[nodiscard]] absl::StatusOr<std::optional<Record>> Next();

  /// Returns the error `file:line: what` of this file.
  absl::Status ErrorAt(int line, std::string_view what) const { return zone::ErrorAt(file_name_, line, what); }

  /// The line that is being read: after the end, the last one.
  int line() const { return lines_.line(); }

 private:
  /// Obeys `$ORIGIN` or `$TTL`.
  absl::Status Obey(const Entry& entry);

  /// Returns the record that the entry is.
  absl::StatusOr<Record> Parse(const Entry& entry);

  /// Takes the owner off the front of `text`, or the last one where it is left out.
  absl::StatusOr<wire::Name> TakeOwner(const Entry& entry, std::string_view& text);

  /// Takes TTL and class, in either order and each optional, then the type, off the front of `text`.
  absl::Status TakeTtlClassAndType(std::string_view& text, Record& record);

  /// Returns the name of a text that may be relative to the origin.
  std::optional<wire::Name> NameFromText(std::string_view text) const;

  MasterLines lines_;
  std::string_view file_name_;
  wire::Name origin_;
  std::optional<wire::Name> last_owner_;
  std::optional<uint32_t> default_ttl_;  ///< Of $TTL.
  std::optional<uint32_t> last_ttl_;     ///< As last stated (RFC 1035 section 5.1); counts where there is no $TTL.
};

}  // namespace zone
