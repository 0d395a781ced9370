#include "engine/zone/master_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/world/limits.h"

namespace zone {
namespace {

/// Returns whether the octet means only itself, quoted or not.
bool IsPlain(uint8_t octet) {
  switch (octet) {
    case 0:
    case '\n':
    case '\r':
    case '\t':
    case '"':
    case '(':
    case ')':
    case ';':
    case '\\':
      return false;
    default:
      return true;
  }
}

}  // namespace

absl::Status ErrorAt(std::string_view file_name, int line, std::string_view what) {
  return absl::InvalidArgumentError(fmt::format("{}:{}: {}", file_name, line, what));
}

absl::StatusOr<std::optional<Entry>> MasterLines::Next() {
  Entry entry;
  Position position;
  while (at_ < text_.size()) {
    if (entry.text.empty()) entry.line = line_;
    if (TakePlain(entry)) continue;
    const absl::StatusOr<bool> ended = TakeSpecial(text_[at_++], position, entry);
    if (!ended.ok()) return ended.status();
    if (entry.text.size() > world::limits::kMaxZoneEntryOctets)
      return ErrorAt(file_name_, entry.line, "entry too long");
    if (!*ended) continue;
    if (entry.text.find_first_not_of(' ') != std::string::npos) return std::optional<Entry>(std::move(entry));
    entry.text.clear();
  }
  if (position.open > 0) {
    return ErrorAt(file_name_, position.open_line, "a parenthesis is never closed: is the file cut short?");
  }
  if (!text_.empty() && text_.back() != '\n') {
    return ErrorAt(file_name_, line_, "the last line has no end: is the file cut short?");
  }
  return std::optional<Entry>();
}

bool MasterLines::TakePlain(Entry& entry) {
  const auto rest = text_.subspan(at_);
  const auto run = static_cast<size_t>(std::find_if_not(rest.begin(), rest.end(), IsPlain) - rest.begin());
  entry.text.append(reinterpret_cast<const char*>(rest.data()), run);
  at_ += run;
  return run > 0;
}

absl::StatusOr<bool> MasterLines::TakeSpecial(uint8_t octet, Position& position, Entry& entry) {
  if (octet == '\n') return TakeLineEnd(position, entry);
  if (octet == 0) return ErrorAt(file_name_, line_, "a zero octet: not a text file");
  if (octet == '\\') return TakeEscape(entry);
  if (octet == '"') position.quoted = !position.quoted;
  if (octet == '"' || position.quoted) {
    entry.text += static_cast<char>(octet);
    return false;
  }
  if (octet == ';') {
    SkipComment();
    return false;
  }
  if (octet == '(' && position.open++ == 0) position.open_line = line_;
  if (octet == ')' && position.open-- == 0) {
    return ErrorAt(file_name_, line_, "a parenthesis is closed that was not opened");
  }
  entry.text += ' ';  // A parenthesis, a tab, a carriage return.
  return false;
}

absl::StatusOr<bool> MasterLines::TakeLineEnd(const Position& position, Entry& entry) {
  if (position.quoted) return ErrorAt(file_name_, line_, "a quoted text goes on beyond its line");
  ++line_;
  if (position.open == 0) return true;
  entry.text += ' ';
  return false;
}

absl::StatusOr<bool> MasterLines::TakeEscape(Entry& entry) {
  if (at_ == text_.size() || text_[at_] == '\n') return ErrorAt(file_name_, line_, "a backslash ends the line");
  if (text_[at_] == 0) return ErrorAt(file_name_, line_, "a zero octet: not a text file");
  entry.text += '\\';
  entry.text += static_cast<char>(text_[at_++]);
  return false;
}

void MasterLines::SkipComment() {
  const auto rest = text_.subspan(at_);
  at_ += static_cast<size_t>(std::find(rest.begin(), rest.end(), uint8_t{'\n'}) - rest.begin());
}

}  // namespace zone
