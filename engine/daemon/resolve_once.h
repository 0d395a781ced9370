#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "engine/settings/settings.h"
#include "engine/wire/message.h"

namespace taprootd {

/// What came of a question.
struct Resolution {
  world::Octets response;  ///< The whole message, as an operator gets it.
  std::string report;      ///< The walk as JSON (docs/OPERATING.md).
};

/// Resolves one question in this process, with an empty cache and no daemon. Errors: the root zone or hints of the
/// settings cannot be read.
[[nodiscard]] absl::StatusOr<Resolution> ResolveOnce(const settings::Settings& settings,
                                                     const wire::Question& question);

}  // namespace taprootd
