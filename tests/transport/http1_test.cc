#include "engine/transport/http1.h"

#include <doctest/doctest.h>

#include <string>

#include "engine/world/limits.h"

namespace {

using transport::Http1Reader;
using State = Http1Reader::State;

/// Returns the octets of text.
world::OctetView Octets(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

/// Returns the body as text.
std::string Body(Http1Reader& reader) { return {reader.body().begin(), reader.body().end()}; }

/// Returns how a response ends that comes in one piece and then the end of the stream, with room for 10 octets.
State EndOf(std::string_view text) {
  Http1Reader reader(10);
  reader.Take(Octets(text));
  return reader.End();
}

TEST_CASE("A file is asked for with what is known of the copy at hand (RFC 9110 13.1)") {
  CHECK(transport::ToText({.host = "www.internic.net", .path = "/root.zone", .etag = "\"a\"", .modified = "Sat"}) ==
        "GET /root.zone HTTP/1.1\r\nHost: www.internic.net\r\nUser-Agent: taproot\r\nAccept: */*\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\nIf-None-Match: \"a\"\r\nIf-Modified-Since: Sat\r\n\r\n");
  const std::string plain = transport::ToText({.host = "a", .path = "/", .etag = "", .modified = ""});
  CHECK(plain.find("If-") == std::string::npos);
}

TEST_CASE("A response of a given length is read, in whatever pieces it comes (RFC 9112 6.2)") {
  const std::string text = "HTTP/1.1 200 OK\r\nETag: \"5f\"\r\nContent-Length:  5 \r\n\r\nhello";
  for (size_t step = 1; step <= text.size(); ++step) {
    Http1Reader reader(10);
    for (size_t at = 0; at < text.size(); at += step) reader.Take(Octets(std::string_view(text).substr(at, step)));
    CAPTURE(step);
    CHECK(reader.state() == State::kWhole);
    CHECK(reader.status() == 200);
    CHECK(reader.Field("etag") == "\"5f\"");
    CHECK(Body(reader) == "hello");
  }
}

TEST_CASE("A response in chunks is read, with extensions and trailer (RFC 9112 7.1)") {
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nExpires: 0\r\n\r\n";
  for (size_t step = 1; step <= text.size(); ++step) {
    Http1Reader reader(5);
    for (size_t at = 0; at < text.size(); at += step) reader.Take(Octets(std::string_view(text).substr(at, step)));
    CHECK(reader.state() == State::kWhole);
    CHECK(Body(reader) == "hello");
  }
}

TEST_CASE("A response without length ends with its stream, others may not (RFC 9112 6.3, 8)") {
  CHECK(EndOf("HTTP/1.0 200 OK\n\nhello") == State::kWhole);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nContent-") == State::kBroken);
  CHECK(EndOf("") == State::kBroken);
}

TEST_CASE("304 has no body, and what comes before the response that counts is passed over (RFC 9110 15.2)") {
  Http1Reader reader(10);
  CHECK(reader.Take(Octets("HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n")) ==
        State::kWhole);
  CHECK(reader.status() == 304);
  CHECK(reader.Field("a").empty());
}

TEST_CASE("What contradicts itself or is not HTTP/1.1 is refused") {
  CHECK(EndOf("HTTP/2 200 OK\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 20 OK\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 2000\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nA : b\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n") == State::kBroken);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n") == State::kBroken);
}

TEST_CASE("A body of the bound is taken, and one octet more is refused, however it is framed") {
  CHECK(EndOf("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789") == State::kWhole);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n") == State::kTooLong);
  CHECK(EndOf("HTTP/1.1 200 OK\r\n\r\n0123456789") == State::kWhole);
  CHECK(EndOf("HTTP/1.1 200 OK\r\n\r\n0123456789a") == State::kTooLong);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n0\r\n\r\n") == State::kWhole);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n1\r\n") == State::kTooLong);
  CHECK(EndOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n") == State::kTooLong);
}

TEST_CASE("A head of kMaxHttpHeadOctets is taken, and refused with one more") {
  const std::string rest = "\r\nContent-Length: 0\r\n\r\n";
  std::string head = "HTTP/1.1 200 OK\r\nA: ";
  head.resize(world::limits::kMaxHttpHeadOctets - rest.size(), 'x');
  CHECK(EndOf(head + rest) == State::kWhole);
  CHECK(EndOf(head + "x" + rest) == State::kTooLong);
}

TEST_CASE("The line of a chunk's size is bounded too") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;";
  CHECK(EndOf(head + std::string(2 * world::limits::kMaxHttpHeadOctets, 'x')) == State::kTooLong);
}

}  // namespace
