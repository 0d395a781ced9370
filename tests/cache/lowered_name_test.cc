#include "engine/cache/lowered_name.h"

#include <algorithm>

#include "tests/cache/samples.h"

namespace cache {
namespace {

TEST_CASE("a lowered name differs in ASCII letters only (RFC 4343)") {
  const LoweredName mixed(N("WwW.ExAmPlE-[`{.\\200\\218z."));
  const wire::Name lower = N("www.example-[`{.\\200\\218z.");
  CHECK(std::ranges::equal(mixed.octets(), lower.octets()));
}

TEST_CASE("a name of 255 octets is lowered whole") {
  world::Octets octets;
  for (int label = 0; label < 127; ++label) octets.insert(octets.end(), {1, 'Q'});
  octets.push_back(0);
  REQUIRE(octets.size() == 255);
  const LoweredName lowered{world::OctetView(octets)};
  CHECK(std::ranges::count(lowered.octets(), 'q') == 127);
  CHECK(std::ranges::count(lowered.octets(), 'Q') == 0);
}

TEST_CASE("at or below goes by whole labels") {
  const LoweredName example(N("example."));
  const LoweredName root(N("."));
  CHECK(IsAtOrBelow(LoweredName(N("www.example.")).octets(), example.octets()));
  CHECK(IsAtOrBelow(example.octets(), example.octets()));
  CHECK_FALSE(IsAtOrBelow(LoweredName(N("www-example.")).octets(), example.octets()));
  CHECK_FALSE(IsAtOrBelow(LoweredName(N("a.www-example.")).octets(), example.octets()));
  CHECK_FALSE(IsAtOrBelow(root.octets(), example.octets()));
  CHECK(IsAtOrBelow(example.octets(), root.octets()));
}

}  // namespace
}  // namespace cache
