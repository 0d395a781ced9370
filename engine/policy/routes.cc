#include "engine/policy/routes.h"

#include <algorithm>

namespace policy {
namespace {

/// Returns the pools of those names, the lowest priority number first, and in the order of the file where it is equal.
template <typename Chosen>
std::vector<size_t> PoolsWhere(const settings::Settings& settings, Chosen chosen) {
  std::vector<size_t> pools;
  for (size_t i = 0; i < settings.forward_pools.size(); ++i) {
    if (chosen(settings.forward_pools[i].name)) pools.push_back(i);
  }
  std::ranges::stable_sort(pools, {}, [&](size_t i) { return settings.forward_pools[i].priority; });
  return pools;
}

/// Returns the pools that serve all names that no route is for.
std::vector<size_t> DefaultPools(const settings::Settings& settings) {
  auto pools = PoolsWhere(settings, [&](const std::string& name) {
    return std::ranges::none_of(settings.forward_routes, [&](const auto& route) {
      return std::ranges::find(route.pools, name) != route.pools.end();
    });
  });
  if (!settings.forward.servers.empty()) pools.push_back(ShortFormPool(settings));
  return pools;
}

}  // namespace

Routes::Routes(const settings::Settings& settings) {
  ways_.push_back({wire::Name(), DefaultPools(settings)});
  if (!ways_.front().IsForwarded() && settings.forward_routes.empty()) return;
  for (const auto& stub : settings.stubs) {
    by_domain_[stub.zone] = ways_.size();
    ways_.push_back({stub.zone, {}});
  }
  for (const auto& route : settings.forward_routes) {
    const auto pools = PoolsWhere(
        settings, [&](const std::string& name) { return std::ranges::find(route.pools, name) != route.pools.end(); });
    for (const wire::Name& domain : route.domains) {
      // A route for the very zone of a stub comes first; the stub is where it falls back to.
      by_domain_[domain] = ways_.size();
      ways_.push_back({domain, pools, route.validation});
    }
  }
}

const Way& Routes::Of(const wire::Name& name) const {
  if (by_domain_.empty()) return ways_.front();
  for (size_t labels = name.LabelCount() + 1; labels-- > 0;) {
    const auto at = by_domain_.find(name.Suffix(labels));
    if (at != by_domain_.end()) return ways_[at->second];
  }
  return ways_.front();
}

const Way& Routes::Of(const wire::Question& question) const {
  const bool of_parent = question.type == wire::RrType::kDs && !question.name.IsRoot();
  return of_parent ? Of(question.name.Parent()) : Of(question.name);
}

uint64_t Routes::DropOthers(const Way& way, wire::Message& response) const {
  if (IsUniform()) return 0;
  uint64_t dropped = 0;
  for (auto* section : {&response.answer, &response.authority, &response.additional}) {
    dropped += std::erase_if(*section, [&](const wire::RrSet& rrset) {
      // A DS stands at the name of a zone and belongs to the one above.
      return &Of(wire::Question{rrset.owner, rrset.type, rrset.rr_class}) != &way;
    });
  }
  return dropped;
}

}  // namespace policy
