#pragma once

#include <vector>

#include "engine/simulator/internet.h"
#include "engine/simulator/internet_atlas.h"
#include "engine/wire/message.h"

namespace simulator {

/// One query that has come to a server of the model.
struct Visit {
  const wire::Message& query;
  world::Protocol via;
  Temper temper;
  Lot server;        ///< Of the address: what varies within a temper.
  ZoneAt zone;       ///< The deepest zone of the question's name that is served there.
  bool is_at_empty;  ///< The question's name is an empty non-terminal of the zone.
};

/// Returns what a server of that temper sends where a healthy one sends `right`: nothing, one message, or a forgery and
/// then the message.
std::vector<wire::Message> Spoil(const Visit& visit, wire::Message right, const Atlas& atlas);

/// What a kFailsMinimised server says of empty non-terminals.
wire::Rcode MinimisedFailure(Lot server);

/// Returns whether a kFlaps server is silent at `now`.
bool IsDown(Lot server, world::Instant now);

/// The address in forgeries and lies: whoever shows it to a client was deceived (TEST-NET-3, RFC 5737).
world::Address Deceit();

}  // namespace simulator
