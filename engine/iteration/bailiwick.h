#pragma once

#include <cstdint>

#include "engine/wire/message.h"

namespace iteration {

/// Takes out of all sections every set whose owner is not at or below `zone`, and every set of a class other than the
/// question's or of a type that no zone holds. Returns how many went. A server of a zone has no say about anything
/// else: this is what keeps poison out of the cache (RFC 5452 section 6; promiscuous NS, CVE-2025-11411; MaginotDNS).
uint64_t Scrub(const wire::Name& zone, wire::Message& response);

/// Returns whether some set has more than kMaxRecordsPerRrset records.
bool HasOversizedSet(const wire::Message& response);

}  // namespace iteration
