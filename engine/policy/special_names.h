#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/wire/name.h"

namespace policy {

/// How the names of a special-use zone are answered; zones/special-use.names says what each means.
enum class Treatment : uint8_t { kEmpty, kAbsent, kNoData, kLoopback, kPointer };

/// The special-use name that a name is or is below.
struct SpecialMatch {
  Treatment treatment = Treatment::kEmpty;
  wire::Name zone;               ///< Whose SOA answers; for a kPointer within a zone, that zone.
  bool is_apex = false;          ///< The name is the special-use name itself.
  bool has_names_below = false;  ///< The name is an empty non-terminal within the zone.
};

/// The special-use names, by longest match. Immutable.
class SpecialNames {
 public:
  /// Reads a table in the form of zones/special-use.names. Requires: it is well-formed, being built in.
  explicit SpecialNames(std::string_view table);

  /// Returns the deepest special-use name that `name` is or is below. One look-up for most names: of their TLD.
  std::optional<SpecialMatch> Find(const wire::Name& name) const;

 private:
  /// Adds the line `NAME ANSWER ...`.
  void AddLine(std::string_view line);

  /// A special-use name, or one that stands above one (no treatment).
  using Nodes = absl::flat_hash_map<wire::Name, std::optional<Treatment>>;
  Nodes nodes_;
};

}  // namespace policy
