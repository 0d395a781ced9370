#pragma once

#include <absl/container/inlined_vector.h>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/wire/lower.h"
#include "engine/world/octets.h"

namespace wire {

/// A domain name (RFC 1035 section 3.1): at most 255 octets, labels of at most 63, the root label included.
/// Keeps the case it was made with; compares and hashes without regard to the case of ASCII letters (RFC 4343).
/// A value; names up to 46 octets on the wire need no allocation.
class Name {
 public:
  static constexpr size_t kMaxOctets = 255;
  static constexpr size_t kMaxLabelOctets = 63;

  /// Makes the root.
  Name();

  /// Returns the name that `octets` are: uncompressed wire form, exactly, nothing after it.
  [[nodiscard]] static std::optional<Name> FromWire(world::OctetView octets);

  /// Returns the uncompressed name that `octets` begin with; its octets().size() says where what follows begins.
  [[nodiscard]] static std::optional<Name> FromWirePrefix(world::OctetView octets);

  /// Returns the name of its master-file text, relative to the root; escapes as in RFC 1035 section 5.1.
  [[nodiscard]] static std::optional<Name> FromText(std::string_view text);

  /// Returns the master-file text with a final dot and the needed escapes; `.` for the root.
  std::string ToText() const;

  /// The uncompressed wire form, root label included: 1 to 255 octets.
  world::OctetView octets() const { return {octets_.data(), octets_.size()}; }

  /// Returns whether the name is `.`.
  bool IsRoot() const { return octets_.size() == 1; }

  /// Returns how many labels the name has, the root label not counted: 0 for the root, 2 for `example.com.`.
  size_t LabelCount() const;

  /// Returns the label with the given index from the left, without its length octet. Requires: index < LabelCount().
  world::OctetView Label(size_t index) const;

  /// Returns the last `labels` labels. Requires: labels <= LabelCount(). `Suffix(0)` is the root.
  Name Suffix(size_t labels) const;

  /// Returns the name without its first label. Requires: not the root.
  Name Parent() const;

  /// Returns the name with one more label in front, or nothing where that passes 255 octets or the label is not 1-63
  /// octets.
  [[nodiscard]] std::optional<Name> Prepend(world::OctetView label) const;

  /// Returns `*.` in front of the name, or nothing where that is too long (RFC 4592).
  [[nodiscard]] std::optional<Name> Wildcard() const;

  /// Returns whether the first label is `*`.
  bool IsWildcard() const;

  /// Returns whether the name is `ancestor` or below it.
  bool IsAtOrBelow(const Name& ancestor) const;

  /// Returns whether the name is below `ancestor` and not `ancestor` itself.
  bool IsBelow(const Name& ancestor) const { return octets_.size() > ancestor.octets_.size() && IsAtOrBelow(ancestor); }

  /// Returns the name with the suffix `from` replaced by `to` (DNAME, RFC 6672 section 2.2), or nothing where that is
  /// too long. Requires: IsAtOrBelow(from).
  [[nodiscard]] std::optional<Name> ReplaceSuffix(const Name& from, const Name& to) const;

  /// Returns how many labels both names share, counted from the root.
  size_t CommonLabels(const Name& other) const;

  /// Returns the name with ASCII letters in lower case (the canonical form of RFC 4034 section 6.2).
  Name Lowered() const;

  /// Returns whether both have the same octets, case included.
  bool SameCase(const Name& other) const { return octets_ == other.octets_; }

  /// Octets held outside the object, for the byte limits of caches.
  size_t HeapOctets() const;

  bool operator==(const Name& other) const;

  /// The canonical order of RFC 4034 section 6.1.
  std::weak_ordering operator<=>(const Name& other) const;

  template <typename H>
  friend H AbslHashValue(H hash, const Name& name) {
    return H::combine(std::move(hash), name.CaselessHash());
  }

 private:
  friend class NameReader;
  static constexpr size_t kInlineOctets = 46;
  using Storage = absl::InlinedVector<uint8_t, kInlineOctets>;

  /// Makes the name of octets that are known to be one.
  explicit Name(world::OctetView octets) : octets_(octets.begin(), octets.end()) {}

  /// Returns a hash that is the same for names that are equal. Fast, seeded per process by Abseil.
  size_t CaselessHash() const;

  Storage octets_;
};

}  // namespace wire
