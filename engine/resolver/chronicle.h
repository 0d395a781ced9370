#pragma once

#include <deque>
#include <string>
#include <vector>

#include "engine/iteration/result.h"
#include "engine/validation/reasons.h"
#include "engine/world/effect.h"

namespace resolver {

/// How a question was resolved: what `taproot explain` and `taproot resolve` tell.
struct Chapter {
  wire::Question question;
  std::string client;  ///< Empty: asked on our own behalf.
  world::Now started;
  world::Instant ended;
  wire::Rcode rcode = wire::Rcode::kNoError;
  std::string_view source;  ///< "walk", "cache", "local", "root zone": a literal.
  std::vector<wire::ExtendedError> errors;
  std::vector<iteration::WalkStep> steps;
  dnssec::Security security = dnssec::Security::kUnchecked;
  std::vector<validation::TrustLink> trust{};  ///< What the security rests upon.
};

/// Returns the literal that names a source.
std::string_view ToText(iteration::Source source);

/// Returns the chapter as one JSON object (docs/OPERATING.md, "A walk").
std::string ToJson(const Chapter& chapter);

/// The walks that ended lately: kMaxRememberedWalks of them, the oldest goes.
class Chronicle {
 public:
  /// Adds a walk.
  void Add(Chapter chapter);

  /// Returns up to `most` walks for the name (empty: any), newest first, as a JSON array.
  std::string ToJson(const std::string& name, size_t most) const;

 private:
  std::deque<Chapter> chapters_;
};

}  // namespace resolver
