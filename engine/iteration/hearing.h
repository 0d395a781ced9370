#pragma once

#include <cstdint>

#include "engine/iteration/verdict.h"
#include "engine/servers/book.h"
#include "engine/wire/message.h"

namespace iteration {

/// Returns whether octets that begin with `opening` are the response to a query with this ID and question (RFC 5452
/// section 9.1). Where they came from is for the caller to compare.
bool IsResponseTo(const wire::Opening& opening, uint16_t id, const wire::Question& asked);

/// Returns what the verdict says of the server.
servers::Report ReportOf(const Verdict& verdict);

}  // namespace iteration
