#include "tools/taproot/columns.h"

#include <algorithm>
#include <numeric>

namespace taproot {
namespace {

/// Spaces between two columns.
constexpr size_t kGap = 2;

/// Returns a cell's text cut and padded to the width, on its side.
std::string Padded(const Cell& cell, Side side, size_t width, const Terminal& terminal) {
  const std::string text = Cut(cell.text, width, terminal);
  const std::string padding(width - std::min(width, Columns(text)), ' ');
  const std::string tinted = Tinted(text, cell.tint, terminal);
  return side == Side::kLeft ? tinted + padding : padding + tinted;
}

/// Removes the spaces at the end of a line.
void TrimEnd(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

}  // namespace

std::vector<size_t> Table::Widths(const Terminal& terminal, size_t indent) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = Columns(columns_[i].title);
    for (const auto& line : lines_) width = std::max(width, Columns(line[i].text));
    widths.push_back(width);
  }
  if (terminal.width == 0) return widths;
  const size_t gaps = indent + kGap * (columns_.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > terminal.width) {
    size_t widest = columns_.size();
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool may = columns_[i].least > 0 && widths[i] > columns_[i].least;
      if (may && (widest == columns_.size() || widths[i] > widths[widest])) widest = i;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

size_t Table::NaturalWidth(size_t indent) const {
  const std::vector<size_t> widths = Widths(Terminal(), indent);
  return std::accumulate(widths.begin(), widths.end(), indent + kGap * (columns_.size() - 1));
}

std::string Table::ToText(const Terminal& terminal, size_t indent) const {
  const std::vector<size_t> widths = Widths(terminal, indent);
  std::string text;
  const auto append = [&](const auto& cell_of) {
    std::string line(indent, ' ');
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line.append(kGap, ' ');
      line += Padded(cell_of(i), columns_[i].side, widths[i], terminal);
    }
    TrimEnd(line);
    text += line + "\n";
  };
  if (std::any_of(columns_.begin(), columns_.end(), [](const Column& column) { return !column.title.empty(); })) {
    append([&](size_t i) { return Cell{columns_[i].title, Tint::kDim}; });
  }
  for (const auto& line : lines_) {
    append([&](size_t i) { return line[i]; });
  }
  return text;
}

}  // namespace taproot
