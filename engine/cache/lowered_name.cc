#include "engine/cache/lowered_name.h"

#include <algorithm>

#include "engine/wire/lower.h"
#include "engine/world/check.h"

namespace cache {

LoweredName::LoweredName(world::OctetView name) : size_(name.size()) {
  CHECK(size_ <= octets_.size());
  wire::LowerInto(name, octets_.data());
}

bool IsAtOrBelow(world::OctetView lowered, world::OctetView ancestor) {
  while (lowered.size() > ancestor.size()) lowered = ParentOf(lowered);
  return std::equal(lowered.begin(), lowered.end(), ancestor.begin(), ancestor.end());
}

}  // namespace cache
