#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "engine/wire/message.h"
#include "tools/taproot/command.h"

namespace taproot {

/// Returns the question of the words NAME [TYPE], of type A where none is given; tells what is wrong and returns
/// nothing where something is.
std::optional<wire::Question> QuestionOf(const Arguments& arguments);

/// Returns the number of an option, or `otherwise` where it is not given; tells what is wrong and returns nothing where
/// it is no number from 1 to 100,000.
std::optional<size_t> CountOf(const Arguments& arguments, std::string_view option, size_t otherwise);

}  // namespace taproot
