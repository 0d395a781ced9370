#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/wire/name.h"
#include "engine/world/octets.h"

namespace wire {

/// A name as it is read: its uncompressed octets, on the stack.
struct NameBuffer {
  std::array<uint8_t, Name::kMaxOctets> octets;  // Not set beyond `size`.
  size_t size = 0;

  world::OctetView view() const { return {octets.data(), size}; }
};

/// Whether a name may use pointers where it stands.
enum class Compression : uint8_t { kAllowed, kForbidden };

/// Reads names out of a message, compressed or not (RFC 1035 section 4.1.4). A pointer must lead to before all that was
/// read of the name so far, and not into the header; so no name is read twice over the same place.
class NameReader {
 public:
  explicit NameReader(world::OctetView message) : message_(message) {}

  /// Reads the name at `at` into `name`. Returns where what follows it begins, or nothing when it is malformed.
  [[nodiscard]] std::optional<size_t> Read(size_t at, Compression compression, NameBuffer& name) const;

  /// Returns where what follows the name at `at` begins, without following a pointer, or nothing when it runs out.
  [[nodiscard]] std::optional<size_t> Skip(size_t at) const;

  /// Returns where the first label of the name at `at` stands: there, or where a pointer at its very start leads. Equal
  /// for two names only if they are the same. Requires: Skip(at) succeeded.
  size_t FirstLabel(size_t at) const;

  /// Returns the name that was read.
  static Name ToName(const NameBuffer& buffer) { return Name(buffer.view()); }

 private:
  world::OctetView message_;
};

}  // namespace wire
