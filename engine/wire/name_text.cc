#include <array>

#include "engine/wire/name.h"

namespace wire {
namespace {

/// Builds a name in wire form from the characters of its labels.
class LabelWriter {
 public:
  /// Adds one octet to the label at hand; returns false where the label or the name gets too long.
  bool Add(uint8_t octet) {
    // One octet is kept free for the root label.
    if (end_ - start_ > Name::kMaxLabelOctets || end_ + 1 >= Name::kMaxOctets) return false;
    octets_[end_++] = octet;
    return true;
  }

  /// Ends the label at hand; returns false when it is empty or no other can begin.
  bool EndLabel() {
    const size_t length = end_ - start_ - 1;
    if (length == 0) return false;
    octets_[start_] = static_cast<uint8_t>(length);
    start_ = end_++;
    return true;
  }

  /// Returns whether the label at hand has an octet.
  bool InLabel() const { return end_ - start_ > 1; }

  /// Returns the name of the ended labels, with the root label at its end.
  world::OctetView Finish() {
    octets_[start_] = 0;
    return {octets_.data(), start_ + 1};
  }

 private:
  std::array<uint8_t, Name::kMaxOctets + 1> octets_;
  size_t start_ = 0;  // Where the length of the label at hand will stand.
  size_t end_ = 1;    // Where its next octet will stand.
};

/// Returns whether `c` is 0 to 9.
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes one escape (`\DDD` or `\X`, RFC 1035 section 5.1) off the front of `text`, which begins after the backslash.
std::optional<uint8_t> TakeEscape(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  if (!IsDigit(text[0])) {
    const auto octet = static_cast<uint8_t>(text[0]);
    text.remove_prefix(1);
    return octet;
  }
  if (text.size() < 3 || !IsDigit(text[1]) || !IsDigit(text[2])) return std::nullopt;
  const int value = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  if (value > 255) return std::nullopt;
  text.remove_prefix(3);
  return static_cast<uint8_t>(value);
}

/// Adds one octet of a label in master-file text, escaped where it would be read as something else.
void AppendEscaped(uint8_t octet, std::string& out) {
  const char c = static_cast<char>(octet);
  if (octet <= ' ' || octet >= 0x7f) {
    out += {'\\', static_cast<char>('0' + octet / 100), static_cast<char>('0' + octet / 10 % 10),
            static_cast<char>('0' + octet % 10)};
    return;
  }
  if (std::string_view(".;\\\"()@$").find(c) != std::string_view::npos) out += '\\';
  out += c;
}

}  // namespace

std::optional<Name> Name::FromText(std::string_view text) {
  if (text == ".") return Name();
  if (text.empty()) return std::nullopt;
  LabelWriter writer;
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c == '.') {
      if (!writer.EndLabel()) return std::nullopt;
      continue;
    }
    const std::optional<uint8_t> octet = c == '\\' ? TakeEscape(text) : static_cast<uint8_t>(c);
    if (!octet || !writer.Add(*octet)) return std::nullopt;
  }
  if (writer.InLabel() && !writer.EndLabel()) return std::nullopt;
  return Name(writer.Finish());
}

std::string Name::ToText() const {
  if (IsRoot()) return ".";
  std::string text;
  text.reserve(octets_.size());
  for (size_t at = 0; octets_[at] != 0; at += octets_[at] + size_t{1}) {
    for (const uint8_t octet : octets().subspan(at + 1, octets_[at])) AppendEscaped(octet, text);
    text += '.';
  }
  return text;
}

}  // namespace wire
