#pragma once

#include <optional>
#include <string_view>

#include "engine/wire/name.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace zone {

/// Returns the uncompressed rdata of its master-file text on one line, made by ldns; names that are not absolute end in
/// `origin`. Takes `\# ...` for every type (RFC 3597 section 5). Nothing for text that is no such rdata.
[[nodiscard]] std::optional<world::Octets> RdataFromMasterText(wire::RrType type, std::string_view text,
                                                               const wire::Name& origin);

}  // namespace zone
