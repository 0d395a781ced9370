#include "engine/wire/name.h"

#include <absl/hash/hash.h>

#include <algorithm>
#include <array>

#include "engine/world/check.h"

namespace wire {
namespace {

using world::OctetView;

/// A name of 255 octets has at most 127 labels of one octet each.
constexpr size_t kMaxLabels = 127;

/// Where each label of a name begins, from the left.
struct LabelOffsets {
  std::array<uint8_t, kMaxLabels> at;
  size_t count = 0;
};

/// Returns the offsets of all labels but the root's.
LabelOffsets OffsetsOf(OctetView name) {
  LabelOffsets offsets;
  for (size_t at = 0; name[at] != 0; at += name[at] + size_t{1}) {
    offsets.at[offsets.count++] = static_cast<uint8_t>(at);
  }
  return offsets;
}

/// Returns the octets of the label that begins at `at`, without its length.
OctetView LabelAt(OctetView name, size_t at) { return name.subspan(at + 1, name[at]); }

/// Returns how many octets the uncompressed name at the start of `octets` takes, or 0 when there is none.
size_t MeasureName(OctetView octets) {
  size_t at = 0;
  while (at < octets.size() && at < Name::kMaxOctets) {
    const size_t length = octets[at];
    if (length == 0) return at + 1;
    if (length > Name::kMaxLabelOctets) return 0;
    at += 1 + length;
  }
  return 0;
}

/// Compares two labels octet by octet in lower case; the shorter is less (RFC 4034 section 6.1).
std::weak_ordering CompareLabels(OctetView a, OctetView b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const std::weak_ordering order = Lower(a[i]) <=> Lower(b[i]);
    if (std::is_neq(order)) return order;
  }
  return a.size() <=> b.size();
}

/// Returns whether two labels are the same but for case.
bool SameLabel(OctetView a, OctetView b) { return a.size() == b.size() && EqualCaseless(a.data(), b.data(), a.size()); }

}  // namespace

Name::Name() : octets_(1, uint8_t{0}) {}

std::optional<Name> Name::FromWire(OctetView octets) {
  if (octets.empty() || MeasureName(octets) != octets.size()) return std::nullopt;
  return Name(octets);
}

std::optional<Name> Name::FromWirePrefix(OctetView octets) {
  const size_t length = MeasureName(octets);
  if (length == 0) return std::nullopt;
  return Name(octets.first(length));
}

size_t Name::LabelCount() const {
  size_t count = 0;
  for (size_t at = 0; octets_[at] != 0; at += octets_[at] + size_t{1}) ++count;
  return count;
}

OctetView Name::Label(size_t index) const {
  size_t at = 0;
  for (; index > 0 && octets_[at] != 0; --index) at += octets_[at] + size_t{1};
  CHECK(octets_[at] != 0);
  return LabelAt(octets(), at);
}

Name Name::Suffix(size_t labels) const {
  const size_t count = LabelCount();
  CHECK(labels <= count);
  size_t at = 0;
  for (size_t skip = count - labels; skip > 0; --skip) at += octets_[at] + size_t{1};
  return Name(octets().subspan(at));
}

Name Name::Parent() const {
  CHECK(!IsRoot());
  return Name(octets().subspan(octets_[0] + size_t{1}));
}

std::optional<Name> Name::Prepend(OctetView label) const {
  if (label.empty() || label.size() > kMaxLabelOctets) return std::nullopt;
  if (label.size() + 1 + octets_.size() > kMaxOctets) return std::nullopt;
  Name longer;
  longer.octets_.reserve(label.size() + 1 + octets_.size());
  longer.octets_[0] = static_cast<uint8_t>(label.size());
  longer.octets_.insert(longer.octets_.end(), label.begin(), label.end());
  longer.octets_.insert(longer.octets_.end(), octets_.begin(), octets_.end());
  return longer;
}

std::optional<Name> Name::Wildcard() const {
  static constexpr uint8_t kAsterisk = '*';
  return Prepend({&kAsterisk, 1});
}

bool Name::IsWildcard() const { return octets_[0] == 1 && octets_[1] == '*'; }

bool Name::IsAtOrBelow(const Name& ancestor) const {
  if (ancestor.octets_.size() > octets_.size()) return false;
  const size_t start = octets_.size() - ancestor.octets_.size();
  if (!EqualCaseless(octets_.data() + start, ancestor.octets_.data(), ancestor.octets_.size())) return false;
  size_t at = 0;
  while (at < start) at += octets_[at] + size_t{1};
  return at == start;  // Else the octets only look like the ancestor: its length octet is a character of a label here.
}

std::optional<Name> Name::ReplaceSuffix(const Name& from, const Name& to) const {
  CHECK(IsAtOrBelow(from));
  const size_t prefix = octets_.size() - from.octets_.size();
  if (prefix + to.octets_.size() > kMaxOctets) return std::nullopt;
  Name replaced(octets().first(prefix));
  replaced.octets_.insert(replaced.octets_.end(), to.octets_.begin(), to.octets_.end());
  return replaced;
}

size_t Name::CommonLabels(const Name& other) const {
  const LabelOffsets mine = OffsetsOf(octets());
  const LabelOffsets theirs = OffsetsOf(other.octets());
  const size_t most = std::min(mine.count, theirs.count);
  size_t common = 0;
  while (common < most && SameLabel(LabelAt(octets(), mine.at[mine.count - 1 - common]),
                                    LabelAt(other.octets(), theirs.at[theirs.count - 1 - common]))) {
    ++common;
  }
  return common;
}

Name Name::Lowered() const {
  Name lowered = *this;
  LowerInto(octets(), lowered.octets_.data());
  return lowered;
}

size_t Name::HeapOctets() const { return octets_.capacity() > kInlineOctets ? octets_.capacity() : 0; }

bool Name::operator==(const Name& other) const {
  return octets_.size() == other.octets_.size() && EqualCaseless(octets_.data(), other.octets_.data(), octets_.size());
}

std::weak_ordering Name::operator<=>(const Name& other) const {
  const LabelOffsets mine = OffsetsOf(octets());
  const LabelOffsets theirs = OffsetsOf(other.octets());
  for (size_t i = 1; i <= mine.count && i <= theirs.count; ++i) {
    const std::weak_ordering order =
        CompareLabels(LabelAt(octets(), mine.at[mine.count - i]), LabelAt(other.octets(), theirs.at[theirs.count - i]));
    if (std::is_neq(order)) return order;
  }
  return mine.count <=> theirs.count;
}

size_t Name::CaselessHash() const {
  std::array<uint8_t, kMaxOctets> lowered;
  LowerInto(octets(), lowered.data());
  return absl::HashOf(std::string_view(reinterpret_cast<const char*>(lowered.data()), octets_.size()));
}

}  // namespace wire
