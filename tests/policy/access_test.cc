#include "engine/policy/access.h"

#include <doctest/doctest.h>

using policy::AccessList;
using world::Address;
using world::Prefix;

TEST_CASE("A client may ask from the allowed blocks alone") {
  const AccessList list({*Prefix::FromText("192.0.2.0/24"), *Prefix::FromText("2001:db8::/32")});
  CHECK(list.Allows(*Address::FromText("192.0.2.255")));
  CHECK_FALSE(list.Allows(*Address::FromText("192.0.3.0")));
  CHECK(list.Allows(*Address::FromText("2001:db8:ffff::1")));
  CHECK_FALSE(list.Allows(*Address::FromText("2001:db9::1")));
}

TEST_CASE("An IPv4-mapped address is judged as the IPv4 address that it is (RFC 4291 2.5.5.2)") {
  const AccessList list({*Prefix::FromText("192.0.2.0/24")});
  CHECK(list.Allows(*Address::FromText("::ffff:192.0.2.1")));
  CHECK_FALSE(list.Allows(*Address::FromText("::ffff:192.0.3.1")));
  CHECK_FALSE(list.Allows(*Address::FromText("::192.0.2.1")));
  CHECK_FALSE(AccessList({*Prefix::FromText("::/0")}).Allows(*Address::FromText("::ffff:192.0.2.1")));
}

TEST_CASE("An empty list allows nobody") { CHECK_FALSE(AccessList({}).Allows(*Address::FromText("127.0.0.1"))); }
