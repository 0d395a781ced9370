#include "engine/transport/connection_pool.h"

#include <doctest/doctest.h>

#include "engine/transport/handshake_limit.h"
#include "engine/transport/padding.h"
#include "engine/transport/proxy_header.h"
#include "engine/world/limits.h"

namespace transport {
namespace {

using Kind = ConnectionPool::Taken::Kind;
using world::Milliseconds;
using world::Seconds;

/// Returns an identity as upstreams share theirs.
world::SharedIdentity Identified(world::Identity identity) {
  return std::make_shared<const world::Identity>(std::move(identity));
}

constexpr world::Instant kNow{Seconds(100)};
const ConnectionKey kServer{*world::Endpoint::FromText("192.0.2.1:853", 0), world::Protocol::kTls,
                            Identified({.name = "dns.example"})};

/// Returns another server's key.
ConnectionKey Other(int number) {
  ConnectionKey key = kServer;
  key.identity = Identified({.name = std::to_string(number)});
  return key;
}

/// Takes a connection and asks on it.
ConnectionPool::Taken Ask(ConnectionPool& pool, const ConnectionKey& key, world::Instant now) {
  const auto taken = pool.Take(key, now);
  if (taken.kind != Kind::kNone) pool.Asked(taken.id, now);
  return taken;
}

/// Has the question on a connection answered.
void Answer(ConnectionPool& pool, ConnectionId id, world::Instant now) {
  pool.Heard(id, now);
  pool.Done(id, now);
}

TEST_CASE("A connection that is idle is used again, and only for the same server as the same identity") {
  ConnectionPool pool({});
  const auto first = Ask(pool, kServer, kNow);
  CHECK(first.kind == Kind::kFresh);
  Answer(pool, first.id, kNow);
  CHECK(Ask(pool, Other(1), kNow).kind == Kind::kFresh);
  ConnectionKey same = kServer;
  same.identity = Identified({.name = "dns.example"});
  const auto again = Ask(pool, same, kNow);
  CHECK(again.kind == Kind::kReuse);
  CHECK(again.id == first.id);
}

TEST_CASE("What was believed without proof is not used again by those who want proof, nor one pin for another") {
  ConnectionPool pool({});
  std::vector<ConnectionKey> keys(4, kServer);
  keys[1].identity = Identified({.name = "dns.example", .authentication = world::Authentication::kNone});
  keys[2].identity = Identified({.name = "dns.example", .pins = {{1}}});
  keys[3].identity = nullptr;
  for (const ConnectionKey& key : keys) {
    const auto taken = Ask(pool, key, kNow);
    CHECK(taken.kind == Kind::kFresh);
    Answer(pool, taken.id, kNow);
  }
  CHECK(pool.size() == keys.size());
}

TEST_CASE(
    "kMaxConnectionsPerServer connections are made to one server, and not one more: then the least busy is shared") {
  ConnectionPool pool({});
  for (size_t i = 0; i < world::limits::kMaxConnectionsPerServer; ++i)
    CHECK(Ask(pool, kServer, kNow).kind == Kind::kFresh);
  const auto shared = Ask(pool, kServer, kNow);
  CHECK(shared.kind == Kind::kReuse);
  CHECK(shared.at_server_limit);
  CHECK(pool.size() == world::limits::kMaxConnectionsPerServer);
}

TEST_CASE("kMaxQuestionsPerConnection questions are on one connection, and not one more") {
  ConnectionPool pool({.most_per_server = 1});
  CHECK(Ask(pool, kServer, kNow).kind == Kind::kFresh);
  for (size_t i = 1; i < world::limits::kMaxQuestionsPerConnection; ++i)
    CHECK(Ask(pool, kServer, kNow).kind == Kind::kReuse);
  CHECK(Ask(pool, kServer, kNow).kind == Kind::kNone);
}

TEST_CASE("A connection that takes no more questions gets none before one of those on it is done") {
  ConnectionPool pool({.most_per_server = 1});
  const auto first = Ask(pool, kServer, kNow);
  pool.Full(first.id);
  CHECK(Ask(pool, kServer, kNow).kind == Kind::kNone);
  Answer(pool, first.id, kNow);
  CHECK(Ask(pool, kServer, kNow).kind == Kind::kReuse);
}

TEST_CASE("A connection on which a question was given up gets no other before it has said something") {
  ConnectionPool pool({});
  const auto first = Ask(pool, kServer, kNow);
  pool.Done(first.id, kNow + Milliseconds(1));  // Given up: another server was faster.
  const auto second = Ask(pool, kServer, kNow + Milliseconds(1));
  CHECK(second.kind == Kind::kFresh);
  Answer(pool, second.id, kNow + Milliseconds(2));
  pool.Heard(first.id, kNow + Milliseconds(3));  // Late.
  CHECK(Ask(pool, kServer, kNow + Milliseconds(4)).id == first.id);
  CHECK(pool.Sweep(kNow + Seconds(2)).empty());
}

TEST_CASE("A connection that owes an answer for a second is closed, and makes room at the server's limit at once") {
  ConnectionPool pool({.most_per_server = 1});
  const auto first = Ask(pool, kServer, kNow);
  pool.Done(first.id, kNow + Milliseconds(500));
  CHECK(pool.Sweep(kNow + Seconds(1)).empty());
  CHECK(pool.Sweep(kNow + Seconds(1) + Milliseconds(1)) == std::vector{first.id});
  const auto second = pool.Take(kServer, kNow + Milliseconds(500));
  CHECK(second.kind == Kind::kFresh);
  CHECK(second.close_first == first.id);
}

TEST_CASE("A connection that is silent while a question waits gets no other") {
  ConnectionPool pool({});
  Ask(pool, kServer, kNow);
  CHECK(Ask(pool, kServer, kNow + Seconds(2)).kind == Kind::kFresh);
}

TEST_CASE("Connections go when they are idle for too long, or as long as the server said (RFC 7828)") {
  ConnectionPool pool({.idle_time = Seconds(10)});
  const auto first = Ask(pool, kServer, kNow);
  const auto second = Ask(pool, Other(1), kNow);
  pool.KeepFor(second.id, Seconds(30));
  Answer(pool, first.id, kNow);
  Answer(pool, second.id, kNow);
  CHECK(pool.Sweep(kNow + Seconds(9)).empty());
  CHECK(pool.Sweep(kNow + Seconds(10)) == std::vector{first.id});
  pool.Gone(first.id);
  CHECK(pool.Sweep(kNow + Seconds(29)).empty());
  CHECK(pool.Sweep(kNow + Seconds(30)) == std::vector{second.id});
}

TEST_CASE("At the bound of all the connection that is idle longest makes room; where all are busy there is none") {
  ConnectionPool pool({.most = 2});
  const auto first = Ask(pool, Other(1), kNow);
  const auto second = Ask(pool, Other(2), kNow);
  CHECK(pool.Take(Other(3), kNow).kind == Kind::kNone);
  Answer(pool, second.id, kNow);
  Answer(pool, first.id, kNow + Milliseconds(1));
  const auto third = pool.Take(Other(3), kNow + Milliseconds(2));
  CHECK(third.kind == Kind::kFresh);
  CHECK(third.close_first == second.id);
}

TEST_CASE("kMaxHandshakeSources addresses are counted in a second, and not one more") {
  HandshakeLimit limit;
  limit.Adopt(1);
  for (size_t i = 0; i < world::limits::kMaxHandshakeSources + 1; ++i) {
    const std::array<uint8_t, 4> octets{10, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)};
    CHECK(limit.Allows(*world::Address::FromOctets(octets), kNow) == (i < world::limits::kMaxHandshakeSources));
  }
}

TEST_CASE("An address begins so many handshakes in a second, and not one more; an IPv6 address counts by its /64") {
  HandshakeLimit limit;
  limit.Adopt(2);
  const auto one = *world::Address::FromText("2001:db8::1");
  const auto neighbour = *world::Address::FromText("2001:db8::2");
  CHECK(limit.Allows(one, kNow));
  CHECK(limit.Allows(neighbour, kNow));
  CHECK(!limit.Allows(one, kNow));
  CHECK(limit.Allows(one, kNow + Seconds(1)));
}

TEST_CASE("A response with OPT is padded to a multiple of 468 octets (RFC 8467), another is left alone") {
  world::Octets response{0, 0, 0x80, 0, 0, 1, 0,  0,    0,    0, 0, 1, 1, 'a', 0,
                         0, 1, 0,    1, 0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0,   0};
  PadResponse(response);
  CHECK(response.size() == 468);
  world::Octets plain{0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};
  const world::Octets before = plain;
  PadResponse(plain);
  CHECK(plain == before);
  for (size_t cut = 0; cut < 30; ++cut) {
    world::Octets part(response.begin(), response.begin() + static_cast<ptrdiff_t>(cut));
    PadResponse(part);
    CHECK(part.size() == cut);
  }
}

TEST_CASE("A PROXY header of version 2 says who the client is; parts of one are not enough, and others are refused") {
  const world::Octets header{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x21, 0x11,
                             0,    12,   192,  0,    2,    7,    127,  0,    0,    1,    0x30, 0x39, 0x03, 0x55};
  const auto read = ReadProxyHeader(header);
  REQUIRE(std::holds_alternative<ProxyHeader>(read));
  CHECK(std::get<ProxyHeader>(read).octets == header.size());
  CHECK(std::get<ProxyHeader>(read).client == world::Endpoint::FromText("192.0.2.7:12345", 0));
  for (size_t size = 0; size < header.size(); ++size) {
    CHECK(std::holds_alternative<ProxyUnfinished>(ReadProxyHeader(world::OctetView(header).first(size))));
  }
  world::Octets wrong = header;
  wrong[0] = 'G';
  CHECK(std::holds_alternative<ProxyMalformed>(ReadProxyHeader(wrong)));
  wrong = header;
  wrong[14] = 0xff;
  CHECK(std::holds_alternative<ProxyMalformed>(ReadProxyHeader(wrong)));
}

}  // namespace
}  // namespace transport
