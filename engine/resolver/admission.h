#pragma once

#include <optional>
#include <variant>

#include "engine/settings/settings.h"
#include "engine/wire/message.h"
#include "engine/world/effect.h"

namespace resolver {

/// What of a query decides the octets of its answer.
struct Asking {
  wire::Header header;
  wire::Question question;
  bool edns = false;
  bool dnssec_ok = false;
  size_t limit = 512;  ///< Octets of the longest response that the client can take.
};

/// The query deserves no answer: no header, or itself a response (an answer to it could start a loop).
struct NotAQuery {};

/// The query is answered without looking anything up.
struct Immediate {
  Asking asking;
  wire::Rcode rcode = wire::Rcode::kNoError;
  std::vector<wire::RrSet> answer;
  std::optional<wire::ExtendedError> error;
  bool echoes_question = true;  ///< False where the query has none, or several.
};

/// The question is to be resolved.
struct Admitted {
  Asking asking;
};

/// What becomes of a client's query.
using Admission = std::variant<NotAQuery, Immediate, Admitted>;

/// Whether the client's address may ask.
enum class Access : uint8_t { kAllowed, kRefused };

/// Reads a query and decides what becomes of it: malformed (FORMERR), of another kind (NOTIMP), from outside (REFUSED),
/// of an unknown EDNS version (BADVERS), of another class, a transfer, not recursive (REFUSED), for ANY (RFC 8482), or
/// to be resolved. Pure.
Admission Admit(world::OctetView query, world::Protocol via, Access access, const settings::Settings& settings);

/// Returns how long a response may be: 64 KiB over TCP; over UDP what the client offers and we are willing to send.
size_t ResponseLimit(world::Protocol via, std::optional<uint16_t> offered_octets, const settings::Settings& settings);

}  // namespace resolver
