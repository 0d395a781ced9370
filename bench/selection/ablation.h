#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/selection/policy.h"
#include "engine/servers/book.h"
#include "engine/servers/figures.h"

namespace selection {

/// What is asked to learn of it goes out beside the client's question, or in its place.
enum class Learning : uint8_t { kBeside, kInPlace };

/// What fails at a public address may be the fault of our uplink; a private one is reached without it.
enum class Standing : uint8_t { kPublic, kPrivate };

/// Taproot's chooser but for one idea.
struct Variation {
  std::string_view without;
  servers::Figures figures{};
  servers::BookOptions options{};
  Learning learning = Learning::kBeside;
  Listening listening = Listening::kUntilTheEnd;
  Standing standing = Standing::kPublic;
};

/// Returns Taproot's policy, varied.
std::unique_ptr<Policy> MakeVaried(const PolicyContext& context, const Variation& variation);

/// Runs Taproot's chooser without each of its ideas over all scenarios, and tells each line as soon as it is known.
/// Returns the table: each figure without the idea against the one with it, and where it matters most.
std::string Ablate(uint64_t seeds);

}  // namespace selection
