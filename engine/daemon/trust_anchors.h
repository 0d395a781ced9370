#pragma once

#include <absl/status/statusor.h>

#include "engine/settings/settings.h"
#include "engine/validation/anchors.h"

namespace taprootd {

/// Returns the trust anchors that the settings name: those of the file, or those built in.
[[nodiscard]] absl::StatusOr<validation::SharedAnchors> LoadAnchors(const settings::Settings& settings);

}  // namespace taprootd
