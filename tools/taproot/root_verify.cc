#include <fmt/format.h>

#include <charconv>
#include <chrono>

#include "engine/daemon/root_zone.h"
#include "engine/daemon/trust_anchors.h"
#include "engine/settings/units.h"
#include "engine/validation/root_proof.h"
#include "tools/taproot/amounts.h"
#include "tools/taproot/settings_file.h"
#include "tools/taproot/verbs.h"

namespace taproot {
namespace {

/// Says what is wrong; returns the exit code for it.
Exit Fail(std::string_view what) {
  fmt::print(stderr, "{}\n", what);
  return Exit::kFailed;
}

/// Returns the time of `2020-10-20`, `2020-10-20T12:00:00Z` or of seconds since 1970.
std::optional<world::WallTime> ReadTime(const std::string& text) {
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size()) return world::WallTime(world::Seconds(seconds));
  return settings::TimeFromText(text.size() == 10 ? text + "T00:00:00Z" : text);
}

/// Returns the time that `--at` names, or the present.
std::optional<world::WallTime> TimeOf(const Arguments& arguments) {
  if (const auto text = arguments.Value("--at")) return ReadTime(*text);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return world::WallTime(std::chrono::duration_cast<world::Duration>(now));
}

}  // namespace

Exit RunRootVerify(const Arguments& arguments) {
  auto settings = LoadSettings(arguments);
  if (!settings) return Exit::kFailed;
  if (const auto file = arguments.Value("--trust-anchors")) settings->dnssec.trust_anchors_file = *file;
  const auto now = TimeOf(arguments);
  if (!now) return Fail("--at needs a time such as 2020-10-20 or 2020-10-20T12:00:00Z");
  const auto anchors = taprootd::LoadAnchors(*settings);
  if (!anchors.ok()) return Fail(std::string(anchors.status().message()));
  const auto zone = taprootd::ReadRootZone(arguments.Word(0));
  if (!zone.ok()) return Fail(std::string(zone.status().message()));
  const validation::RootProof proof = validation::ProveRoot(**zone, validation::RootTrust(anchors->get()), *now);
  fmt::print("zone:       serial {}, {} records\n{}", (*zone)->serial(), Grouped((*zone)->record_count()),
             proof.ToText());
  // To verify is what was asked for, whatever the daemon is told to do without.
  const bool is_strict = settings->root.zonemd == settings::ZonemdPolicy::kRequire;
  const auto policy = is_strict ? settings::ZonemdPolicy::kRequire : settings::ZonemdPolicy::kIfPresent;
  const std::string date =
      DateText(std::chrono::duration_cast<std::chrono::milliseconds>(now->time_since_epoch()).count());
  if (const auto judged = validation::JudgeRoot(policy, proof); !judged.ok()) {
    return Fail(fmt::format("Not authentic at {}: {}", date, std::string(judged.message())));
  }
  fmt::print("Authentic at {}: {}.\n", date, validation::VerifiedBy(policy, proof));
  return Exit::kGood;
}

}  // namespace taproot
