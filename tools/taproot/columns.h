#pragma once

#include <string>
#include <vector>

#include "tools/taproot/terminal.h"

namespace taproot {

/// A cell of a table.
struct Cell {
  std::string text;
  Tint tint = Tint::kPlain;
};

/// On which side of its column a cell stands.
enum class Side : unsigned char { kLeft, kRight };

/// A column of a table.
struct Column {
  std::string title;
  Side side = Side::kLeft;
  size_t least = 0;  ///< Columns that stay when the terminal is too narrow; 0: it is never cut.
};

/// A table for people: columns aligned, two spaces between them, cut where the terminal is too narrow: the widest
/// column that may be cut first.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// Adds a line. Requires: as many cells as there are columns.
  void Add(std::vector<Cell> cells) { lines_.push_back(std::move(cells)); }

  bool empty() const { return lines_.empty(); }

  /// Returns how many columns of the terminal the table takes where nothing is cut.
  size_t NaturalWidth(size_t indent) const;

  /// Returns the table, a line of titles first where there are any, each line with `indent` spaces before it.
  std::string ToText(const Terminal& terminal, size_t indent) const;

 private:
  /// Returns how wide each column is on the terminal.
  std::vector<size_t> Widths(const Terminal& terminal, size_t indent) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> lines_;
};

}  // namespace taproot
