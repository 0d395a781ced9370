#include "engine/policy/special_names.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/world/check.h"

namespace policy {
namespace {

using wire::Name;

/// The words of the table.
constexpr std::array kTreatments = std::to_array<std::pair<std::string_view, Treatment>>({
    {"empty", Treatment::kEmpty},
    {"absent", Treatment::kAbsent},
    {"no-data", Treatment::kNoData},
    {"loopback", Treatment::kLoopback},
    {"pointer", Treatment::kPointer},
});

/// Takes what comes before `end` off the front of `text`, and `end` with it.
std::string_view TakeUntil(std::string_view& text, char end) {
  const size_t length = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return taken;
}

/// Takes a word and the blanks after it off the front of `text`.
std::string_view TakeWord(std::string_view& text) {
  const std::string_view word = TakeUntil(text, ' ');
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return word;
}

}  // namespace

SpecialNames::SpecialNames(std::string_view table) {
  while (!table.empty()) {
    const std::string_view line = TakeUntil(table, '\n');
    if (!line.empty() && line.front() != '#') AddLine(line);
  }
}

void SpecialNames::AddLine(std::string_view line) {
  const std::optional<Name> name = Name::FromText(TakeWord(line));
  const std::string_view word = TakeWord(line);
  const auto* const treatment = std::ranges::find(kTreatments, word, [](const auto& known) { return known.first; });
  CHECK(name && !name->IsRoot() && treatment != kTreatments.end());
  nodes_[*name] = treatment->second;
  for (Name above = name->Parent(); !above.IsRoot(); above = above.Parent()) nodes_.try_emplace(above);
}

std::optional<SpecialMatch> SpecialNames::Find(const Name& name) const {
  const size_t labels = name.LabelCount();
  std::optional<SpecialMatch> match;
  for (size_t depth = 1; depth <= labels; ++depth) {
    Name suffix = name.Suffix(depth);
    const auto node = nodes_.find(suffix);
    if (node == nodes_.end()) break;
    const bool is_whole = depth == labels;
    if (node->second) {
      const bool is_within = match && *node->second == Treatment::kPointer;
      match = SpecialMatch{.treatment = *node->second,
                           .zone = is_within ? match->zone : std::move(suffix),
                           .is_apex = is_whole,
                           .has_names_below = false};
    } else if (match) {
      match->has_names_below = is_whole;
    }
  }
  return match;
}

}  // namespace policy
