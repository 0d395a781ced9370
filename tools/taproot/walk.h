#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/taproot/json.h"

namespace taproot {

/// One packet of a walk, or a part of the way that needed none (docs/OPERATING.md).
struct Step {
  int64_t at_us = 0;
  std::string zone;
  std::string server;
  std::string address;
  std::string transport;  ///< Empty: no packet.
  std::string question;
  bool minimised = false;
  std::optional<int64_t> rtt_us;  ///< Nothing: no response came.
  std::string outcome;
  std::string why;
  int64_t depth = 0;
  std::string asked_for;  ///< The question whose answer the question above waits for; empty at depth 0.
};

/// An Extended DNS Error (RFC 8914).
struct ExtendedError {
  int64_t code = 0;
  std::string text;
};

/// What leads from one zone's parent to its keys, or does not.
struct Link {
  std::string zone;
  std::string what;
};

/// How a question was resolved.
struct Walk {
  std::string name;
  std::string type;
  std::string client;
  int64_t started_ms = 0;
  int64_t duration_us = 0;
  std::string rcode;
  std::string source;
  std::vector<ExtendedError> errors;
  std::vector<Step> steps;
  std::string security;     ///< `secure`, `insecure`, `bogus`, or `unchecked`.
  std::vector<Link> trust;  ///< The chain of trust, from the anchor down.
};

/// Returns the walk of its JSON. Members that are missing or of another type are empty: the text may come from a daemon
/// of another version.
Walk WalkFromJson(const Json& object);

}  // namespace taproot
