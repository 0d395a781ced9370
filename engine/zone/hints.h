#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string_view>
#include <vector>

#include "engine/wire/name.h"
#include "engine/world/address.h"
#include "engine/world/octets.h"

namespace zone {

/// A root server as a hints file names it.
struct RootHint {
  wire::Name name;
  std::vector<world::Address> addresses;
};

/// Where a resolver without a root zone begins (RFC 8109).
using RootHints = std::vector<RootHint>;
using SharedRootHints = std::shared_ptr<const RootHints>;

/// Parses a hints file (the format of named.root). Errors are `file:line: what`: syntax, a name that is no root server
/// of the file's NS set, no server, no address.
[[nodiscard]] absl::StatusOr<SharedRootHints> ParseRootHints(world::OctetView text, std::string_view file_name);

/// Returns the hints that are built in (zones/root.hints).
SharedRootHints BuiltInRootHints();

}  // namespace zone
