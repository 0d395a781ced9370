#pragma once

#include "engine/metrics/table.h"
#include "engine/servers/book.h"
#include "engine/wire/message.h"
#include "engine/world/effect.h"

namespace iteration {

/// A packet that no walk waits for: sent beside a question, to learn how its server does. Its answer tells no client
/// anything, and is never kept.
struct Straggler {
  world::Endpoint to;
  wire::Name zone;  ///< Whose server is asked.
  wire::Question asked;
  uint16_t id = 0;
  bool with_edns = true;
  world::Instant sent;
  world::Instant overdue_at;  ///< From then on it counts as silent; an answer still counts.
};

/// What the fate of a straggler is written to.
struct Ledger {
  servers::Book& book;
  metrics::Counters& counters;
  world::Instant now;
};

/// Takes what arrived for a straggler; returns whether it was the answer, and nothing more is to come.
[[nodiscard]] bool Hear(const Straggler& straggler, const world::Arrival& arrival, const Ledger& ledger);

/// The straggler's time is over without an answer.
void NoteSilence(const Straggler& straggler, const Ledger& ledger);

/// The network says that nobody is there.
void NoteMishap(const Straggler& straggler, world::Mishap mishap, const Ledger& ledger);

}  // namespace iteration
