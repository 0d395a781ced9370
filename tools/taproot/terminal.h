#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace taproot {

/// What the place where output goes can show.
struct Terminal {
  size_t width = 0;  ///< Columns; 0: as wide as it gets, since nobody's screen wraps it.
  bool colour = false;
  bool unicode = false;
};

/// Returns what standard output can show: its width where it is a terminal, colour there unless NO_COLOR is set, more
/// than ASCII where the locale is UTF-8.
Terminal OfStandardOutput();

/// How a piece of text is set off.
enum class Tint : unsigned char { kPlain, kBold, kDim, kGood, kWarn, kBad, kAccent };

/// Returns the text in the tint, or as it is on a terminal without colour.
std::string Tinted(std::string_view text, Tint tint, const Terminal& terminal);

/// Returns how many columns a text takes: its UTF-8 code points. Requires: no tint in it.
size_t Columns(std::string_view text);

/// Returns the text cut to at most `columns`, with an ellipsis where something is gone.
std::string Cut(std::string_view text, size_t columns, const Terminal& terminal);

/// Returns text from elsewhere with control characters replaced by `?`, so that it cannot steer the terminal.
std::string Harmless(std::string_view text);

}  // namespace taproot
