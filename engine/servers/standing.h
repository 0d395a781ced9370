#pragma once

#include <optional>

#include "engine/servers/book.h"
#include "engine/servers/chooser.h"
#include "engine/wire/name.h"
#include "engine/world/time.h"

namespace servers {

/// A zone, and the least cost among its servers.
struct Field {
  wire::Name zone;
  world::Duration best{};
};

/// Returns a line of the ranking for people: among the servers of a zone, or of the address in general.
Standing ToStanding(const chooser::Prospect& prospect, const std::optional<Field>& field, world::Instant now);

}  // namespace servers
