#pragma once

#include <cstdint>

#include "engine/wire/message.h"
#include "engine/world/octets.h"
#include "engine/world/protocol.h"

namespace forwarding {

/// Who validates what an upstream answers.
enum class Validation : uint8_t {
  kTheirs,
  kOurs,  ///< CD tells the upstream not to: it has other anchors and another clock (RFC 6840 section 5.9).
};

/// What decides the octets of a query beside its question.
struct QueryOptions {
  uint16_t id = 0;
  world::Protocol via = world::Protocol::kUdp;
  uint16_t payload_octets = 1232;
  bool with_edns = true;
  Validation validation = Validation::kTheirs;
};

/// Returns the query that is sent to an upstream: with DO, and padded where it is encrypted (RFC 8467 section 4.1).
world::Octets MakeQuery(const QueryOptions& options, const wire::Question& question);

}  // namespace forwarding
