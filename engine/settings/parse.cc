#include "engine/settings/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/settings/reader.h"
#include "engine/settings/units.h"
#include "engine/world/limits.h"

namespace settings {
namespace {

/// A failure of toml++ to read the text.
struct SyntaxError {
  toml::source_position at;
  std::string text;
};

/// Returns toml++'s words for a syntax error in the form of our mistakes.
std::string SyntaxText(std::string_view description) {
  for (const std::string_view prefix : {"Error while parsing key-value pair: ", "Error while parsing table header: ",
                                        "Error while parsing value: ", "Error while parsing "}) {
    if (!description.starts_with(prefix)) continue;
    description.remove_prefix(prefix.size());
    break;
  }
  if (description.starts_with("cannot redefine existing ")) {
    return fmt::format("found {} a second time, expected each section and key once", description.substr(25));
  }
  if (description == "could not determine value type") {
    return "found no value of TOML, expected one such as \"text\", 42, true or [\"a\", \"b\"]";
  }
  return std::string(description);
}

/// Returns the table of the text, or why toml++ cannot read it. The one place where an exception is caught.
std::variant<toml::table, SyntaxError> ParseToml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return SyntaxError{error.source().begin, SyntaxText(error.description())};
  }
}

/// The lines of a file, some of which may be blanked out so that the rest can be read.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    size_t start = 0;
    while (start <= text_.size()) {
      starts_.push_back(start);
      const size_t end = text_.find('\n', start);
      if (end == text_.npos) break;
      start = end + 1;
    }
  }

  const std::string& text() const { return text_; }

  /// Blanks out what a syntax error at `line` spoils: a line that sets a key, or a section from its header to the next.
  /// Returns whether that can be told: within a value of several lines it cannot.
  bool BlankOut(uint32_t line) {
    if (line == 0 || line > starts_.size()) return false;
    const size_t index = line - 1;
    if (IsHeader(index)) {
      size_t next = index + 1;
      while (next < starts_.size() && !IsHeader(next)) ++next;
      Blank(index, next);
      return true;
    }
    const std::string_view content = Content(index);
    if (content.find('=') == content.npos || RunsOn(content)) return false;
    Blank(index, index + 1);
    return true;
  }

 private:
  /// Returns the line without the blanks before it.
  std::string_view Content(size_t index) const {
    const size_t end = index + 1 < starts_.size() ? starts_[index + 1] : text_.size();
    std::string_view line = std::string_view(text_).substr(starts_[index], end - starts_[index]);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return line;
  }

  /// Returns whether a value begun in the line seems to go on in the next.
  static bool RunsOn(std::string_view line) {
    const bool open_text = line.find("\"\"\"") != line.npos || line.find("'''") != line.npos;
    return open_text || std::count(line.begin(), line.end(), '[') > std::count(line.begin(), line.end(), ']');
  }

  /// Returns whether the line begins a section.
  bool IsHeader(size_t index) const { return Content(index).starts_with('['); }

  /// Replaces the lines from `first` to before `end` by spaces.
  void Blank(size_t first, size_t end) {
    const size_t stop = end < starts_.size() ? starts_[end] : text_.size();
    for (size_t i = starts_[first]; i < stop; ++i) {
      if (text_[i] != '\n') text_[i] = ' ';
    }
  }

  std::string text_;
  std::vector<size_t> starts_;
};

/// Returns the table of the text, blanking out what cannot be read and telling of it; nothing when too little is left.
std::optional<toml::table> ParseWhatCanBe(std::string_view text, MistakeList& mistakes) {
  Lines lines(text);
  while (true) {
    auto parsed = ParseToml(lines.text());
    if (auto* table = std::get_if<toml::table>(&parsed)) return std::move(*table);
    const auto& error = std::get<SyntaxError>(parsed);
    mistakes.Add(error.at, error.text);
    if (mistakes.size() >= kMaxSyntaxMistakes || !lines.BlankOut(error.at.line)) return std::nullopt;
  }
}

}  // namespace

std::variant<Settings, Mistakes> Parse(std::string_view text) {
  if (text.size() > world::limits::kMaxSettingsOctets) {
    return Mistakes{{0, 0,
                     fmt::format("found {} octets, expected at most {}", text.size(),
                                 OctetsToText(world::limits::kMaxSettingsOctets))}};
  }
  MistakeList mistakes;
  Settings settings;
  if (const auto table = ParseWhatCanBe(text, mistakes)) ReadSettings(*table, settings, mistakes);
  if (mistakes.empty()) return settings;
  return mistakes.Take();
}

std::string ToText(const Mistake& mistake, std::string_view file_name) {
  if (mistake.line == 0) return fmt::format("{}: {}", file_name, mistake.text);
  return fmt::format("{}:{}:{}: {}", file_name, mistake.line, mistake.column, mistake.text);
}

}  // namespace settings
