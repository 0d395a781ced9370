#include "engine/validation/evidence.h"

#include <algorithm>

namespace validation {
namespace {

/// Returns the fact of a name in a list, or null.
template <typename Fact>
const Fact* Find(const std::vector<std::pair<wire::Name, Fact>>& facts, const wire::Name& name) {
  const auto at = std::ranges::find(facts, name, &std::pair<wire::Name, Fact>::first);
  return at == facts.end() ? nullptr : &at->second;
}

}  // namespace

void Evidence::Suspect(wire::Name name) {
  if (!IsSuspected(name)) suspects_.push_back(std::move(name));
}

bool Evidence::IsSuspected(const wire::Name& name) const {
  return std::ranges::find(suspects_, name) != suspects_.end();
}

const CutFact* Evidence::CutAt(const wire::Name& name) const { return Find(cuts_, name); }

const KeyFact* Evidence::KeysOf(const wire::Name& zone) const { return Find(keys_, zone); }

}  // namespace validation
