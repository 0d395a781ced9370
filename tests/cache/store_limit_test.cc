#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

// The sanitizers bring an allocator of their own, which mallinfo2 does not see.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHeapIsSeen = false;
#elif defined(__has_feature)
constexpr bool kHeapIsSeen = __has_feature(address_sanitizer) + __has_feature(thread_sanitizer) == 0;
#else
constexpr bool kHeapIsSeen = true;
#endif

using world::kNever;

/// Returns the octets of heap in use by the process.
size_t HeapInUse() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

/// Keeps the n-th entry of a mix of all kinds, names and sizes.
void PutNth(Store& store, int n) {
  const std::string text = fmt::format("host-{}.a-longer-label-for-the-heap-{}.example-{}.", n, n % 3, n % 1'000);
  const std::string owner = n % 2 == 0 ? text : fmt::format("h{}.example.", n);
  const wire::Name name = N(owner);
  switch (n % 5) {
    case 0:
      store.PutRrSet(ASet(owner, 3'600, 1), Rank::kAuthAnswer, At(0), kNever);
      break;
    case 1:
      store.PutNoData(name, wire::RrType::kA, SoaSet("example.", 60, 60), Rank::kAuthAnswer, At(0), kNever);
      break;
    case 2: {
      Delegation delegation{.zone = name, .servers = {}, .expires = At(60)};
      for (int i = 0; i < n % 7; ++i) {
        delegation.servers.push_back({name, std::vector<world::Address>(static_cast<size_t>(i))});
      }
      store.PutDelegation(std::move(delegation), At(0));
      break;
    }
    case 3:
      store.PutFailure({.name = name}, {.text = std::string(static_cast<size_t>(n % 200), 'x')}, wire::Rcode::kServFail,
                       At(0));
      break;
    default:
      store.PutAnswer({.name = name.octets()},
                      {world::Octets(static_cast<size_t>(100 + n % 900)), {20, 30}, At(0), At(60)}, At(0));
  }
}

TEST_CASE("the byte limit holds at all times while ten times as much is put") {
  const StoreOptions options{.limit_octets = 4 * 1024 * 1024};
  const size_t heap_before = HeapInUse();
  Store store(options);
  size_t most = 0;
  size_t most_heap = 0;
  uint64_t evictions = 0;
  for (int n = 0; evictions < 90'000; ++n) {
    PutNth(store, n);
    if (n % 64 != 0) continue;
    const StoreStats stats = store.Stats();
    most = std::max<size_t>(most, stats.octets);
    most_heap = std::max(most_heap, HeapInUse() - heap_before);
    evictions = stats.evictions;
  }
  CHECK(most <= options.limit_octets);
  CHECK(most > options.limit_octets * 9 / 10);
  if (!kHeapIsSeen) return;
  CHECK(most_heap <= options.limit_octets * 110 / 100);
  CHECK(most_heap >= options.limit_octets * 80 / 100);
}

TEST_CASE("ready answers alone are charged what they take from the heap") {
  const StoreOptions options{.limit_octets = 8 * 1024 * 1024};
  const size_t heap_before = HeapInUse();
  Store store(options);
  for (int n = 0; n < 100'000; ++n) {
    const wire::Name name = N(fmt::format("www.name-{}.example.", n));
    store.PutAnswer({.name = name.octets()}, {world::Octets(120), {40, 56}, At(0), At(60)}, At(0));
  }
  CHECK(store.Stats().octets <= options.limit_octets);
  CHECK(store.Stats().evictions > 0);
  if (!kHeapIsSeen) return;
  CHECK(HeapInUse() - heap_before <= options.limit_octets * 110 / 100);
}

TEST_CASE("a store of no octets keeps nothing and finds nothing") {
  Store store({.limit_octets = 0});
  for (int n = 0; n < 50; ++n) PutNth(store, n);
  CHECK(store.Stats().octets == 0);
  CHECK_FALSE(store.Find(N("h1.example."), wire::RrType::kA, At(0)));
}

}  // namespace
}  // namespace cache
