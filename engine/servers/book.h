#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/servers/uplink.h"
#include "engine/servers/upstream_board.h"
#include "engine/wire/name.h"
#include "engine/world/address.h"
#include "engine/world/effect.h"
#include "engine/world/limits.h"
#include "engine/world/protocol.h"
#include "engine/world/random.h"
#include "engine/world/time.h"

namespace servers {

/// What a fully matched response, or its absence, says about a server. Measurements change by these alone: a forged or
/// mismatched packet never gets here (PowerDNS CVE-2026-52690).
enum class Report : uint8_t {
  kValid,     ///< A response that served its purpose.
  kServFail,  ///< Also any rcode without a meaning here.
  kRefused,
  kLame,     ///< Not authoritative for the zone, or refers upwards.
  kFormErr,  ///< FORMERR or NOTIMP to a query without EDNS, or a malformed response.
  kNoEdns,   ///< FORMERR, NOTIMP or BADVERS to a query with EDNS: asked without from here on.
};

/// Returns `valid`, `SERVFAIL`, `REFUSED`, `lame`, ...
std::string_view ToText(Report report);

/// A server of the zone that may be asked, as the walk sees it.
struct Candidate {
  world::Address address;
  int times_tried = 0;          ///< In this question at this zone cut.
  bool answered_badly = false;  ///< In this question: an error, or lame.
};

/// Whom to ask beside the server that is waited for, and why. Measuring what is not the best costs a packet, and no
/// client any time.
struct Aside {
  size_t index = 0;         ///< Into the candidates.
  world::Duration timeout;  ///< After which it counts as silent.
  bool with_edns = true;
  std::string_view reason;  ///< "exploring", "probing", ...
};

/// Whom to ask, how long to wait before asking another one, and why.
struct Choice {
  size_t index = 0;         ///< Into the candidates.
  world::Duration timeout;  ///< RTO of RFC 6298 with our bounds; the first answer still counts when it is late.
  bool with_edns = true;    ///< False when the server fails on EDNS.
  std::string_view reason;  ///< One of a few literals: "fastest", "untried", "only one", "asked again"...
  /// One more candidate to ask beside it, to learn of it: nobody waits for that one.
  std::optional<Aside> aside;
};

/// A line of the ranking for people (`taproot nameservers`).
struct Standing {
  world::Address address;
  std::optional<wire::Name> zone;       ///< Nothing: the line is of the address in general.
  std::optional<world::Duration> srtt;  ///< Nothing: never answered.
  world::Duration variance{};
  world::Duration timeout{};  ///< In force.
  uint64_t asked = 0;
  uint64_t answered = 0;
  uint64_t timeouts = 0;
  uint64_t errors = 0;  ///< Of the (address, zone).
  uint64_t explorations = 0;
  uint64_t won = 0;  ///< Questions answered before another server that had been asked first.
  int timeouts_in_row = 0;
  std::optional<int> share_permille;  ///< Of the queries for its zone; nothing: the line is of the address in general.
  std::string state;                  ///< "good", "untried", "backing off", "lame", "no EDNS", ...
  std::string last_error;             ///< Empty: none.
  std::string reason;  ///< Why it stands where it stands in its zone; empty where nothing ails it and no zone is.
};

struct Figures;
struct Memory;
namespace chooser {
struct Prospect;
}

/// What bounds a book's curiosity.
struct BookOptions {
  int exploration_percent = 5;  ///< Of all packets, at most; 0: none.
};

/// What is remembered of nameservers: RTT per address (RFC 6298), errors per (address, zone). Shared by the workers;
/// every method may be called from any thread; state is bounded by kMaxMeasuredAddresses and kMaxServerZones, the least
/// recently used goes. This is the one small interface behind which choosing happens.
class Book {
 public:
  Book();
  explicit Book(const BookOptions& options);
  /// Chooses by other figures than the daemon's.
  Book(const BookOptions& options, const Figures& figures);
  ~Book();
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  /// Chooses among the candidates for a question at `zone`; nothing when there are none. Deprioritised servers come
  /// last but are never left out; within a budget of all packets, one whose measurement has grown old is asked aside.
  std::optional<Choice> Choose(std::span<const Candidate> candidates, const wire::Name& zone, world::Instant now,
                               world::Random& random);

  /// A query went out.
  void Sent(const world::Address& address, const wire::Name& zone, world::Instant now);
  /// A response matched (also a late one): `rtt` since its own query was sent.
  void Answered(const world::Address& address, const wire::Name& zone, world::Protocol via, world::Duration rtt,
                Report report, world::Instant now);
  /// Its answer came before that of a server asked earlier, which was still listened to: what asking anew early won.
  void Won(const world::Address& address);

  // Failures are held against a server unless the uplink is at fault.

  /// The timeout of a query, sent at `sent`, passed without a response.
  void TimedOut(const world::Address& address, const wire::Name& zone, world::Instant sent, world::Instant now);
  /// ICMP or the TCP stack said no.
  void Unreachable(const world::Address& address, const wire::Name& zone, world::Mishap mishap, world::Instant now);

  /// Returns the standings of the zone's servers as the chooser sees them, best first. Locks one shard at a time,
  /// briefly.
  std::vector<Standing> OfZone(const wire::Name& zone, world::Instant now) const;
  /// Returns all standings of an address, one for each zone.
  std::vector<Standing> OfAddress(const world::Address& address, world::Instant now) const;
  /// Returns up to `most` standings, busiest first.
  std::vector<Standing> Busiest(size_t most, world::Instant now) const;

  /// Returns a copy of all that is remembered, to be kept beyond the process. Locks one shard at a time, briefly.
  Memory Remember() const;
  /// Takes in what was kept, as far as there is room; what is known already stands.
  void Restore(const Memory& memory);

  /// Our own way to all of them.
  const Uplink& uplink() const { return uplink_; }

  /// The upstreams that questions are forwarded to: a page of their own, with a lock of its own.
  UpstreamBoard& upstreams() { return upstreams_; }

 private:
  struct State;

  /// Takes in that the server, asked at `sent`, has failed; returns whether it is not to blame.
  bool IsExcused(const world::Address& address, world::Instant sent, world::Instant now);
  /// Asks a server of a family that is cut off beside the choice, if it is time to see whether it is back.
  void ProbeCutOff(std::span<const chooser::Prospect> prospects, Choice& choice, world::Instant now);

  std::unique_ptr<State> state_;
  Uplink uplink_;
  UpstreamBoard upstreams_;
};

}  // namespace servers
