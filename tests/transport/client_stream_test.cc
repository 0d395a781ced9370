#include "engine/transport/client_stream.h"

#include <doctest/doctest.h>

#include <utility>

#include "engine/transport/server_stream.h"
#include "engine/transport/tls.h"
#include "engine/world/limits.h"
#include "tests/transport/certificate.h"

namespace transport {
namespace {

using world::ExchangeId;
using world::Protocol;

constexpr world::Instant kNow{world::Seconds(100)};
const world::Octets kQuery{0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};

/// Returns a text as octets.
world::OctetView View(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

/// Returns who the server has to be.
world::SharedIdentity Example() {
  world::Identity identity{.name = "dns.example"};
  identity.authority = "dns.example";
  identity.path = "/dns-query";
  return std::make_shared<const world::Identity>(identity);
}

/// A connection and its server.
struct Talk {
  explicit Talk(Protocol via)
      : client(MakeClientStream(via, Example(), &context)),
        server(MakeServerStream(via, {*TlsServerContext::Make(View(kCertificate), View(kKey)), "/dns-query"})) {}

  /// Carries what each wants to send until both are silent.
  void Carry() {
    for (bool moved = true; moved;) {
      const world::Octets up = client->TakeOutput();
      for (auto& one : server->Receive(up, kNow)) queries.push_back(std::move(one));
      const world::Octets down = server->TakeOutput();
      for (auto& one : client->Receive(down)) outcomes.push_back(std::move(one));
      moved = !up.empty() || !down.empty();
    }
  }

  /// The server answers a query.
  void Answer(const StreamQuery& query) {
    world::Octets response = query.message;
    response[2] |= 0x80;
    server->Answer(query.stream, response);
  }

  TlsClientContext context{View(kCertificate)};
  std::unique_ptr<ClientStream> client;
  std::unique_ptr<ServerStream> server;
  std::vector<StreamQuery> queries;
  std::vector<StreamOutcome> outcomes;
};

TEST_CASE(
    "Questions go over TCP, TLS and HTTPS, and come back with their own IDs whatever the order (RFC 7766 section 7)") {
  for (const auto via : {Protocol::kTcp, Protocol::kTls, Protocol::kHttps}) {
    Talk talk(via);
    talk.client->Ask(ExchangeId{1}, kQuery);
    talk.client->Ask(ExchangeId{2}, kQuery);
    talk.Carry();
    REQUIRE(talk.queries.size() == 2);
    talk.Answer(talk.queries[1]);
    talk.Answer(talk.queries[0]);
    talk.Carry();
    REQUIRE(talk.outcomes.size() == 2);
    CHECK(talk.outcomes[0].exchange == ExchangeId{2});
    for (const auto& outcome : talk.outcomes) {
      REQUIRE(std::holds_alternative<world::Octets>(outcome.what));
      CHECK(std::get<world::Octets>(outcome.what)[1] == 7);
    }
    CHECK(talk.client->Waiting().empty());
    CHECK(!talk.client->Broken());
  }
}

/// Returns how many TLS records there are (RFC 8446 section 5.1).
size_t Records(world::OctetView octets) {
  size_t count = 0;
  for (; octets.size() >= 5; ++count) octets = octets.subspan(5 + size_t{octets[3]} * 256 + octets[4]);
  return count;
}

TEST_CASE("Questions that are written together share one TLS record") {
  for (const auto via : {Protocol::kTls, Protocol::kHttps}) {
    Talk talk(via);
    talk.client->Ask(ExchangeId{1}, kQuery);
    talk.Carry();
    for (const uint64_t id : {2U, 3U, 4U}) talk.client->Ask(ExchangeId{id}, kQuery);
    const world::Octets written = talk.client->TakeOutput();
    CHECK(Records(written) == 1);
    CHECK(talk.server->Receive(written, kNow).size() == 3);
  }
}

TEST_CASE("However many questions lose a race, a server that answers them sees none of them reset (CVE-2023-44487)") {
  Talk talk(Protocol::kHttps);
  for (int i = 0; i < 2 * world::limits::kMaxHttpResetsPerSecond; ++i) {
    talk.client->Ask(ExchangeId{static_cast<uint64_t>(i)}, kQuery);
    talk.Carry();
    talk.client->Cancel(ExchangeId{static_cast<uint64_t>(i)});
    talk.Carry();
    REQUIRE(talk.queries.size() == 1);
    talk.Answer(std::exchange(talk.queries, {}).front());
    talk.Carry();
  }
  CHECK(talk.outcomes.empty());
  CHECK(talk.server->tally().reset_limit == 0);
  CHECK(!talk.client->Broken());
}

TEST_CASE("Of the questions to a silent server that nobody waits for 16 are left to it, and the next are reset") {
  Talk talk(Protocol::kHttps);
  for (uint64_t id = 0; id < 18; ++id) talk.client->Ask(ExchangeId{id}, kQuery);
  talk.Carry();
  REQUIRE(talk.queries.size() == 18);
  for (uint64_t id = 0; id < 17; ++id) talk.client->Cancel(ExchangeId{id});
  talk.Carry();
  for (size_t i = 0; i < 18; ++i) {
    talk.Answer(talk.queries[i]);
    CHECK(talk.server->TakeOutput().empty() == (i == 16));
  }
}

TEST_CASE("A question that is cancelled on a connection without room makes room for another at once") {
  Talk talk(Protocol::kHttps);
  talk.client->Ask(ExchangeId{0}, kQuery);
  talk.Carry();
  uint64_t asked = 1;
  for (; talk.client->room() == Room::kSome; ++asked) talk.client->Ask(ExchangeId{asked}, kQuery);
  talk.Carry();
  talk.client->Cancel(ExchangeId{0});
  CHECK(talk.client->room() == Room::kSome);
}

}  // namespace
}  // namespace transport
