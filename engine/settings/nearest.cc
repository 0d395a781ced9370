#include "engine/settings/nearest.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace settings {
namespace {

/// Texts longer than any key are near none of them; this bounds the work.
constexpr size_t kLongest = 48;

/// Returns the edits that make `a` into `b` (optimal string alignment). Requires: both at most kLongest long.
size_t Edits(std::string_view a, std::string_view b) {
  using Line = std::array<size_t, kLongest + 1>;
  Line before{}, above{}, line{};  // The two lines above the one that is worked on.
  for (size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    line[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      line[j] = std::min({above[j] + 1, line[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        line[j] = std::min(line[j], before[j - 2] + 1);
    }
    before = above;
    above = line;
  }
  return above[b.size()];
}

}  // namespace

std::string_view Nearest(std::string_view text, std::span<const std::string_view> words) {
  std::string_view nearest;
  if (text.size() > kLongest) return nearest;
  size_t fewest = std::max<size_t>(1, text.size() / 3) + 1;
  for (const std::string_view word : words) {
    if (word.size() > kLongest) continue;
    const size_t edits = Edits(text, word);
    if (edits >= fewest) continue;
    fewest = edits;
    nearest = word;
  }
  return nearest;
}

}  // namespace settings
