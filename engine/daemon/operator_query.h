#pragma once

#include "engine/wire/message.h"

namespace taprootd {

/// Returns the query with which an operator asks a question: recursion desired, with EDNS, so that errors are
/// explained.
world::Octets MakeOperatorQuery(const wire::Question& question);

}  // namespace taprootd
