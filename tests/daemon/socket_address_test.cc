#include "engine/daemon/socket_address.h"

#include <doctest/doctest.h>

namespace {

using world::Endpoint;

TEST_CASE("an endpoint passes through the system's form unchanged") {
  for (const char* text : {"192.0.2.1:53", "[2001:db8::1]:65535", "0.0.0.0:0", "[::]:1"}) {
    const auto endpoint = Endpoint::FromText(text, 0);
    REQUIRE(endpoint);
    CHECK(taprootd::ToEndpoint(taprootd::ToSocketAddress(*endpoint).storage) == *endpoint);
  }
}

TEST_CASE("a unix socket's address is no endpoint") {
  sockaddr_storage storage{};
  storage.ss_family = AF_UNIX;
  CHECK_FALSE(taprootd::ToEndpoint(storage));
}

}  // namespace
