// Plays seeds of forwarded questions through faults: `forward_run FIRST COUNT`, or `forward_run SEED` to see one plan.

#include <cstdio>
#include <cstdlib>

#include "tests/simulator/forward_faults.h"

int main(int count, char** arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: forward_run SEED | forward_run FIRST COUNT\n");
    return 2;
  }
  const uint64_t first = std::strtoull(arguments[1], nullptr, 10);
  const uint64_t seeds = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  uint64_t asked = 0;
  uint64_t slow = 0;
  uint64_t moved = 0;
  uint64_t failed = 0;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    const simulator::ForwardRun run = simulator::RunForwardSeed(seed);
    asked += run.asked;
    slow += run.slow;
    moved += run.moved;
    if (run.lost > 0) ++failed;
    if (run.lost > 0 || seeds == 1) {
      std::printf("seed %llu: %llu of %llu lost\n%s", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(run.lost), static_cast<unsigned long long>(run.asked),
                  run.plan.c_str());
    }
  }
  std::printf("%llu questions, %llu asked of a second upstream, %llu took over a second\n",
              static_cast<unsigned long long>(asked), static_cast<unsigned long long>(moved),
              static_cast<unsigned long long>(slow));
  std::printf("%llu passed, %llu failed, 0 skipped\n", static_cast<unsigned long long>(seeds - failed),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
