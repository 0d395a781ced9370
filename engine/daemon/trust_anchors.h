#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "engine/settings/settings.h"
#include "engine/validation/anchors.h"
#include "engine/validation/rollover.h"

namespace taprootd {

/// Returns the trust anchors that the settings name: those of the file, or those built in.
[[nodiscard]] absl::StatusOr<validation::SharedAnchors> LoadAnchors(const settings::Settings& settings);

/// Returns where the states of the anchors' keys are kept; empty without `server.state-dir`.
std::string AnchorStatePath(const settings::Settings& settings);

/// The trust anchors as the settings and the state file have them.
struct FollowedAnchors {
  std::vector<validation::Rollover> rollovers;
  std::string refusal;  ///< Why the file was left aside; empty: it was not, or there is none.
};

/// Returns the anchors with what the state file knows of their keys.
FollowedAnchors ResumeAnchors(const settings::Settings& settings, const validation::Anchors& configured);

}  // namespace taprootd
