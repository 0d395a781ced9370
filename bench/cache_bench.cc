// The cache under the load that matters most: hits.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "engine/cache/store.h"

namespace {

constexpr size_t kNames = 65'536;
constexpr world::Instant kStart{world::Seconds(1'000)};

/// A store with a set, a ready answer and (for one name in 16) a delegation for each of many names.
struct Filled {
  Filled() : store({.limit_octets = 256 * 1024 * 1024}) {
    for (size_t n = 0; n < kNames; ++n) {
      names.push_back(*wire::Name::FromText(fmt::format("www.host-{}.example-{}.com.", n, n % 16)));
      const wire::Name& name = names.back();
      wire::RrSet rrset{.owner = name, .ttl = 3'600, .rdatas = {}, .signatures = {}};
      rrset.rdatas.Add(std::vector<uint8_t>{192, 0, 2, 1});
      store.PutRrSet(rrset, cache::Rank::kAuthAnswer, kStart, world::kNever);
      store.PutAnswer({.name = name.octets()}, {world::Octets(120), {60, 76}, kStart, kStart + world::Seconds(3'600)},
                      kStart);
      if (n % 16 == 0) store.PutDelegation({.zone = name.Parent(), .servers = {}, .expires = world::kNever}, kStart);
    }
  }

  cache::Store store;
  std::vector<wire::Name> names;
};

/// Returns the one store that all threads of a benchmark share.
Filled& Shared() {
  static Filled filled;
  return filled;
}

/// Steps through the names in an order that a processor cannot foresee.
class Walk {
 public:
  explicit Walk(int thread) : at_(static_cast<size_t>(thread) * 7'919) {}
  /// Returns the next of the first `count` names. Requires: a power of two.
  const wire::Name& Next(const Filled& filled, size_t count) {
    at_ = at_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return filled.names[(at_ >> 33) & (count - 1)];
  }

 private:
  size_t at_;
};

/// A client's question answered from a ready answer, 10 s old; over so many names as the argument says.
void CopyAnswer(benchmark::State& state) {
  Filled& filled = Shared();
  Walk walk(state.thread_index());
  world::Octets out;
  const auto count = static_cast<size_t>(state.range(0));
  for (auto _ : state) {
    const bool found =
        filled.store.CopyAnswer({.name = walk.Next(filled, count).octets()}, kStart + world::Seconds(10), out)
            .has_value();
    if (!found) state.SkipWithError("a ready answer is missing");
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(CopyAnswer)->Arg(1)->Arg(1'024)->Arg(kNames)->ThreadRange(1, 2);

/// A set looked up by the walk.
void Find(benchmark::State& state) {
  Filled& filled = Shared();
  Walk walk(state.thread_index());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        filled.store.Find(walk.Next(filled, kNames), wire::RrType::kA, kStart + world::Seconds(10)));
  }
}
BENCHMARK(Find)->ThreadRange(1, 2);

/// The delegation to start from, found two labels up or not at all.
void FindDelegation(benchmark::State& state) {
  Filled& filled = Shared();
  Walk walk(state.thread_index());
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        filled.store.FindDelegation(walk.Next(filled, kNames), 0, 127, kStart + world::Seconds(10)));
  }
}
BENCHMARK(FindDelegation)->ThreadRange(1, 2);

/// A ready answer put into a store that is full, so that each takes the place of another.
void PutAnswerWhenFull(benchmark::State& state) {
  static cache::Store store({.limit_octets = 4 * 1024 * 1024});
  const Filled& filled = Shared();
  Walk walk(state.thread_index());
  for (auto _ : state) {
    store.PutAnswer({.name = walk.Next(filled, kNames).octets()},
                    {world::Octets(120), {60, 76}, kStart, kStart + world::Seconds(3'600)}, kStart);
  }
}
BENCHMARK(PutAnswerWhenFull)->ThreadRange(1, 2);

}  // namespace

BENCHMARK_MAIN();
