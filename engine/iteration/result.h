#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/wire/message.h"
#include "engine/world/address.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace iteration {

/// A set of an answer with the TTL it has left: the set itself may be shared with the cache.
struct AnswerSet {
  std::shared_ptr<const wire::RrSet> rrset;
  uint32_t ttl = 0;  ///< Seconds.
};

/// Where an answer came from.
enum class Source : uint8_t {
  kWalk,     ///< At least one packet was sent for it.
  kForward,  ///< A pool of upstreams.
  kCache,
  kFailureCache,
  kRootZone,  ///< The local root zone, without any packet.
};

/// How a question ended.
struct Result {
  wire::Rcode rcode = wire::Rcode::kServFail;
  std::vector<AnswerSet> answer;  ///< Aliases in order, then the data.
  std::vector<AnswerSet> denial;  ///< The SOA of a negative answer, if it had one.
  std::vector<wire::ExtendedError> errors;
  Source source = Source::kWalk;
};

/// Returns the addresses that the answer of a look-up for A or AAAA ends with.
std::vector<world::Address> AddressesIn(const Result& result);

/// One packet of a walk and what came of it: a line of `taproot resolve` and `taproot explain`.
struct WalkStep {
  world::Instant sent;
  wire::Name zone;
  wire::Name server;
  world::Endpoint endpoint;
  world::Protocol via = world::Protocol::kUdp;
  wire::Question asked;
  bool minimised = false;
  world::Duration rtt{-1};  ///< Negative: nothing came back.
  std::string outcome;      ///< Empty: still waiting.
  std::string_view why;     ///< Why this server, a literal.
  int depth = 0;            ///< 0: for the client's own question.
  wire::Question purpose;   ///< The question that the step is for.
};

}  // namespace iteration
