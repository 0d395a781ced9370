#include "engine/transport/server_stream.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/transport/doh.h"
#include "engine/transport/framing.h"
#include "engine/transport/http2.h"
#include "engine/transport/padding.h"
#include "engine/world/check.h"
#include "engine/world/limits.h"

namespace transport {
namespace {

namespace limits = world::limits;

/// What a client is told that speaks HTTP/1.1: there is no HTTP/2 in it.
constexpr std::string_view kHttp1Refusal =
    "HTTP/1.1 505 HTTP Version Not Supported\r\ncontent-type: text/plain\r\ncontent-length: 43\r\n"
    "connection: close\r\n\r\nDNS over HTTPS is served over HTTP/2 alone.";

/// Cuts the queries out of what came.
std::vector<StreamQuery> CutAll(FrameReader& reader, world::OctetView octets) {
  std::vector<StreamQuery> queries;
  for (;;) {
    const Cut cut = reader.Next(octets);
    octets = cut.rest;
    if (!cut.message) return queries;
    queries.push_back({0, world::Octets(cut.message->begin(), cut.message->end())});
  }
}

/// Plain TCP.
class TcpServerStream final : public ServerStream {
 public:
  std::vector<StreamQuery> Receive(world::OctetView octets, world::Instant) override { return CutAll(reader_, octets); }
  void Answer(uint32_t, world::OctetView response) override { AppendFrame(response, output_); }
  void Drop(uint32_t) override {}
  void Close() override {}
  world::Octets TakeOutput() override { return std::exchange(output_, {}); }
  bool IsOver() const override { return reader_.Broken(); }
  ServerTally tally() const override { return {}; }

 private:
  FrameReader reader_{limits::kMaxQueryOctets};
  world::Octets output_;
};

/// Returns what a TLS session has had to do with.
ServerTally TallyOf(const TlsSession& session) {
  ServerTally tally;
  tally.failed = session.phase() == TlsSession::Phase::kFailed;
  tally.handshake = session.phase() == TlsSession::Phase::kOpen || session.phase() == TlsSession::Phase::kEnded;
  tally.resumed = session.resumed();
  return tally;
}

/// Returns whether nothing more comes over a session.
bool HasEnded(const TlsSession& session) {
  return session.phase() == TlsSession::Phase::kFailed || session.phase() == TlsSession::Phase::kEnded;
}

/// DNS over TLS (RFC 7858).
class TlsServerStream final : public ServerStream {
 public:
  explicit TlsServerStream(std::shared_ptr<const TlsServerContext> context)
      : context_(std::move(context)), session_(*context_, Inside::kDns) {}

  std::vector<StreamQuery> Receive(world::OctetView octets, world::Instant) override {
    return CutAll(reader_, session_.Receive(octets));
  }
  void Answer(uint32_t, world::OctetView response) override {
    world::Octets padded(response.begin(), response.end());
    PadResponse(padded);
    world::Octets frame;
    AppendFrame(padded, frame);
    session_.Send(frame);
  }
  void Drop(uint32_t) override {}
  void Close() override { session_.End(); }
  world::Octets TakeOutput() override { return std::exchange(session_.output(), {}); }
  bool IsOver() const override { return reader_.Broken() || HasEnded(session_); }
  ServerTally tally() const override { return TallyOf(session_); }

 private:
  std::shared_ptr<const TlsServerContext> context_;
  TlsSession session_;
  FrameReader reader_{limits::kMaxQueryOctets};
};

/// DNS over HTTPS (RFC 8484).
class HttpsServerStream final : public ServerStream {
 public:
  explicit HttpsServerStream(const ServerStreamOptions& options)
      : context_(options.context),
        path_(options.path),
        session_(*context_, Inside::kHttp2),
        http_({limits::kMaxHttpStreams, limits::kMaxHttpHeaderOctets, limits::kMaxQueryOctets,
               limits::kMaxHttpResetsPerSecond}) {}

  std::vector<StreamQuery> Receive(world::OctetView octets, world::Instant now) override {
    std::vector<StreamQuery> queries;
    const world::OctetView inside = session_.Receive(octets);
    // What is spoken inside is not known before the handshake is done.
    if (session_.phase() == TlsSession::Phase::kHandshake) return queries;
    if (session_.phase() == TlsSession::Phase::kOpen && session_.protocol() != "h2") {
      if (!inside.empty()) RefuseHttp1();
      return queries;
    }
    for (HttpServer::Received& received : http_.Receive(inside, now)) {
      auto read = FromRequest(std::move(received.request), path_);
      if (auto* refusal = std::get_if<HttpResponse>(&read)) {
        ++http_errors_;
        http_.Respond(received.stream, std::move(*refusal));
      } else {
        queries.push_back({static_cast<uint32_t>(received.stream), std::move(std::get<world::Octets>(read))});
      }
    }
    Pump();
    return queries;
  }

  void Answer(uint32_t stream, world::OctetView response) override {
    world::Octets padded(response.begin(), response.end());
    PadResponse(padded);
    http_.Respond(HttpStream{static_cast<int32_t>(stream)}, ToResponse(padded));
    Pump();
  }

  void Drop(uint32_t stream) override {
    ++http_errors_;
    constexpr int kBadRequest = 400;
    http_.Respond(HttpStream{static_cast<int32_t>(stream)}, {kBadRequest, {{"content-length", "0"}}, {}});
    Pump();
  }

  void Close() override {
    http_.GoAway();
    Pump();
    session_.End();
  }

  world::Octets TakeOutput() override { return std::exchange(session_.output(), {}); }
  bool IsOver() const override { return HasEnded(session_) || refused_ || http_.IsOver(); }

  ServerTally tally() const override {
    ServerTally tally = TallyOf(session_);
    const HttpLimitHits& hits = http_.limit_hits();
    tally.http_errors = http_errors_;
    tally.header_limit = hits.header;
    tally.body_limit = hits.body;
    tally.stream_limit = hits.streams;
    tally.reset_limit = hits.resets;
    return tally;
  }

 private:
  /// Tells a client of HTTP/1.1 that it is not served.
  void RefuseHttp1() {
    if (std::exchange(refused_, true)) return;
    ++http_errors_;
    session_.Send({reinterpret_cast<const uint8_t*>(kHttp1Refusal.data()), kHttp1Refusal.size()});
    session_.End();
  }

  /// Moves what HTTP wants to send into TLS: each piece is a record of its own.
  void Pump() {
    for (const world::Octets& piece : http_.TakeOutput()) session_.Send(piece);
  }

  std::shared_ptr<const TlsServerContext> context_;
  std::string path_;
  TlsSession session_;
  HttpServer http_;
  uint64_t http_errors_ = 0;
  bool refused_ = false;
};

}  // namespace

std::unique_ptr<ServerStream> MakeServerStream(world::Protocol via, const ServerStreamOptions& options) {
  switch (via) {
    case world::Protocol::kUdp:
    case world::Protocol::kTcp:
      break;
    case world::Protocol::kTls:
      CHECK(options.context != nullptr);
      return std::make_unique<TlsServerStream>(options.context);
    case world::Protocol::kHttps:
      CHECK(options.context != nullptr);
      return std::make_unique<HttpsServerStream>(options);
  }
  return std::make_unique<TcpServerStream>();
}

}  // namespace transport
