#pragma once

#include <cstdint>
#include <optional>

#include "engine/servers/book.h"
#include "engine/servers/chooser.h"
#include "engine/wire/name.h"
#include "engine/world/time.h"

namespace servers {

/// A zone, the least cost among its servers, and the queries that they got for it.
struct Field {
  wire::Name zone;
  world::Duration best{};
  uint64_t asked = 0;
};

/// Returns a line of the ranking for people: among the servers of a zone, or of the address in general.
Standing ToStanding(const chooser::Prospect& prospect, const std::optional<Field>& field, world::Instant now);

}  // namespace servers
