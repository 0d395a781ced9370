#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/transport/doh.h"
#include "engine/transport/http2.h"

namespace {

constexpr transport::HttpOptions kOptions{.most_streams = 4, .most_header_octets = 1024, .most_body_octets = 1024};

/// Takes requests and answers those that carry a query with the query.
void Serve(world::OctetView stream, size_t step) {
  transport::HttpServer server(kOptions);
  world::Instant now{};
  for (size_t at = 0; at < stream.size() && !server.IsOver(); at += step) {
    const auto piece = stream.subspan(at, step < stream.size() - at ? step : stream.size() - at);
    now += world::Milliseconds(1);
    for (auto& received : server.Receive(piece, now)) {
      if (received.request.body.size() > kOptions.most_body_octets) std::abort();
      auto query = transport::FromRequest(std::move(received.request), "/dns-query");
      auto* octets = std::get_if<world::Octets>(&query);
      auto* refusal = std::get_if<transport::HttpResponse>(&query);
      if (octets != nullptr) server.Respond(received.stream, transport::ToResponse(*octets));
      if (refusal != nullptr) server.Respond(received.stream, std::move(*refusal));
    }
    server.TakeOutput();
  }
}

/// Takes responses to two requests.
void Ask(world::OctetView stream, size_t step) {
  transport::HttpClient client(kOptions);
  for (int i = 0; i < 2; ++i)
    client.Send({.authority = "dns.example", .path = "/dns-query?dns=AAAA", .fields = {}, .body = {}});
  client.TakeOutput();
  for (size_t at = 0; at < stream.size() && !client.IsOver(); at += step) {
    const auto piece = stream.subspan(at, step < stream.size() - at ? step : stream.size() - at);
    for (auto& outcome : client.Receive(piece)) {
      const auto answer = transport::FromResponse(std::move(outcome.response));
      if (answer && answer->size() > kOptions.most_body_octets) std::abort();
    }
    client.TakeOutput();
  }
}

}  // namespace

/// Gives a server or a client a stream in pieces: no body passes its bound. The first octet is the size of the pieces
/// and, with its lowest bit, the side.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* octets, size_t size) {
  if (size < 1) return 0;
  const world::OctetView stream(octets + 1, size - 1);
  const size_t step = (size_t{octets[0]} >> 1) + 1;
  (octets[0] & 1) != 0 ? Ask(stream, step) : Serve(stream, step);
  return 0;
}
