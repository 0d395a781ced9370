#pragma once

#include "engine/simulator/internet.h"
#include "engine/simulator/internet_atlas.h"
#include "engine/simulator/internet_records.h"
#include "engine/wire/message.h"

namespace simulator {

/// What a correct authoritative server answers (RFC 1034 section 4.3.2).
class Authority {
 public:
  Authority(const Atlas& atlas, const Records& records) : atlas_(atlas), records_(records) {}

  /// Returns the response of a server for the zone: answer, referral or denial. The header's ID and the OPT are left to
  /// the caller. Requires: the question's name is at or below the zone's apex.
  wire::Message Respond(const wire::Question& question, ZoneAt zone, Census& census) const;

 private:
  /// What one name of an alias chain adds to the response, and where the chain goes on.
  using Next = std::optional<wire::Name>;

  /// Answers from the root zone's own file.
  wire::Message RespondFromRoot(const wire::Question& question) const;
  /// Adds what the zone has for one name.
  Next Extend(const wire::Question& question, ZoneAt zone, wire::Message& response, Census& census) const;
  /// Adds what stands at a name, or at the wildcard that makes it.
  Next ExtendFromNode(const wire::Question& question, ZoneAt zone, const Match& match, wire::Message& response,
                      Census& census) const;
  /// Adds a DNAME and the CNAME made from it.
  Next ExtendFromDname(const wire::Question& question, ZoneAt zone, const Match& match, wire::Message& response) const;
  /// Makes the response a referral to the zone below.
  void Refer(ZoneAt below, wire::Message& response, Census& census) const;
  /// Adds what servers like to add to an apex NS set: the addresses of its servers within the zone.
  void AddServerAddresses(ZoneAt zone, wire::Message& response) const;

  const Atlas& atlas_;
  const Records& records_;
};

/// Counts one meeting with a shape.
inline void Count(Census& census, Shape shape) { ++census.shapes[static_cast<size_t>(shape)]; }

}  // namespace simulator
