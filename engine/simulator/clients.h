#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/simulator/internet.h"
#include "engine/simulator/seeded_random.h"
#include "engine/wire/message.h"
#include "engine/world/effect.h"
#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace simulator {

/// What clients do. Of a thousand queries each.
struct Habits {
  uint64_t queries = 1'000;
  uint16_t workers = 1;                               ///< Each client reaches one of them.
  world::Duration mean_gap = world::Milliseconds(5);  ///< From one query to the next.
  int tcp_permille = 100;
  int plain_permille = 150;   ///< Without EDNS.
  int repeat_permille = 300;  ///< A question that was asked lately.
  int crowd_permille = 5;     ///< Many clients ask the same at once.
  int stranger_permille = 5;  ///< From outside the access list.
  int nonsense_permille = 5;  ///< No DNS query.
  uint64_t names_begin = 0;   ///< Where in the model's list of names they begin.
};

/// What a client is owed.
enum class Due : uint8_t {
  kTruth,    ///< What the model holds to be true.
  kRefusal,  ///< REFUSED: it may not ask.
  kNothing,  ///< FORMERR, or nothing at all.
};

/// One query of a client, and what is owed to it.
struct Asking {
  world::Instant at;
  world::Client client;
  world::Octets query;
  wire::Question question;  ///< Its letters in the case in which they were sent.
  uint16_t id = 0;
  bool has_edns = false;
  size_t most_octets = 512;  ///< The longest response that the client can take.
  Due due = Due::kTruth;
};

/// Many clients: they ask at seeded times for names of the pocket internet, over UDP and TCP, with and without EDNS.
class Clients {
 public:
  /// `internet` must outlive this.
  Clients(const Internet& internet, const Habits& habits, world::Instant begin, uint64_t seed);

  /// Returns the next query, in the order of time; nothing after the last.
  std::optional<Asking> Next();

  /// Returns the query with which a client follows a truncated response: the same question over TCP (RFC 7766 section
  /// 5).
  Asking OverTcp(const Asking& truncated, world::Instant at);

 private:
  /// Chooses what is asked: a name of the model's list, or one that was asked lately.
  wire::Question ChooseQuestion();
  /// Makes a query of the question as one more client sends it.
  Asking Make(const wire::Question& question);
  /// Gives the query its octets.
  void Write(Asking& asking);

  const Internet& internet_;
  Habits habits_;
  SeededRandom random_;
  world::Instant at_;
  uint64_t made_ = 0;
  uint64_t next_name_ = 0;
  uint64_t crowd_left_ = 0;  ///< Clients that are still to ask `crowd_question_` at this instant.
  wire::Question crowd_question_;
  std::vector<wire::Question> lately_;  ///< A ring.
};

}  // namespace simulator
