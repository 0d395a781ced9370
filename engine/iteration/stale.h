#pragma once

#include <optional>

#include "engine/iteration/context.h"

namespace iteration {

/// Returns the answer to the question that the cache had, its time being over at most by the operator's stale-time,
/// with the error that says so (RFC 8767, RFC 8914 codes 3 and 19); nothing where a part is missing, or was bogus.
std::optional<Result> FromStale(const wire::Question& question, const Context& context);

}  // namespace iteration
