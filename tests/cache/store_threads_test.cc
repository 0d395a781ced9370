#include <fmt/format.h>

#include <thread>

#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

using world::kNever;

/// Reads and writes the same few names in every way.
void Work(Store& store, int seed) {
  world::Octets out;
  for (int n = seed; n < seed + 3'000; ++n) {
    const std::string owner = fmt::format("h{}.z{}.", n % 97, n % 7);
    const auto name = wire::Name::FromText(owner);
    const world::Instant now = At(n / 100);
    store.PutRrSet(ASet(owner, 20, 1), Rank::kAuthAnswer, now, kNever);
    store.PutAnswer({.name = name->octets()}, {world::Octets(200), {20}, now, now + world::Seconds(9)}, now);
    store.PutNxDomain(name->Parent(), std::nullopt, Rank::kAuthAuthority, now, kNever);
    store.PutDelegation({.zone = name->Parent(), .servers = {}, .expires = now + world::Seconds(5)}, now);
    store.PutFailure({.name = *name}, {}, wire::Rcode::kServFail, now);
    static_cast<void>(store.Find(*name, wire::RrType::kA, now));
    static_cast<void>(store.FindNxDomainCut(*name, now));
    static_cast<void>(store.FindDelegation(*name, 0, 9, now));
    static_cast<void>(store.CopyAnswer({.name = name->octets()}, now, out));
    if (n % 500 == 0) store.Flush(name->Parent());
    if (n % 100 == 0) static_cast<void>(store.Stats());
  }
}

TEST_CASE("two workers use one store at once (run under ThreadSanitizer)") {
  Store store({.limit_octets = 64 * 1024});
  std::thread other([&] { Work(store, 0); });
  Work(store, 1'000);
  other.join();
  CHECK(store.Stats().octets <= 64 * 1024);
}

}  // namespace
}  // namespace cache
