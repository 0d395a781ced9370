#include "engine/transport/tls.h"

#include <doctest/doctest.h>

#include "tests/transport/certificate.h"

namespace transport {
namespace {

/// Returns a text as octets.
world::OctetView View(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

/// Returns the context of the test's certificate.
std::shared_ptr<const TlsServerContext> ServerContext() {
  return *TlsServerContext::Make(View(kCertificate), View(kKey));
}

/// A client and a server that hear each other.
struct Pair {
  Pair(TlsClientContext& context, const world::Identity& identity,
       std::shared_ptr<const TlsServerContext> shown = ServerContext())
      : certificate(std::move(shown)), server(*certificate, Inside::kDns), client(context, identity, Inside::kDns) {}

  /// Carries what each wants to send until both are silent. What came out at the server is kept.
  void Carry() {
    while (!client.output().empty() || !server.output().empty()) {
      const world::Octets up = std::exchange(client.output(), {});
      const world::OctetView heard = server.Receive(up);
      at_server.insert(at_server.end(), heard.begin(), heard.end());
      const world::Octets down = std::exchange(server.output(), {});
      client.Receive(down);
    }
  }

  std::shared_ptr<const TlsServerContext> certificate;
  TlsSession server;
  TlsSession client;
  world::Octets at_server;
};

TEST_CASE("A session stands when the certificate is of the name or the address that is asked for") {
  TlsClientContext context(View(kCertificate));
  for (const char* name : {"dns.example", "192.0.2.1"}) {
    Pair pair(context, {.name = name});
    pair.client.Send(View("hello"));  // Held back until then.
    pair.Carry();
    CHECK(pair.client.phase() == TlsSession::Phase::kOpen);
    CHECK(pair.client.protocol() == "dot");
    CHECK(pair.at_server == world::Octets{'h', 'e', 'l', 'l', 'o'});
  }
}

TEST_CASE("A certificate of another name, or of an unknown authority, is not trusted (RFC 8310 section 8.1)") {
  TlsClientContext knows(View(kCertificate));
  Pair other(knows, {.name = "other.example"});
  other.Carry();
  CHECK(other.client.phase() == TlsSession::Phase::kFailed);
  CHECK(!other.client.fault().empty());
  TlsClientContext knows_nobody(View(""));
  Pair unknown(knows_nobody, {.name = "dns.example"});
  unknown.Carry();
  CHECK(unknown.client.phase() == TlsSession::Phase::kFailed);
}

TEST_CASE("Opportunistic sessions stand with whomever (RFC 8310 section 5)") {
  TlsClientContext context(View(""));
  Pair pair(context, {.name = "other.example", .authentication = world::Authentication::kNone});
  pair.Carry();
  CHECK(pair.client.phase() == TlsSession::Phase::kOpen);
}

TEST_CASE("A pinned key is trusted without an authority, and another is not (RFC 7858 section 4.2)") {
  TlsClientContext context(View(""));
  Pair right(context, {.name = "dns.example", .pins = {kPin}});
  right.Carry();
  CHECK(right.client.phase() == TlsSession::Phase::kOpen);
  world::KeyPin wrong = kPin;
  wrong[0] ^= 1;
  Pair left(context, {.name = "dns.example", .pins = {wrong}});
  left.Carry();
  CHECK(left.client.phase() == TlsSession::Phase::kFailed);
}

TEST_CASE("A session is resumed, and only as the identity that it was made with") {
  const auto certificate = ServerContext();
  TlsClientContext context(View(kCertificate));
  const auto resumed = [&](const world::Identity& identity) {
    Pair pair(context, identity, certificate);
    pair.Carry();
    CHECK(pair.client.phase() == TlsSession::Phase::kOpen);
    return pair.client.resumed();
  };
  CHECK(!resumed({.name = "dns.example"}));
  CHECK(resumed({.name = "dns.example"}));
  CHECK(!resumed({.name = "192.0.2.1"}));
}

TEST_CASE("Octets that are no TLS end a session, and break nothing") {
  TlsServerContext::Make(View("no"), View("pem")).IgnoreError();
  for (const std::string_view octets :
       {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff", "\x80\x80\x80\x80\x80\x80\x80"}) {
    TlsSession server(*ServerContext(), Inside::kDns);
    CHECK(server.Receive(View(octets)).empty());
    CHECK(server.phase() == TlsSession::Phase::kFailed);
  }
}

TEST_CASE("A certificate without its key is refused with a reason") {
  CHECK(!TlsServerContext::Make(View(kCertificate), View("")).ok());
  CHECK(!TlsServerContext::Make(View(""), View(kKey)).ok());
}

}  // namespace
}  // namespace transport
