#include "engine/iteration/bailiwick.h"

#include <algorithm>
#include <array>

#include "engine/world/limits.h"

namespace iteration {
namespace {

/// Returns whether a server of `zone` may say anything about the set's owner.
bool IsCredible(const wire::Name& zone, const wire::RrSet& rrset) {
  return rrset.rr_class == wire::RrClass::kIn && !wire::IsMetaType(rrset.type) && rrset.owner.IsAtOrBelow(zone);
}

}  // namespace

uint64_t Scrub(const wire::Name& zone, wire::Message& response) {
  uint64_t scrubbed = 0;
  for (auto* section : {&response.answer, &response.authority, &response.additional}) {
    scrubbed += std::erase_if(*section, [&](const wire::RrSet& rrset) { return !IsCredible(zone, rrset); });
  }
  return scrubbed;
}

bool HasOversizedSet(const wire::Message& response) {
  const auto oversized = [](const wire::RrSet& rrset) {
    return rrset.rdatas.size() > world::limits::kMaxRecordsPerRrset;
  };
  return std::ranges::any_of(response.answer, oversized) || std::ranges::any_of(response.authority, oversized) ||
         std::ranges::any_of(response.additional, oversized);
}

}  // namespace iteration
