#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

#include "engine/wire/name.h"
#include "engine/world/address.h"
#include "engine/world/time.h"

namespace servers {

/// Returns the instant of `milliseconds` on the test's timeline.
constexpr world::Instant AtMs(int64_t milliseconds) {
  return world::Instant(world::Seconds(1'000'000) + world::Milliseconds(milliseconds));
}

/// Returns `milliseconds` as a Duration.
constexpr world::Duration Ms(int64_t milliseconds) { return world::Milliseconds(milliseconds); }

/// Returns the address of `text`.
inline world::Address A(std::string_view text) {
  const auto address = world::Address::FromText(text);
  REQUIRE(address);
  return *address;
}

/// Returns the name of `text`.
inline wire::Name N(std::string_view text) {
  const auto name = wire::Name::FromText(text);
  REQUIRE(name);
  return *name;
}

}  // namespace servers
