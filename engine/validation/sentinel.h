#pragma once

#include <optional>

#include "engine/validation/anchors.h"
#include "engine/wire/message.h"

namespace validation {

/// Returns why a secure answer to the question is to be withheld all the same: its name asks whether a key is a trust
/// anchor of the root here, or is none, and so it is answered SERVFAIL where that is not so (RFC 8509 section 2.1).
std::optional<wire::ExtendedError> SentinelRefusal(const wire::Question& question, const Anchors& anchors);

}  // namespace validation
