#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/wire/name_reader.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace wire {

/// One part of a type's rdata.
struct Field {
  /// What stands there.
  enum class Kind : uint8_t {
    kRest,        ///< All that is left, possibly nothing.
    kOctets,      ///< A fixed count of octets.
    kString,      ///< A <character-string>: a length octet and as many octets.
    kStrings,     ///< One or more of these, to the end.
    kName,        ///< A name that is compressed in reading and writing: only in types of RFC 1035.
    kLegacyName,  ///< A name that is written whole, but that may arrive compressed (RFC 3597 section 4).
    kWholeName,   ///< A name that is never compressed.
  };
  Kind kind = Kind::kRest;
  uint8_t octets = 0;  ///< Of kOctets.
};

/// How the rdata of a type is made up. Unknown types are one kRest (RFC 3597 section 3).
class Shape {
 public:
  static constexpr size_t kMaxFields = 5;

  constexpr Shape() : Shape({Field{}}) {}
  constexpr Shape(std::initializer_list<Field> fields) {
    for (const Field& field : fields) {
      fields_[count_++] = field;
      if (field.kind == Field::Kind::kName) compresses_ = true;
      if (field.kind == Field::Kind::kName || field.kind == Field::Kind::kLegacyName) ++expandable_names_;
    }
  }

  std::span<const Field> fields() const { return {fields_.data(), count_}; }

  /// How many of its names may arrive compressed.
  size_t expandable_names() const { return expandable_names_; }

  /// Whether a writer compresses names in it.
  bool compresses() const { return compresses_; }

 private:
  std::array<Field, kMaxFields> fields_{};
  uint8_t count_ = 0;
  uint8_t expandable_names_ = 0;
  bool compresses_ = false;
};

/// Returns the shape of a type's rdata in a class. Classes that only UPDATE uses (ANY, NONE) have no shapes.
const Shape& ShapeOf(RrType type, RrClass rr_class);

/// Reads fields one after the other from an rdata.
class FieldReader {
 public:
  /// Reads the rdata of `length` octets at `at`. Requires: it lies within the message.
  FieldReader(world::OctetView message, size_t at, size_t length)
      : names_(message.first(at + length)), message_(message.first(at + length)), at_(at) {}

  /// Reads the next field; for a name, uncompressed into `name`. Returns its octets, which are borrowed from the
  /// message or from `name`, or nothing when it is malformed.
  [[nodiscard]] std::optional<world::OctetView> Next(Field field, NameBuffer& name);

  /// Returns whether all of the rdata is read.
  bool AtEnd() const { return at_ == message_.size(); }

 private:
  /// Returns the next `count` octets, or nothing when there are fewer.
  std::optional<world::OctetView> Take(size_t count);
  /// Returns the <character-strings> up to the end, or nothing when they are none or do not fill it.
  std::optional<world::OctetView> TakeStrings();

  NameReader names_;
  world::OctetView message_;  // Up to the end of the rdata.
  size_t at_;
};

}  // namespace wire
