#include "engine/policy/upstream_guard.h"

#include <doctest/doctest.h>

#include <string_view>

using policy::UpstreamGuard;
using policy::UpstreamRules;
using world::Endpoint;
using world::Prefix;

namespace {

/// Returns whether the guard lets `text` be asked, at port 53 where it names none.
bool MayAsk(const UpstreamRules& rules, std::string_view text) {
  return UpstreamGuard(rules).MayAsk(*Endpoint::FromText(text, 53));
}

/// Returns rules that allow one block.
UpstreamRules Allowing(std::string_view block) {
  UpstreamRules rules;
  rules.allow = {*Prefix::FromText(block)};
  return rules;
}

}  // namespace

TEST_CASE("Any public address may be asked") {
  CHECK(MayAsk({}, "198.41.0.4"));
  CHECK(MayAsk({}, "[2001:503:ba3e::2:30]"));
}

TEST_CASE("Addresses that no server can have are never asked, whatever is allowed") {
  for (const std::string_view text : {"0.0.0.0", "0.1.2.3", "224.0.0.251", "239.255.255.255", "240.0.0.1",
                                      "255.255.255.255", "[::ffff:0.0.0.0]", "[::ffff:255.255.255.255]"}) {
    INFO(text);
    CHECK_FALSE(MayAsk(Allowing("0.0.0.0/0"), text));
    CHECK_FALSE(MayAsk(Allowing("::/0"), text));
  }
  CHECK_FALSE(MayAsk(Allowing("::/0"), "[::]"));
  CHECK_FALSE(MayAsk(Allowing("::/0"), "[ff02::fb]"));
  CHECK(MayAsk({}, "1.0.0.1"));
  CHECK(MayAsk({}, "223.255.255.255"));
}

TEST_CASE("Loopback, private, shared and link-local addresses are asked when allowed") {
  for (const std::string_view text :
       {"127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.0.1"}) {
    INFO(text);
    CHECK_FALSE(MayAsk({}, text));
    CHECK(MayAsk(Allowing("0.0.0.0/0"), text));
  }
  for (const std::string_view text : {"[::1]", "[fd00::1]", "[fe80::1]"}) {
    INFO(text);
    CHECK_FALSE(MayAsk({}, text));
    CHECK(MayAsk(Allowing("::/0"), text));
  }
  CHECK_FALSE(MayAsk(Allowing("10.0.0.0/8"), "127.0.0.1"));
}

TEST_CASE("An IPv4-mapped address is no way around the rules (RFC 4291 2.5.5.2)") {
  CHECK_FALSE(MayAsk({}, "[::ffff:127.0.0.1]"));
  CHECK_FALSE(MayAsk({}, "[::ffff:198.41.0.4]"));
  CHECK_FALSE(MayAsk(Allowing("127.0.0.0/8"), "[::ffff:127.0.0.1]"));
  CHECK(MayAsk(Allowing("::ffff:127.0.0.0/104"), "[::ffff:127.0.0.1]"));
}

TEST_CASE("An address of our own is asked when allowed, the endpoint where we listen never") {
  UpstreamRules rules;
  rules.own = {*Endpoint::FromText("198.51.100.1:53", 53)};
  CHECK_FALSE(MayAsk(rules, "198.51.100.1:53"));
  CHECK_FALSE(MayAsk(rules, "198.51.100.1:5300"));
  CHECK(MayAsk(rules, "198.51.100.2:53"));
  rules.allow = {*Prefix::FromText("198.51.100.0/24")};
  CHECK_FALSE(MayAsk(rules, "198.51.100.1:53"));
  CHECK(MayAsk(rules, "198.51.100.1:5300"));
}

TEST_CASE("A family that is off is not asked, nor is port 0") {
  UpstreamRules rules;
  rules.ipv6 = false;
  CHECK(MayAsk(rules, "198.41.0.4"));
  CHECK_FALSE(MayAsk(rules, "[2001:503:ba3e::2:30]"));
  rules = {};
  rules.ipv4 = false;
  CHECK_FALSE(MayAsk(rules, "198.41.0.4"));
  CHECK(MayAsk(rules, "[2001:503:ba3e::2:30]"));
  CHECK_FALSE(MayAsk({}, "198.41.0.4:0"));
}
