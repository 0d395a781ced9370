#pragma once

#include <span>
#include <string_view>

namespace settings {

/// Returns the one of the words that `text` was most likely meant to be, or an empty text where none is near: at most
/// one edit in three letters. An edit adds, drops or changes a letter, or swaps two neighbours.
std::string_view Nearest(std::string_view text, std::span<const std::string_view> words);

}  // namespace settings
