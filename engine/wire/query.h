#pragma once

#include <cstdint>
#include <optional>

#include "engine/wire/message.h"
#include "engine/wire/types.h"
#include "engine/world/octets.h"

namespace wire {

/// A query of the usual shape, borrowed from its octets: one question with an uncompressed name, nothing after it but
/// at most an OPT.
struct PlainQuery {
  uint16_t id = 0;
  bool rd = false;
  bool ad = false;
  bool cd = false;
  world::OctetView name;  ///< The question's name on the wire, root label included.
  RrType type = RrType::kA;
  RrClass rr_class = RrClass::kIn;
  std::optional<uint16_t> payload_octets;  ///< Of EDNS; nothing without it.
  bool dnssec_ok = false;
};

/// Returns the query, if it is of the usual shape and of EDNS version 0 without options; anything else goes the long
/// way through Parse. Allocates nothing: the way of a cache hit.
[[nodiscard]] std::optional<PlainQuery> ParsePlainQuery(world::OctetView octets);

/// Returns whether octets that begin with `opening` are the response to a query with this ID and question (RFC 5452
/// section 9.1). Where they came from is for the caller to compare.
bool IsResponseTo(const Opening& opening, uint16_t id, const Question& asked);

/// Returns whether the header announces more than kMaxRecordsPerMessage: Parse then refuses the message unread. For
/// counting.
bool HasTooManyRecords(world::OctetView octets);

}  // namespace wire
