#pragma once

#include <vector>

#include "engine/cache/store.h"
#include "engine/iteration/result.h"
#include "engine/resolver/admission.h"
#include "engine/settings/settings.h"
#include "engine/wire/message.h"

namespace resolver {

/// Returns the response to a query that was resolved.
wire::Message MakeResponse(const Asking& asking, const iteration::Result& result, const settings::Settings& settings);

/// Returns the response to a query that is answered at once.
wire::Message MakeResponse(const Immediate& immediate, const settings::Settings& settings);

/// Returns SERVFAIL with a reason, for a query that cannot be taken on.
wire::Message MakeFailure(const Asking& asking, const wire::ExtendedError& error, const settings::Settings& settings);

/// Writes a response as the client of `asking` can take it: within its limit, with RRSIGs only for DO (RFC 3225).
void WriteResponse(const Asking& asking, const wire::Message& response, world::Octets& out);

/// Returns the response as the cache keeps it for later queries like `asking`: whole, and with the places of its TTLs;
/// nothing when it is not to be kept: a failure, the local root zone's (a reload shows at once), or without any life.
std::optional<cache::ReadyAnswer> MakeReady(const Asking& asking, const iteration::Result& result,
                                            const wire::Message& response, world::Instant now);

/// Returns the key under which answers to queries like `asking` are kept.
cache::AnswerKey KeyOf(const Asking& asking);

/// What of a query stands in the answer to it as it came.
struct Personal {
  uint16_t id = 0;
  bool rd = false;
  bool cd = false;
  bool knows_ad = false;  ///< AD or DO was set: AD may be told.
  world::OctetView name;  ///< The question's name in its own case.
  size_t limit = 512;
};

/// Makes a kept answer the answer to one query: ID, RD, CD and the case of the name as in the query; truncated to
/// header and question (and OPT) with TC where it is longer than the client can take.
void Personalise(const Personal& query, world::Octets& response);

}  // namespace resolver
