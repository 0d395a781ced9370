#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulator/itinerary.h"
#include "tests/simulator/rollover_census.h"

namespace simulator {

/// What makes one year differ from another.
struct YearOptions {
  uint64_t seed = 1;
  int days = 366;
  Travel travel{};
};

/// What came of a year.
struct YearResult {
  uint64_t trace = 0;  ///< Of all events, effects and verdicts.
  uint64_t asked = 0;
  uint64_t secure = 0;    ///< AD, as it had to be.
  uint64_t insecure = 0;  ///< No AD, as it had to be.
  uint64_t bogus = 0;     ///< SERVFAIL and why, as it had to be.
  uint64_t excused = 0;   ///< SERVFAIL where no server works.
  uint64_t wrong = 0;
  uint64_t root_zones = 0;            ///< Fetched, proven and taken up.
  uint64_t anchor_changes = 0;        ///< By RFC 5011.
  uint64_t datagrams = 0;             ///< Sent to servers.
  RollCounts rolls{};                 ///< That secure answers were given through.
  std::vector<std::string> failures;  ///< A paragraph each; not more than a person reads.

  /// Returns whether every verdict was the model's, and keys of each kind rolled meanwhile.
  bool IsGood() const;
};

/// Lives through a year of the signed pocket internet, whose keys roll at the root, at the TLDs and below: a resolver
/// fetches the root zone each day as it is signed then, follows the root's keys as RFC 5011 has it, and is asked; what
/// it believes has to be what the model holds for believable. The daemon's own keeper of anchors and proof of the root
/// zone do their part of it.
YearResult LiveThrough(const YearOptions& options);

/// Returns the result in words.
std::string ToText(const YearResult& result);

}  // namespace simulator
