#pragma once

#include <optional>

#include "engine/settings/settings.h"
#include "engine/wire/message.h"

namespace policy {

/// Tells clients that ask in the clear where this same resolver answers encrypted (RFC 9462, DDR).
class Designation {
 public:
  /// Takes the name and the encrypted listeners of the settings; without both nothing is told.
  explicit Designation(const settings::Settings& settings);

  /// Returns the SVCB records of `_dns.resolver.arpa`, if the question is for them and there are any.
  std::optional<wire::RrSet> Answer(const wire::Question& question) const;

 private:
  wire::RrSet designations_;
};

}  // namespace policy
