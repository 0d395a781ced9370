#include "engine/servers/upstream_record.h"

#include <algorithm>

namespace servers {
namespace {

/// Queries without a word back that make silence: a few are names that take long to resolve.
constexpr int kManyUnanswered = 16;

/// The least silence under load that means something, however near the upstream is: a process may pause.
constexpr world::Duration kLeastQuiet = world::Milliseconds(40);

/// How many times its usual time silence has to last: a connection may have to be made first.
constexpr int kQuietRounds = 2;

}  // namespace

std::string_view ToText(Health health) {
  switch (health) {
    case Health::kUp:
      return "up";
    case Health::kSuspect:
      return "suspect";
    case Health::kDown:
      break;
  }
  return "down";
}

Health UpstreamRecord::HealthAt(world::Instant now) const {
  if (health != Health::kUp || unanswered < kManyUnanswered || !rtt.measured) return health;
  const world::Duration usual = rtt.smoothed + 4 * rtt.variance;  // RFC 6298, without the bounds of a timeout.
  const world::Duration quiet = std::max(kLeastQuiet, kQuietRounds * usual);
  return now - unanswered_since > quiet ? Health::kSuspect : Health::kUp;
}

void UpstreamRecord::Sent(world::Instant now) {
  ++asked;
  if (unanswered++ == 0) unanswered_since = now;
}

void UpstreamRecord::Lost() {
  ++lost;
  if (unanswered > 0) --unanswered;
}

void UpstreamRecord::Erred(std::string_view what) {
  ++errors;
  unanswered = 0;
  last_error = what;
}

void UpstreamRecord::Succeeded(world::Duration sample, const HealthRules& rules, world::Instant now) {
  ++answered;
  unanswered = 0;
  rtt.Add(sample, rtt.measured ? now - answered_at : world::Duration(0));
  answered_at = now;
  failures_in_row = 0;
  ++successes_in_row;
  if (health == Health::kUp) return;
  if (health == Health::kDown && successes_in_row < rules.successes_in) {
    next_probe = now;  // The next success is looked for at once.
    return;
  }
  health = Health::kUp;
  changed_at = now;
}

void UpstreamRecord::Failed(std::string_view why, world::Instant sent, const HealthRules& rules, world::Instant now) {
  ++failures;
  last_error = why;
  if (sent < failed_at || sent < answered_at) return;
  failed_at = now;
  successes_in_row = 0;
  failures_in_row = std::min(failures_in_row + 1, rules.failures_out);
  if (failures_in_row >= rules.failures_out && health != Health::kDown) {
    health = Health::kDown;
    changed_at = now;
  } else if (health == Health::kUp) {
    health = Health::kSuspect;
    next_probe = now;
  }
}

}  // namespace servers
