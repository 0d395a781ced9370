#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/world/octets.h"

namespace zone {

/// Returns the InvalidArgument error `file:line: what`, the form of every error of a file.
absl::Status ErrorAt(std::string_view file_name, int line, std::string_view what);

/// One entry of a master file (RFC 1035 section 5.1), a record or a directive, joined into one line: without its
/// comments, parentheses, tabs and line ends. Quotes and escapes stand as they were.
struct Entry {
  int line = 0;  ///< Where it begins, from 1.
  std::string text;

  /// Returns whether the entry leaves the owner out and means the last one.
  bool BeginsBlank() const { return text.front() == ' '; }
};

/// Cuts master-file text into its entries. Reads what a hostile file holds, within kMaxZoneEntryOctets an entry.
class MasterLines {
 public:
  /// Borrows both for its life.
  MasterLines(world::OctetView text, std::string_view file_name) : text_(text), file_name_(file_name) {}

  /// Returns the next entry, nothing at the end, or what is wrong with the text: an open parenthesis or quote, a line
  /// without an end (a file that was cut short looks so), a zero octet, an entry that is too long.
  [[nodiscard]] absl::StatusOr<std::optional<Entry>> Next();

  /// The line that is being read: after the end, the last one.
  int line() const { return line_; }

 private:
  /// How far into an entry the reading is.
  struct Position {
    int open = 0;       ///< Parentheses open.
    int open_line = 0;  ///< Where the outermost was opened.
    bool quoted = false;
  };

  /// Adds the octets ahead that mean only themselves; returns whether there was one.
  bool TakePlain(Entry& entry);

  /// Reads one octet that may mean more than itself; returns whether the entry ends with it.
  absl::StatusOr<bool> TakeSpecial(uint8_t octet, Position& position, Entry& entry);

  /// Ends the line, and the entry unless a parenthesis is open.
  absl::StatusOr<bool> TakeLineEnd(const Position& position, Entry& entry);

  /// Adds a backslash and the octet after it, whatever it means.
  absl::StatusOr<bool> TakeEscape(Entry& entry);

  /// Goes on to the end of the line, which stays unread.
  void SkipComment();

  world::OctetView text_;
  std::string_view file_name_;
  size_t at_ = 0;
  int line_ = 1;
};

}  // namespace zone
