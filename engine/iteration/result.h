#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cache/store.h"
#include "engine/dnssec/security.h"
#include "engine/wire/message.h"
#include "engine/world/address.h"
#include "engine/world/protocol.h"
#include "engine/world/time.h"

namespace iteration {

/// How a part of an answer is to be kept, once it is known how far it can be believed.
struct Keeping {
  bool is_due = false;  ///< The cache has it not, or not as it is.
  cache::Rank rank = cache::Rank::kGlue;
  world::Instant not_after = world::kNever;
  world::Instant stale_until = world::Instant::min();  ///< Never past the life of the delegation that led to it.
  std::optional<world::Endpoint> from;  ///< Whose answer it is; empty: the cache's, or the local root zone's.
};

/// A set of an answer with the TTL it has left: the set itself may be shared with the cache.
struct AnswerSet {
  std::shared_ptr<const wire::RrSet> rrset;
  uint32_t ttl = 0;              ///< Seconds.
  cache::Assurance assurance{};  ///< Behind it: where a wildcard made the set, the proofs that came with it.
  Keeping keeping{};
};

/// That a name, or the type asked for, does not exist there.
struct Negation {
  wire::Name name;
  cache::Assurance assurance{};
  Keeping keeping{};
  /// Whether it holds for the type that was asked for alone, though it is NXDOMAIN: other types go another way.
  bool is_of_type_alone = false;
};

/// Where an answer came from.
enum class Source : uint8_t {
  kWalk,     ///< At least one packet was sent for it.
  kForward,  ///< A pool of upstreams.
  kCache,
  kFailureCache,
  kStaleCache,  ///< What was known before its TTL was over (RFC 8767).
  kRootZone,    ///< The local root zone, without any packet.
};

/// How a question ended.
struct Result {
  wire::Rcode rcode = wire::Rcode::kServFail;
  std::vector<AnswerSet> answer;  ///< Aliases in order, then the data.
  std::vector<AnswerSet> denial;  ///< The SOA of a negative answer, if it had one, and then the NSECs or NSEC3s.
  std::vector<wire::ExtendedError> errors;
  Source source = Source::kWalk;
  std::optional<Negation> negation{};  ///< Set: the answer is a negative one, perhaps behind aliases.
  std::string server{};                ///< That gave the last part, for people; empty: none was asked.
  dnssec::Security security = dnssec::Security::kUnchecked;  ///< Of the whole.
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
