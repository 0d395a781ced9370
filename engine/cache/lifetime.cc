#include "engine/cache/lifetime.h"

#include <algorithm>

namespace cache {

uint32_t TtlOfSet(uint32_t ttl, const StoreOptions& options) {
  return std::min(std::max(ttl, options.min_ttl_seconds), options.max_ttl_seconds);
}

uint32_t TtlOfNegative(const std::optional<wire::RrSet>& soa, const StoreOptions& options) {
  constexpr auto kNoSoaSeconds = static_cast<uint32_t>(Store::kNoSoaTtl / world::Seconds(1));
  const auto without_soa = std::min(kNoSoaSeconds, options.max_negative_ttl_seconds);
  if (!soa || soa->rdatas.empty()) return without_soa;
  const std::optional<wire::Soa> fields = wire::SoaFromRdata(*soa->rdatas.begin());
  if (!fields) return without_soa;
  return std::min({soa->ttl, fields->minimum, options.max_negative_ttl_seconds});
}

world::Duration RestAfterFailure(int earlier) {
  constexpr world::Duration kFirst = world::Seconds(5);
  constexpr world::Duration kLongest = world::Seconds(300);
  constexpr int kDoublings = 6;  // 5 s * 2^6 is past the longest.
  return std::min(kFirst * (1 << std::clamp(earlier, 0, kDoublings)), kLongest);
}

}  // namespace cache
