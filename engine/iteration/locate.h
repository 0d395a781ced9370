#pragma once

#include <variant>
#include <vector>

#include "engine/iteration/context.h"

namespace iteration {

/// The answer is known.
struct Settled {
  Result result;
};

/// An alias at the name is known: go on with its target.
struct KnownAlias {
  std::vector<AnswerSet> chain;  ///< A CNAME; or a DNAME and the CNAME made of it.
  wire::Name target;
  Source source = Source::kCache;
};

/// A DNAME known here makes the name too long.
struct KnownOverlong {
  std::vector<AnswerSet> chain;
};

/// Ask the servers of this zone.
struct StartAt {
  cache::SharedDelegation delegation;
  const Stub* stub = nullptr;  ///< Set: these servers, whatever the delegation says.
};

/// The operator has the name asked of pools.
struct Routed {
  const policy::Way& way;
};

/// Neither root zone nor root servers are known: prime first.
struct NeedRoot {};

/// Where a question stands before a packet is sent for it.
using Location = std::variant<Settled, KnownAlias, KnownOverlong, StartAt, Routed, NeedRoot>;

/// Whether the operator's routes to pools count. They do not for the names of the pools' own upstreams, and when the
/// pools have failed and the operator wants the walk then.
enum class Routing : uint8_t { kObeyed, kIgnored };

/// What is looked for, and what of the cache will do.
struct Sought {
  const wire::Question& question;
  cache::Rank least_rank = cache::Rank::kNonAuthAnswer;  ///< Glue is never an answer (RFC 2181 section 5.4.1).
  bool is_retry = false;    ///< An answer was bogus: of the cache only what is secure counts.
  bool is_refresh = false;  ///< Nothing of the cache counts but where to ask.
  Routing routing = Routing::kObeyed;
};

/// Returns what is known of the question: from the cache, from the root zone here, or else the zone whose servers to
/// ask - the deepest that is known and encloses the name (for DS, the name's parent: RFC 4035 section 4.2).
Location Locate(const Sought& sought, Context& context);

/// Returns the answer for `name` that an entry of the cache makes, as far as it is believed there.
Result ResultOf(const cache::Known& known, const wire::Name& name, world::Instant now);

/// Returns what the root zone here says of the question by itself, if no other zone has the say: data, NODATA or
/// NXDOMAIN of the root, unchecked.
std::optional<Result> AnswerFromRoot(const wire::Question& question, const zone::Snapshot& root,
                                     const settings::Settings& settings);

}  // namespace iteration
