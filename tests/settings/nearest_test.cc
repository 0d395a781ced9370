#include "engine/settings/nearest.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

using settings::Nearest;

constexpr auto kWords = std::to_array<std::string_view>({"listen", "workers", "zone-file", "port"});

TEST_CASE("The nearest word is found through added, dropped, changed and swapped letters") {
  CHECK(Nearest("listenn", kWords) == "listen");
  CHECK(Nearest("worker", kWords) == "workers");
  CHECK(Nearest("zone_file", kWords) == "zone-file");
  CHECK(Nearest("prot", kWords) == "port");
}

TEST_CASE("A text far from all words has no nearest") {
  CHECK(Nearest("cache", kWords) == "");
  CHECK(Nearest("", kWords) == "");
  CHECK(Nearest("po", kWords) == "");
  CHECK(Nearest(std::string(1'000'000, 'x'), kWords) == "");
}
