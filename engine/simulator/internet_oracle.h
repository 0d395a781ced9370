#pragma once

#include "engine/simulator/internet.h"
#include "engine/simulator/internet_atlas.h"
#include "engine/simulator/internet_attestor.h"
#include "engine/simulator/internet_records.h"

namespace simulator {

/// Knows what is true of every question: reads the rules of the zones and the tempers of their servers, and asks
/// nobody.
class Oracle {
 public:
  /// The rules that it reads; borrowed.
  struct Rules {
    const Atlas& atlas;
    const Records& records;
    const Trust& trust;
    const Attestor& attestor;
  };

  Oracle(const InternetOptions& options, const Rules& rules)
      : ipv4_(options.ipv4),
        ipv6_(options.ipv6),
        atlas_(rules.atlas),
        records_(rules.records),
        trust_(rules.trust),
        attestor_(rules.attestor) {}

  /// See Internet::TruthOf.
  Truth TruthOf(const wire::Question& question, world::Instant now) const;

 private:
  /// Whether the servers of a zone can be had.
  enum class Reach : uint8_t { kNo, kPerhapsNot, kPerhaps, kYes };

  /// What is asked of the servers of a zone.
  struct Need {
    world::Instant now;
    bool tcp = false;         ///< The answer does not fit into a datagram.
    bool is_empty = false;    ///< The question is for an empty non-terminal.
    int depth = 0;            ///< Of glueless nameservers' names, each looked up for another's sake.
    bool signatures = false;  ///< What servers say without EDNS, or cannot say over TCP, is of no use to a validator.
  };

  /// What is found of a set of servers.
  struct Standing {
    Reach reach = Reach::kNo;
    bool some_refuse = false;
    bool some_answer_otherwise = false;
  };

  /// What is asked of the last zone of a chain, and when.
  struct Step {
    const wire::Question& question;
    const Chain& chain;
    const Match& match;
    world::Instant now;
  };

  /// Adds what one name of an alias chain has; returns where the chain goes on.
  std::optional<wire::Name> Extend(const Step& step, Truth& truth) const;
  /// Adds what the root zone has.
  void ExtendFromRoot(const Step& step, Truth& truth) const;
  /// Returns the set at a name, of the types that only signed zones have or of any other.
  std::optional<wire::RrSet> SetAt(const Step& step) const;
  /// Notes what a validator thinks of the records that one name of a chain added, `added` of them.
  void JudgeSecurity(const Step& step, size_t added, Truth& truth) const;
  /// Notes in the truth whether the zones of the chain can be reached.
  void JudgeChain(const Chain& chain, Need need, Truth& truth) const;
  /// Returns how the zone's servers stand, by both its NS sets.
  Standing StandingOf(ZoneAt zone, Need need) const;
  /// Returns how the servers of one NS set stand.
  Standing StandingOf(ZoneAt zone, Side side, Need need) const;
  /// Returns whether the host's addresses come to be known.
  Reach ReachOfHost(ZoneAt zone, const Host& host, Need need) const;
  /// Adds what one address contributes.
  void Weigh(const world::Address& address, Reach host, Need need, Standing& standing) const;
  /// Returns whether some server of the zone denies empty non-terminals.
  bool DeniesEmpty(ZoneAt zone) const;

  bool ipv4_;
  bool ipv6_;
  const Atlas& atlas_;
  const Records& records_;
  const Trust& trust_;
  const Attestor& attestor_;
};

}  // namespace simulator
