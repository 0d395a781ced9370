#include "engine/servers/upstream_record.h"

#include <algorithm>

namespace servers {

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

void UpstreamRecord::Succeeded(world::Duration sample, const HealthRules& rules, world::Instant now) {
  ++answered;
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
