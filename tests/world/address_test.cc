#include "engine/world/address.h"

#include <doctest/doctest.h>

using world::Address;
using world::Endpoint;
using world::Prefix;

TEST_CASE("An address reads and prints its text, IPv6 as RFC 5952 says") {
  CHECK(Address::FromText("192.0.2.1")->ToText() == "192.0.2.1");
  CHECK(Address::FromText("2001:DB8:0:0:0:0:0:1")->ToText() == "2001:db8::1");
  CHECK_FALSE(Address::FromText("192.0.2"));
  CHECK_FALSE(Address::FromText("192.0.2.1:53"));
}

TEST_CASE("An endpoint takes its port from the text, or the default") {
  CHECK(Endpoint::FromText("192.0.2.1", 53)->ToText() == "192.0.2.1:53");
  CHECK(Endpoint::FromText("192.0.2.1:5300", 53)->port == 5300);
  CHECK(Endpoint::FromText("[2001:db8::1]:5300", 53)->ToText() == "[2001:db8::1]:5300");
  CHECK(Endpoint::FromText("2001:db8::1", 53)->ToText() == "[2001:db8::1]:53");
  CHECK(Endpoint::FromText("[::1]", 53)->port == 53);
  CHECK_FALSE(Endpoint::FromText("[::1", 53));
  CHECK_FALSE(Endpoint::FromText("192.0.2.1:65536", 53));
  CHECK_FALSE(Endpoint::FromText("192.0.2.1:", 53));
}

TEST_CASE("A prefix contains the addresses that begin with its bits, and no other family's") {
  const Prefix block = *Prefix::FromText("192.0.2.128/25");
  CHECK(block.Contains(*Address::FromText("192.0.2.200")));
  CHECK_FALSE(block.Contains(*Address::FromText("192.0.2.127")));
  CHECK_FALSE(block.Contains(*Address::FromText("::ffff:192.0.2.200")));
  CHECK(Prefix::FromText("::/0")->Contains(*Address::FromText("2001:db8::1")));
  CHECK_FALSE(Prefix::FromText("192.0.2.129/25"));
  CHECK_FALSE(Prefix::FromText("192.0.2.0/33"));
}
