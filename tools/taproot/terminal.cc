#include "tools/taproot/terminal.h"

#include <fmt/format.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace taproot {
namespace {

/// Returns an environment variable, empty where it is not set.
std::string_view Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

/// Returns whether the locale's characters are UTF-8. The first of these that is set decides (POSIX 8.2).
bool IsUtf8Locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = Variable(name);
    if (value.empty()) continue;
    return value.ends_with("UTF-8") || value.ends_with("utf8") || value.ends_with("utf-8");
  }
  return false;
}

/// Returns the sequence that starts a tint on an ECMA-48 terminal.
std::string_view Start(Tint tint) {
  switch (tint) {
    case Tint::kPlain:
      break;
    case Tint::kBold:
      return "\033[1m";
    case Tint::kDim:
      return "\033[2m";
    case Tint::kGood:
      return "\033[32m";
    case Tint::kWarn:
      return "\033[33m";
    case Tint::kBad:
      return "\033[31m";
    case Tint::kAccent:
      return "\033[36m";
  }
  return "";
}

/// Returns whether an octet begins a code point of UTF-8.
bool BeginsCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

Terminal OfStandardOutput() {
  Terminal terminal;
  terminal.unicode = IsUtf8Locale();
  if (isatty(STDOUT_FILENO) == 0) return terminal;
  terminal.colour = Variable("NO_COLOR").empty() && Variable("TERM") != "dumb";
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  terminal.width = known ? size.ws_col : 80;
  return terminal;
}

std::string Tinted(std::string_view text, Tint tint, const Terminal& terminal) {
  if (!terminal.colour || tint == Tint::kPlain || text.empty()) return std::string(text);
  return fmt::format("{}{}\033[0m", Start(tint), text);
}

size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), BeginsCodePoint));
}

std::string Cut(std::string_view text, size_t columns, const Terminal& terminal) {
  if (Columns(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  size_t end = 0;
  for (size_t seen = 0; end < text.size(); ++end) {
    if (BeginsCodePoint(text[end]) && ++seen == columns) break;
  }
  return std::string(text.substr(0, end)) + (terminal.unicode ? "…" : "~");
}

std::string Harmless(std::string_view text) {
  std::string harmless(text);
  for (char& c : harmless) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return harmless;
}

}  // namespace taproot
