#pragma once

#include "engine/resolver/engine.h"
#include "engine/wire/message.h"

namespace resolver {

/// Returns the worker that owns a question: all that miss it go there, so that it is asked upstream once. The same in
/// every process: a hash of our own, since Abseil's is seeded anew each time.
world::WorkerId OwnerOf(const wire::Question& question, uint16_t workers);

}  // namespace resolver
