#include "engine/simulator/seeded_random.h"

#include <doctest/doctest.h>

#include <array>

namespace simulator {
namespace {

TEST_CASE("a seed gives the same numbers everywhere") {
  SeededRandom random(42);
  std::array<uint8_t, 11> octets{};
  random.Fill(octets);
  // The first numbers of xoshiro256** from the splitmix64 state of 42, least octet first.
  CHECK(octets == std::array<uint8_t, 11>{0x16, 0xc7, 0x2e, 0x0c, 0x2e, 0x0b, 0x78, 0x15, 0x7e, 0x3a, 0x11});
}

TEST_CASE("another seed, or another part of it, gives other numbers") {
  CHECK(SeededRandom(1).Bits64() != SeededRandom(2).Bits64());
  CHECK(SeedOf(1, 1) != SeedOf(1, 2));
  CHECK(SeedOf(1, 1) != SeedOf(2, 1));
}

TEST_CASE("0 of 1000 is never and 1000 of 1000 is always") {
  SeededRandom random(1);
  int hits = 0;
  for (int i = 0; i < 1'000; ++i) hits += random.Permille(0) ? 1 : 0;
  CHECK(hits == 0);
  for (int i = 0; i < 1'000; ++i) hits += random.Permille(1'000) ? 1 : 0;
  CHECK(hits == 1'000);
}

}  // namespace
}  // namespace simulator
