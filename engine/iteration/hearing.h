#pragma once

#include "engine/iteration/verdict.h"
#include "engine/servers/book.h"

namespace iteration {

/// Returns what the verdict says of the server.
servers::Report ReportOf(const Verdict& verdict);

}  // namespace iteration
