#include "engine/transport/http2.h"

#include <doctest/doctest.h>

#include "engine/transport/doh.h"
#include "engine/world/limits.h"

namespace transport {
namespace {

constexpr world::Instant kNow{world::Seconds(100)};

/// A client and a server that hear each other.
struct Wire {
  /// Carries what each wants to send until both are silent; returns the requests that the server got.
  std::vector<HttpServer::Received> Carry() {
    std::vector<HttpServer::Received> received;
    for (bool moved = true; moved;) {
      moved = false;
      for (const world::Octets& piece : client.TakeOutput()) {
        moved = true;
        for (auto& one : server.Receive(piece, kNow)) received.push_back(std::move(one));
      }
      for (const world::Octets& piece : server.TakeOutput()) {
        moved = true;
        for (auto& one : client.Receive(piece)) outcomes.push_back(std::move(one));
      }
    }
    return received;
  }

  HttpOptions options{
      .most_streams = 8, .most_header_octets = 1000, .most_body_octets = 1000, .most_resets_per_second = 3};
  HttpServer server{options};
  HttpClient client{
      {.most_streams = 1000, .most_header_octets = 100'000, .most_body_octets = 1000, .most_resets_per_second = 0}};
  std::vector<HttpClient::Outcome> outcomes;
};

/// Returns a request with a body.
HttpRequest Post(size_t octets) { return {"POST", "dns.example", "/dns-query", {}, world::Octets(octets, 7)}; }

TEST_CASE("A request goes to the server and its response comes back") {
  Wire wire;
  REQUIRE(wire.client.Send(Post(40)));
  const auto received = wire.Carry();
  REQUIRE(received.size() == 1);
  CHECK(received[0].request.method == "POST");
  CHECK(received[0].request.path == "/dns-query");
  CHECK(received[0].request.body == world::Octets(40, 7));
  wire.server.Respond(received[0].stream, {200, {{"content-type", "text/plain"}}, world::Octets(600, 9)});
  wire.Carry();
  REQUIRE(wire.outcomes.size() == 1);
  CHECK(wire.outcomes[0].end == HttpClient::Outcome::End::kWhole);
  CHECK(wire.outcomes[0].response.status == 200);
  CHECK(wire.outcomes[0].response.Field("content-type") == "text/plain");
  CHECK(wire.outcomes[0].response.body == world::Octets(600, 9));
}

TEST_CASE("Each response is a piece of its own, so that it can be a TLS record of its own") {
  Wire wire;
  for (int i = 0; i < 3; ++i) REQUIRE(wire.client.Send(Post(1)));
  const auto received = wire.Carry();
  REQUIRE(received.size() == 3);
  for (const auto& one : received) wire.server.Respond(one.stream, {200, {}, world::Octets(10, 1)});
  CHECK(wire.server.TakeOutput().size() == 3);
}

TEST_CASE("A body of the most octets is taken, one octet more is not") {
  for (const size_t octets : {size_t{1000}, size_t{1001}}) {
    Wire wire;
    REQUIRE(wire.client.Send(Post(octets)));
    CHECK(wire.Carry().size() == (octets == 1000 ? 1 : 0));
    CHECK(wire.server.limit_hits().body == (octets == 1000 ? 0 : 1));
  }
}

TEST_CASE("A header of kMaxHttpHeaderOctets is taken, one octet more is not") {
  for (const bool within : {true, false}) {
    HttpServer server({128, world::limits::kMaxHttpHeaderOctets, 1000, 100});
    HttpClient client({10, 100'000, 1000, 0});
    HttpRequest request = Post(0);
    request.method = "GET";
    const size_t others = std::string_view(":methodGET:schemehttps:authoritydns.example:path/dns-queryx").size();
    request.fields.emplace_back("x", std::string(world::limits::kMaxHttpHeaderOctets - others + (within ? 0 : 1), 'y'));
    // The client obeys what the server has told it once it has heard it; a rude one does not wait.
    REQUIRE(client.Send(request));
    size_t received = 0;
    for (const auto& piece : client.TakeOutput()) received += server.Receive(piece, kNow).size();
    CHECK(received == (within ? 1 : 0));
    CHECK(server.limit_hits().header == (within ? 0 : 1));
  }
}

TEST_CASE("kMaxHttpStreams streams are open at a time, and not one more (RFC 9113 section 5.1.2)") {
  HttpServer server({world::limits::kMaxHttpStreams, 1000, 1000, 100'000});
  HttpClient client({1000, 100'000, 1000, 0});
  // A rude client takes for granted what another server has allowed it.
  for (const auto& piece : HttpServer({1000, 1000, 1000, 0}).TakeOutput()) client.Receive(piece);
  size_t received = 0;
  for (size_t i = 0; i < world::limits::kMaxHttpStreams + 1; ++i) {
    if (!client.Send(Post(1))) continue;
    for (const auto& piece : client.TakeOutput()) received += server.Receive(piece, kNow).size();
  }
  CHECK(received == world::limits::kMaxHttpStreams);
  server.TakeOutput();
  CHECK(server.limit_hits().streams == 1);
}

TEST_CASE("kMaxHttpResetsPerSecond resets are borne, one more ends the connection (rapid reset, CVE-2023-44487)") {
  for (const bool within : {true, false}) {
    HttpServer server({1000, 1000, 1000, world::limits::kMaxHttpResetsPerSecond});
    HttpClient client({1000, 100'000, 1000, 0});
    for (int i = 0; i < world::limits::kMaxHttpResetsPerSecond + (within ? 0 : 1); ++i) {
      const auto stream = client.Send(Post(1));
      REQUIRE(stream);
      for (const auto& piece : client.TakeOutput()) server.Receive(piece, kNow);
      client.Cancel(*stream);
      for (const auto& piece : client.TakeOutput()) server.Receive(piece, kNow);
    }
    CHECK(server.limit_hits().resets == (within ? 0 : 1));
  }
}

TEST_CASE("A request that is cancelled makes room for another at once") {
  HttpClient client({1, 1000, 1000, 0});
  const auto first = client.Send(Post(1));
  REQUIRE(first);
  client.TakeOutput();
  CHECK(!client.CanSend());
  client.Cancel(*first);
  client.TakeOutput();
  CHECK(client.CanSend());
  CHECK(!client.IsLeaving());
}

TEST_CASE("Resets that a client provokes count like its own (CVE-2025-8671)") {
  HttpServer server({1, 1000, 1000, 2});
  HttpClient client({1000, 100'000, 1000, 0});
  for (int i = 0; i < 5; ++i) {
    REQUIRE(client.Send(Post(1)));
    for (const auto& piece : client.TakeOutput()) server.Receive(piece, kNow);
    server.TakeOutput();
  }
  CHECK(server.limit_hits().resets > 0);
}

TEST_CASE("A request that the server refused unseen is told apart: it may be asked again (RFC 9113 section 8.7)") {
  Wire wire;
  REQUIRE(wire.client.Send(Post(1)));
  const auto received = wire.Carry();
  REQUIRE(received.size() == 1);
  wire.server.Reset(received[0].stream);
  wire.Carry();
  REQUIRE(wire.outcomes.size() == 1);
  CHECK(wire.outcomes[0].end == HttpClient::Outcome::End::kUntouched);
}

TEST_CASE("A response longer than the client's bound is cut off") {
  for (const size_t octets : {size_t{1000}, size_t{1001}}) {
    Wire wire;
    REQUIRE(wire.client.Send(Post(1)));
    const auto received = wire.Carry();
    REQUIRE(received.size() == 1);
    wire.server.Respond(received[0].stream, {200, {}, world::Octets(octets, 1)});
    wire.Carry();
    REQUIRE(wire.outcomes.size() == 1);
    CHECK((wire.outcomes[0].end == HttpClient::Outcome::End::kWhole) == (octets == 1000));
  }
}

TEST_CASE("base64url is that of RFC 4648 section 5, without padding") {
  const world::Octets octets{0x00, 0x00, 0x01, 0x00, 0xfb, 0xff, 0xfe};
  CHECK(ToBase64Url(octets) == "AAABAPv__g");
  CHECK(FromBase64Url("AAABAPv__g") == octets);
  CHECK(!FromBase64Url("AAA+"));
}

TEST_CASE("A DNS query goes by POST and by GET (RFC 8484 section 4.1), and comes out as it was") {
  const world::Octets query{0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1};
  for (const auto method : {world::HttpMethod::kPost, world::HttpMethod::kGet}) {
    world::Identity identity;
    identity.authority = "dns.example";
    identity.path = "/dns-query";
    identity.method = method;
    const auto read = FromRequest(ToRequest(query, identity), "/dns-query");
    REQUIRE(std::holds_alternative<world::Octets>(read));
    CHECK(std::get<world::Octets>(read) == query);
  }
}

/// Returns the status with which a request is refused; 0: it is not.
int Refused(const HttpRequest& request) {
  const auto read = FromRequest(request, "/dns-query");
  const auto* refusal = std::get_if<HttpResponse>(&read);
  return refusal == nullptr ? 0 : refusal->status;
}

TEST_CASE("What is no DNS query is refused with the status that says why") {
  CHECK(Refused({"GET", "", "/other?dns=AAAA", {}, {}}) == 404);
  CHECK(Refused({"GET", "", "/dns-query", {}, {}}) == 400);
  CHECK(Refused({"GET", "", "/dns-query?dns=A+", {}, {}}) == 400);
  CHECK(Refused({"PUT", "", "/dns-query", {}, {1}}) == 405);
  CHECK(Refused({"POST", "", "/dns-query", {{"content-type", "text/plain"}}, {1}}) == 415);
  CHECK(Refused({"POST", "", "/dns-query", {{"content-type", "application/dns-message"}}, {}}) == 400);
  CHECK(Refused({"GET", "", "/dns-query?ct=x&dns=AAAB", {}, {}}) == 0);
  const std::vector<HttpField> type{{"content-type", "application/dns-message"}};
  CHECK(Refused({"POST", "", "/dns-query", type, world::Octets(world::limits::kMaxQueryOctets)}) == 0);
  CHECK(Refused({"POST", "", "/dns-query", type, world::Octets(world::limits::kMaxQueryOctets + 1)}) == 413);
}

TEST_CASE("Only a response of 2xx with the media type of DNS carries a message") {
  const std::vector<HttpField> type{{"content-type", "application/dns-message"}};
  CHECK(FromResponse({200, type, {1}}));
  CHECK(!FromResponse({500, type, {1}}));
  CHECK(!FromResponse({200, {{"content-type", "text/html"}}, {1}}));
}

}  // namespace
}  // namespace transport
