#pragma once

#include <optional>
#include <vector>

#include "engine/simulator/internet.h"

namespace simulator {

/// A resolver small enough to be seen to be honest: no cache, no cleverness. It asks every server that it is told of,
/// one after the other, until one gives a valid response. Held against Internet::TruthOf.
class Walker {
 public:
  explicit Walker(const Internet& internet) : internet_(internet) {}

  /// What it found out; nothing when it came to no answer.
  struct Outcome {
    wire::Rcode rcode = wire::Rcode::kNoError;
    std::vector<wire::RrSet> answer;
  };

  /// Resolves a question at `now`, from the root's servers down.
  std::optional<Outcome> Resolve(const wire::Question& question, world::Instant now);

  /// What its questions met.
  const Census& census() const { return census_; }

  /// Octets of the largest response that was not to a question for TXT.
  size_t largest() const { return largest_; }

 private:
  /// The servers of a zone, as far as they are known.
  struct Servers {
    wire::Name zone;
    std::vector<wire::Name> names;
    std::vector<world::Address> addresses;
  };

  /// Resolves one name, aliases not followed beyond what the server of the last zone gives.
  std::optional<wire::Message> Descend(const wire::Question& question, world::Instant now, int depth);
  /// Asks the servers one by one for a valid response.
  std::optional<wire::Message> AskAny(Servers& servers, const wire::Question& question, world::Instant now, int depth);
  /// Asks one server, with EDNS, then without, then over TCP, as its responses demand.
  std::optional<wire::Message> AskOne(const world::Address& server, const wire::Question& question, world::Instant now);
  /// Sends one query and returns the first response that belongs to it.
  std::optional<wire::Message> Send(const world::Address& server, world::Protocol via, const wire::Question& question,
                                    const std::optional<wire::Edns>& edns, world::Instant now);
  /// Looks up the addresses of a server.
  std::vector<world::Address> AddressesOf(const wire::Name& name, world::Instant now, int depth);

  const Internet& internet_;
  Census census_;
  size_t largest_ = 0;
  uint64_t draw_ = 0;
};

}  // namespace simulator
