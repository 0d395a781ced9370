#include "engine/daemon/store_options.h"

#include <chrono>

namespace taprootd {
namespace {

/// Returns a time as TTLs are told.
uint32_t WholeSeconds(world::Duration duration) {
  return static_cast<uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

}  // namespace

cache::StoreOptions StoreOptionsOf(const settings::Settings& settings) {
  cache::StoreOptions options;
  options.limit_octets = settings.cache.size_octets;
  options.min_ttl_seconds = WholeSeconds(settings.cache.min_ttl);
  options.max_ttl_seconds = WholeSeconds(settings.cache.max_ttl);
  options.max_negative_ttl_seconds = WholeSeconds(settings.cache.max_negative_ttl);
  options.stale_seconds = WholeSeconds(settings.cache.stale_time);
  return options;
}

}  // namespace taprootd
