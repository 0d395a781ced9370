#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/servers/rtt.h"
#include "engine/world/address.h"
#include "engine/world/time.h"

namespace servers {

/// How an upstream fares.
enum class Health : uint8_t {
  kUp,
  kSuspect,  ///< Has failed, not often enough to be out: asked after those that are up.
  kDown,     ///< Out: asked when nobody else is left.
};

/// Returns `up`, `suspect` or `down`.
std::string_view ToText(Health health);

/// How many failures take an upstream out, and how many successes bring it back, in a row each.
struct HealthRules {
  int failures_out = 3;
  int successes_in = 2;
};

/// What is remembered of one upstream. Plain data and pure rules; the board has the lock.
struct UpstreamRecord {
  std::string name;  ///< Its URL.
  Health health = Health::kUp;
  RttEstimate rtt;
  world::Instant answered_at = world::Instant::min();
  world::Instant failed_at = world::Instant::min();
  world::Instant changed_at = world::Instant::min();  ///< When it went down, or came back.
  world::Instant next_probe = world::Instant::min();
  int failures_in_row = 0;
  int successes_in_row = 0;
  int unanswered = 0;  ///< Queries since it last said anything; those that lost a race do not count.
  world::Instant unanswered_since = world::Instant::min();  ///< When the first of them went out.
  uint64_t asked = 0;
  uint64_t answered = 0;
  uint64_t won = 0;     ///< Its answer was taken.
  uint64_t lost = 0;    ///< Another upstream's answer was taken first.
  uint64_t errors = 0;  ///< Answers that are none: SERVFAIL, REFUSED, ...
  uint64_t failures = 0;
  uint64_t probes = 0;
  std::string last_error;
  std::vector<world::Address> addresses;  ///< Of an upstream that is given by name.
  world::Instant addresses_until = world::Instant::min();

  /// Returns how it is to be ranked: one that has fallen silent under load is suspect before any query is overdue, so
  /// that few wait for it.
  Health HealthAt(world::Instant now) const;

  /// A query goes out.
  void Sent(world::Instant now);

  /// A query's answer is not waited for any more, since another upstream was faster.
  void Lost();

  /// A response that is an error, and may be the name's fault.
  void Erred(std::string_view what);

  /// A response came in that serves its purpose.
  void Succeeded(world::Duration sample, const HealthRules& rules, world::Instant now);

  /// A query that was sent at `sent` failed, or has waited as long as it was given. Those that were out together count
  /// once, and not at all when the upstream has answered another one since.
  void Failed(std::string_view why, world::Instant sent, const HealthRules& rules, world::Instant now);
};

}  // namespace servers
