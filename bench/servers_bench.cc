// The book of nameservers: what one step of a walk pays for choosing and for learning.

#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "engine/servers/book.h"

namespace {

constexpr world::Instant kStart{world::Seconds(1'000)};

/// Chance that costs nothing (xorshift), so that the bench shows the book alone.
class Cheap : public world::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& octet : out) {
      state_ ^= state_ << 13, state_ ^= state_ >> 7, state_ ^= state_ << 17;
      octet = static_cast<uint8_t>(state_);
    }
  }

 private:
  uint64_t state_ = 88'172'645'463'325'252;
};

/// Returns the servers of a zone: 10.0.0.0, 10.0.0.1, ...
std::vector<servers::Candidate> Candidates(int64_t count) {
  std::vector<servers::Candidate> candidates;
  for (int64_t i = 0; i < count; ++i) {
    const std::array<uint8_t, 4> octets = {10, 0, 0, static_cast<uint8_t>(i)};
    candidates.push_back({*world::Address::FromOctets(octets)});
  }
  return candidates;
}

/// Returns the book that the threads of a benchmark share.
servers::Book& Shared() {
  static servers::Book book;
  return book;
}

/// Chooses among so many servers as the argument says, all of them known.
void Choose(benchmark::State& state) {
  servers::Book& book = Shared();
  Cheap random;
  const auto candidates = Candidates(state.range(0));
  const wire::Name zone = *wire::Name::FromText("example.com.");
  for (size_t i = 0; i < candidates.size(); ++i) {
    book.Answered(candidates[i].address, zone, world::Protocol::kUdp,
                  world::Milliseconds(10 + 20 * static_cast<int64_t>(i)), servers::Report::kValid, kStart);
  }
  for (auto _ : state) benchmark::DoNotOptimize(book.Choose(candidates, zone, kStart, random));
}
BENCHMARK(Choose)->Arg(2)->Arg(4)->Arg(13)->Arg(26)->ThreadRange(1, 2);

/// Notes that a query went out and was answered.
void SentAndAnswered(benchmark::State& state) {
  servers::Book& book = Shared();
  const auto candidates = Candidates(8);
  const wire::Name zone = *wire::Name::FromText("example.com.");
  size_t next = 0;
  for (auto _ : state) {
    const world::Address& address = candidates[next++ % candidates.size()].address;
    book.Sent(address, zone, kStart);
    book.Answered(address, zone, world::Protocol::kUdp, world::Milliseconds(10), servers::Report::kValid, kStart);
  }
}
BENCHMARK(SentAndAnswered)->ThreadRange(1, 2);

}  // namespace

BENCHMARK_MAIN();
