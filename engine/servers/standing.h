#pragma once

#include "engine/servers/book.h"
#include "engine/servers/chooser.h"
#include "engine/wire/name.h"
#include "engine/world/time.h"

namespace servers {

/// Returns a line of the ranking for people. `best` is the least cost among the servers that it stands beside.
Standing ToStanding(const chooser::Prospect& prospect, const wire::Name& zone, world::Duration best,
                    world::Instant now);

}  // namespace servers
