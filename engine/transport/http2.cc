#include "engine/transport/http2.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/transport/http2_session.h"

namespace transport {

std::string_view HttpResponse::Field(std::string_view name) const {
  const auto at = std::ranges::find(fields, name, &HttpField::first);
  return at == fields.end() ? std::string_view() : std::string_view(at->second);
}

/// The session, and how often it was reset lately.
struct HttpServer::State {
  explicit State(const HttpOptions& options) : session(HttpSide::kServer, options) {}

  /// Frees the streams that have ended.
  void Sweep() {
    for (const int32_t id : std::exchange(session.closed(), {})) session.streams().erase(id);
  }

  HttpSession session;
  world::Instant second = world::Instant::min();
  int resets = 0;
};

HttpServer::HttpServer(const HttpOptions& options) : state_(std::make_unique<State>(options)) {}
HttpServer::~HttpServer() = default;
HttpServer::HttpServer(HttpServer&&) noexcept = default;

std::vector<HttpServer::Received> HttpServer::Receive(world::OctetView octets, world::Instant now) {
  HttpSession& session = state_->session;
  session.Receive(octets);
  if (state_->second == world::Instant::min() || now - state_->second >= world::Seconds(1)) {
    state_->second = now;
    state_->resets = 0;
  }
  state_->resets += session.TakeResets();
  if (state_->resets > session.options().most_resets_per_second) {
    // Rapid reset (CVE-2023-44487): work is asked for and thrown away at once.
    ++session.hits().resets;
    session.Terminate();
  }
  std::vector<Received> received;
  for (const int32_t id : std::exchange(session.whole(), {})) {
    const auto at = session.streams().find(id);
    const bool gone = std::ranges::find(session.closed(), id) != session.closed().end();
    if (at == session.streams().end() || at->second.spoiled || gone) continue;
    received.push_back({HttpStream{id}, std::move(at->second.request)});
  }
  state_->Sweep();
  return received;
}

void HttpServer::Respond(HttpStream stream, HttpResponse response) {
  const auto id = static_cast<int32_t>(stream);
  if (!state_->session.streams().contains(id)) return;
  std::vector<HttpField> fields{{":status", fmt::format("{}", response.status)}};
  for (HttpField& field : response.fields) fields.push_back(std::move(field));
  state_->session.Respond(id, fields, std::move(response.body));
}

void HttpServer::Reset(HttpStream stream) { state_->session.Reset(static_cast<int32_t>(stream), HttpReset::kRefused); }

void HttpServer::GoAway() { state_->session.SayGoodbye(); }

std::vector<world::Octets> HttpServer::TakeOutput() {
  auto output = state_->session.TakeOutput();
  state_->Sweep();
  return output;
}

bool HttpServer::IsOver() const { return state_->session.IsOver(); }
const HttpLimitHits& HttpServer::limit_hits() const { return state_->session.hits(); }

/// The session.
struct HttpClient::State {
  explicit State(const HttpOptions& options) : session(HttpSide::kClient, options) {}

  HttpSession session;
};

HttpClient::HttpClient(const HttpOptions& options) : state_(std::make_unique<State>(options)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;

namespace {

/// Returns how a client's stream ended.
HttpClient::Outcome::End EndOf(const HttpExchange& stream) {
  using End = HttpClient::Outcome::End;
  if (stream.untouched) return End::kUntouched;
  return stream.whole && !stream.spoiled ? End::kWhole : End::kCut;
}

}  // namespace

std::optional<HttpStream> HttpClient::Send(HttpRequest request) {
  if (!CanSend()) return std::nullopt;
  std::vector<HttpField> fields{
      {":method", request.method}, {":scheme", "https"}, {":authority", request.authority}, {":path", request.path}};
  for (HttpField& field : request.fields) fields.push_back(std::move(field));
  const int32_t id = state_->session.Request(fields, std::move(request.body));
  if (id < 0) return std::nullopt;
  return HttpStream{id};
}

void HttpClient::Cancel(HttpStream stream) {
  const auto at = state_->session.streams().find(static_cast<int32_t>(stream));
  if (at == state_->session.streams().end()) return;
  at->second.cancelled = true;
  state_->session.Reset(at->first, HttpReset::kCancel);
}

std::vector<HttpClient::Outcome> HttpClient::Receive(world::OctetView octets) {
  HttpSession& session = state_->session;
  session.Receive(octets);
  std::vector<Outcome> outcomes;
  session.whole().clear();
  for (const int32_t id : std::exchange(session.closed(), {})) {
    const auto at = session.streams().find(id);
    if (at == session.streams().end()) continue;
    if (!at->second.cancelled) outcomes.push_back({HttpStream{id}, EndOf(at->second), std::move(at->second.response)});
    session.streams().erase(at);
  }
  return outcomes;
}

std::vector<world::Octets> HttpClient::TakeOutput() {
  HttpSession& session = state_->session;
  auto output = session.TakeOutput();
  // With its reset on the way a cancelled stream makes room for another.
  for (const int32_t id : session.closed()) {
    const auto at = session.streams().find(id);
    if (at != session.streams().end() && at->second.cancelled) session.streams().erase(at);
  }
  return output;
}

bool HttpClient::CanSend() const {
  return !IsLeaving() && state_->session.streams().size() < state_->session.MostStreams();
}

bool HttpClient::IsLeaving() const { return state_->session.IsLeaving(); }

bool HttpClient::IsOver() const { return state_->session.IsOver(); }

}  // namespace transport
