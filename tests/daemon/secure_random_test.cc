#include "engine/daemon/secure_random.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace {

TEST_CASE("draws across the end of a block are filled and differ") {
  taprootd::SecureRandom random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    std::vector<uint8_t> octets(3);
    random.Fill(octets);
    seen.insert(random.Bits64());
  }
  CHECK(seen.size() == 1'000);
}

TEST_CASE("one draw may be longer than a block") {
  taprootd::SecureRandom random;
  std::vector<uint8_t> octets(5'000);
  random.Fill(octets);
  // The chance that a CSPRNG leaves 64 octets in a row zero is 2^-512.
  for (size_t at = 0; at + 64 <= octets.size(); at += 64) {
    const auto begin = octets.begin() + static_cast<std::ptrdiff_t>(at);
    CHECK(std::any_of(begin, begin + 64, [](uint8_t octet) { return octet != 0; }));
  }
}

}  // namespace
