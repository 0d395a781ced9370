#include "engine/transport/client_stream.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/transport/doh.h"
#include "engine/transport/framing.h"
#include "engine/transport/http2.h"
#include "engine/transport/tls.h"
#include "engine/wire/edns_options.h"
#include "engine/wire/message.h"
#include "engine/world/check.h"
#include "engine/world/limits.h"

namespace transport {
namespace {

using world::ExchangeId;
using world::Mishap;

/// The unit in which a server says how long it keeps a connection (RFC 7828 section 3.1).
constexpr auto kKeepAliveUnit = world::Milliseconds(100);

/// Questions of one connection over HTTPS that are let run to their end though nobody waits for them. To reset each
/// that lost a race is what servers take for an attack (CVE-2023-44487): nghttp2 has them bear 33 a second.
constexpr size_t kMostAbandoned = 16;

/// Questions with a number of the connection's own in place of their ID: two of them may have drawn the same.
class Numbering {
 public:
  /// Gives a question a number, and returns the query with it.
  world::Octets Enter(ExchangeId exchange, world::OctetView query) {
    while (waiting_.contains(next_)) ++next_;
    world::Octets numbered(query.begin(), query.end());
    const auto id = static_cast<uint16_t>(numbered[0] << 8 | numbered[1]);
    waiting_.emplace(next_, Entry{exchange, id});
    Write(next_++, numbered);
    return numbered;
  }

  /// Returns whose answer a message is, with its ID put back; nothing for a number that nobody waits for.
  std::optional<StreamOutcome> Leave(world::OctetView message) {
    if (message.size() < wire::kHeaderOctets) return std::nullopt;
    const auto at = waiting_.find(static_cast<uint16_t>(message[0] << 8 | message[1]));
    if (at == waiting_.end()) return std::nullopt;
    world::Octets restored(message.begin(), message.end());
    Write(at->second.id, restored);
    StreamOutcome outcome{at->second.exchange, std::move(restored)};
    waiting_.erase(at);
    return outcome;
  }

  /// Nobody waits for the answer any more. Its number is not used again while the answer may come.
  void Abandon(ExchangeId exchange) {
    std::erase_if(waiting_, [&](const auto& entry) { return entry.second.exchange == exchange; });
  }

  /// Returns who waits, in the order of the numbers.
  std::vector<ExchangeId> Waiting() const {
    std::vector<ExchangeId> exchanges;
    exchanges.reserve(waiting_.size());
    for (const auto& [number, entry] : waiting_) exchanges.push_back(entry.exchange);
    return exchanges;
  }

  size_t size() const { return waiting_.size(); }

 private:
  /// A question under way.
  struct Entry {
    ExchangeId exchange{};
    uint16_t id = 0;
  };

  /// Writes a message's ID.
  static void Write(uint16_t id, world::Octets& message) {
    message[0] = static_cast<uint8_t>(id >> 8);
    message[1] = static_cast<uint8_t>(id & 0xff);
  }

  std::map<uint16_t, Entry> waiting_;
  uint16_t next_ = 0;
};

/// Returns what a message says about keeping the connection (RFC 7828 section 3.2.2).
std::optional<world::Duration> KeepAliveIn(world::OctetView octets) {
  const auto message = wire::Parse(octets);
  if (!message || !message->edns) return std::nullopt;
  for (const wire::EdnsOption& option : message->edns->options) {
    if (option.code != wire::kKeepAliveOption || option.value.size() != 2) continue;
    return kKeepAliveUnit * (option.value[0] << 8 | option.value[1]);
  }
  return std::nullopt;
}

/// DNS messages with their length before each (RFC 1035 section 4.2.2): over TCP, or inside TLS.
class Framed {
 public:
  /// Asks, and returns what is to be sent.
  world::Octets Ask(ExchangeId exchange, world::OctetView query) {
    world::Octets frame;
    AppendFrame(numbering_.Enter(exchange, query), frame);
    return frame;
  }

  /// Takes what came.
  std::vector<StreamOutcome> Receive(world::OctetView octets) {
    std::vector<StreamOutcome> outcomes;
    for (;;) {
      const Cut cut = reader_.Next(octets);
      octets = cut.rest;
      if (!cut.message) return outcomes;
      if (const auto told = KeepAliveIn(*cut.message)) keep_alive_ = told;
      if (auto outcome = numbering_.Leave(*cut.message)) outcomes.push_back(*std::move(outcome));
    }
  }

  Room room() const {
    return numbering_.size() < world::limits::kMaxQuestionsPerConnection ? Room::kSome : Room::kFull;
  }
  Numbering& numbering() { return numbering_; }
  const Numbering& numbering() const { return numbering_; }
  std::optional<world::Duration> keep_alive() const { return keep_alive_; }

 private:
  FrameReader reader_{kMaxMessageOctets};
  Numbering numbering_;
  std::optional<world::Duration> keep_alive_;
};

/// Plain TCP.
class TcpStream final : public ClientStream {
 public:
  void Ask(ExchangeId exchange, world::OctetView query) override {
    const world::Octets frame = framed_.Ask(exchange, query);
    output_.insert(output_.end(), frame.begin(), frame.end());
  }
  void Cancel(ExchangeId exchange) override { framed_.numbering().Abandon(exchange); }
  std::vector<StreamOutcome> Receive(world::OctetView octets) override { return framed_.Receive(octets); }
  world::Octets TakeOutput() override { return std::exchange(output_, {}); }
  std::vector<ExchangeId> Waiting() const override { return framed_.numbering().Waiting(); }
  Room room() const override { return framed_.room(); }
  std::optional<Mishap> Broken() const override { return std::nullopt; }
  std::optional<world::Duration> KeepAlive() const override { return framed_.keep_alive(); }
  StreamTally tally() const override { return {}; }

 private:
  Framed framed_;
  world::Octets output_;
};

/// What a TLS session has to tell of itself.
StreamTally TallyOf(const TlsSession& session) {
  return {session.phase() == TlsSession::Phase::kOpen || session.phase() == TlsSession::Phase::kEnded,
          session.resumed(), session.phase() == TlsSession::Phase::kFailed};
}

/// Returns why nothing more can come over a TLS session, if so.
std::optional<Mishap> BrokenOf(const TlsSession& session) {
  if (session.phase() == TlsSession::Phase::kFailed) return Mishap::kNotTrusted;
  if (session.phase() == TlsSession::Phase::kEnded) return Mishap::kClosed;
  return std::nullopt;
}

/// DNS over TLS (RFC 7858).
class TlsStream final : public ClientStream {
 public:
  TlsStream(TlsClientContext& context, const world::Identity& identity) : session_(context, identity, Inside::kDns) {}

  void Ask(ExchangeId exchange, world::OctetView query) override {
    const world::Octets frame = framed_.Ask(exchange, query);
    inside_.insert(inside_.end(), frame.begin(), frame.end());
  }
  void Cancel(ExchangeId exchange) override { framed_.numbering().Abandon(exchange); }
  std::vector<StreamOutcome> Receive(world::OctetView octets) override {
    return framed_.Receive(session_.Receive(octets));
  }
  world::Octets TakeOutput() override {
    if (!inside_.empty()) session_.Send(std::exchange(inside_, {}));
    return std::exchange(session_.output(), {});
  }
  std::vector<ExchangeId> Waiting() const override { return framed_.numbering().Waiting(); }
  Room room() const override { return Broken() ? Room::kLeaving : framed_.room(); }
  std::optional<Mishap> Broken() const override { return BrokenOf(session_); }
  std::optional<world::Duration> KeepAlive() const override { return framed_.keep_alive(); }
  StreamTally tally() const override { return TallyOf(session_); }

 private:
  TlsSession session_;
  Framed framed_;
  world::Octets inside_;  // Questions that share a record.
};

/// DNS over HTTPS (RFC 8484).
class HttpsStream final : public ClientStream {
 public:
  HttpsStream(TlsClientContext& context, world::SharedIdentity identity)
      : identity_(std::move(identity)),
        session_(context, *identity_, Inside::kHttp2),
        http_({world::limits::kMaxQuestionsPerConnection, world::limits::kMaxHttpHeaderOctets, kMaxMessageOctets, 0}) {
    Pump();
  }

  void Ask(ExchangeId exchange, world::OctetView query) override {
    const auto stream = http_.Send(ToRequest(query, *identity_));
    if (stream) {
      waiting_.emplace(*stream, exchange);
    } else {
      refused_.push_back(exchange);
    }
  }

  void Cancel(ExchangeId exchange) override {
    const auto at = std::ranges::find(waiting_, exchange, [](const auto& entry) { return entry.second; });
    if (at == waiting_.end()) return;
    const HttpStream stream = at->first;
    waiting_.erase(at);
    if (http_.CanSend() && abandoned_.size() < kMostAbandoned) {
      abandoned_.push_back(stream);
    } else {
      http_.Cancel(stream);
      Pump();  // With its reset on the way it makes room for another.
    }
  }

  std::vector<StreamOutcome> Receive(world::OctetView octets) override {
    std::vector<StreamOutcome> outcomes;
    for (const ExchangeId exchange : std::exchange(refused_, {})) outcomes.push_back({exchange, Mishap::kClosed});
    const world::OctetView inside = session_.Receive(octets);
    if (CannotSpeak()) return outcomes;
    for (HttpClient::Outcome& outcome : http_.Receive(inside)) {
      const auto at = waiting_.find(outcome.stream);
      if (at == waiting_.end()) {
        std::erase(abandoned_, outcome.stream);
        continue;
      }
      outcomes.push_back({at->second, Read(std::move(outcome))});
      waiting_.erase(at);
    }
    return outcomes;
  }

  world::Octets TakeOutput() override {
    Pump();
    return std::exchange(session_.output(), {});
  }

  std::vector<ExchangeId> Waiting() const override {
    std::vector<ExchangeId> exchanges = refused_;
    for (const auto& [stream, exchange] : waiting_) exchanges.push_back(exchange);
    return exchanges;
  }

  Room room() const override {
    if (Broken() || http_.IsLeaving()) return Room::kLeaving;
    return http_.CanSend() ? Room::kSome : Room::kFull;
  }

  std::optional<Mishap> Broken() const override {
    if (const auto broken = BrokenOf(session_)) return broken;
    if (CannotSpeak()) return Mishap::kNotTrusted;
    if (http_.IsOver()) return Mishap::kClosed;
    return std::nullopt;
  }

  std::optional<world::Duration> KeepAlive() const override { return std::nullopt; }
  StreamTally tally() const override { return TallyOf(session_); }

 private:
  /// Returns the message of a response, or what is wrong with it.
  static std::variant<world::Octets, Mishap> Read(HttpClient::Outcome outcome) {
    using End = HttpClient::Outcome::End;
    if (outcome.end == End::kUntouched) return Mishap::kClosed;
    auto message = outcome.end == End::kWhole ? FromResponse(std::move(outcome.response)) : std::nullopt;
    if (!message) return Mishap::kHttpError;
    return *std::move(message);
  }
  /// Returns whether the server has agreed to something else than HTTP/2.
  bool CannotSpeak() const { return session_.phase() == TlsSession::Phase::kOpen && session_.protocol() != "h2"; }

  /// Moves what HTTP wants to send into TLS.
  void Pump() {
    world::Octets all;
    for (const world::Octets& piece : http_.TakeOutput()) all.insert(all.end(), piece.begin(), piece.end());
    if (!all.empty()) session_.Send(all);
  }

  world::SharedIdentity identity_;
  TlsSession session_;
  HttpClient http_;
  std::map<HttpStream, ExchangeId> waiting_;
  std::vector<HttpStream> abandoned_;  // Nobody waits for their answers, which are awaited.
  std::vector<ExchangeId> refused_;
};

}  // namespace

std::unique_ptr<ClientStream> MakeClientStream(world::Protocol via, const world::SharedIdentity& identity,
                                               TlsClientContext* context) {
  switch (via) {
    case world::Protocol::kUdp:
    case world::Protocol::kTcp:
      break;
    case world::Protocol::kTls:
      CHECK(identity != nullptr && context != nullptr);
      return std::make_unique<TlsStream>(*context, *identity);
    case world::Protocol::kHttps:
      CHECK(identity != nullptr && context != nullptr);
      return std::make_unique<HttpsStream>(*context, identity);
  }
  return std::make_unique<TcpStream>();
}

}  // namespace transport
