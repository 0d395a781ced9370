#include "engine/transport/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "engine/world/check.h"

namespace transport {
namespace {

/// Flow-control window of one stream and of a connection: what the other side may send ahead.
constexpr int32_t kStreamWindow = 256 * 1024;
constexpr int32_t kConnectionWindow = 1024 * 1024;

/// Parts of a frame (RFC 9113 section 4.1).
constexpr size_t kFrameHeadOctets = 9;
constexpr uint8_t kDataFrame = 0;
constexpr uint8_t kHeadersFrame = 1;
constexpr uint8_t kEndStreamFlag = 1;

/// Returns fields as nghttp2 wants them; borrowed.
std::vector<nghttp2_nv> ToNghttp2(const std::vector<HttpField>& fields) {
  std::vector<nghttp2_nv> list;
  for (const auto& [name, value] : fields) {
    // nghttp2 copies both, but its struct is not const.
    auto* name_octets = const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(name.data()));
    auto* value_octets = const_cast<uint8_t*>(reinterpret_cast<const uint8_t*>(value.data()));
    list.push_back({name_octets, value_octets, name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  return list;
}

/// Returns whether a piece of output ends a message: a DATA or HEADERS frame with END_STREAM.
bool EndsStream(world::OctetView frame) {
  if (frame.size() < kFrameHeadOctets) return false;
  constexpr size_t kTypeAt = 3;
  constexpr size_t kFlagsAt = 4;
  const uint8_t type = frame[kTypeAt];
  return (type == kDataFrame || type == kHeadersFrame) && (frame[kFlagsAt] & kEndStreamFlag) != 0;
}

/// Returns a number, or 0.
int NumberOf(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// Returns octets as a text.
std::string TextOf(const uint8_t* octets, size_t size) { return {reinterpret_cast<const char*>(octets), size}; }

}  // namespace

/// What nghttp2 calls.
struct HttpCallbacks {
  /// A header begins: of a new stream on a server.
  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    auto* session = static_cast<HttpSession*>(self);
    const bool is_known = session->streams_.contains(frame->hd.stream_id);
    if (session->side_ == HttpSide::kServer && !is_known &&
        session->streams_.size() >= session->options_.most_streams) {
      ++session->hits_.streams;
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // The stream is reset, the connection stands.
    }
    session->streams_[frame->hd.stream_id];
    return 0;
  }

  /// A field has come.
  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
                      const uint8_t* value, size_t value_size, uint8_t, void* self) {
    auto* session = static_cast<HttpSession*>(self);
    HttpExchange& stream = session->streams_[frame->hd.stream_id];
    stream.header_octets += name_size + value_size;
    if (stream.header_octets > session->options_.most_header_octets) {
      ++session->hits_.header;
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // The stream is reset, the connection stands.
    }
    session->TakeField(stream, TextOf(name, name_size), TextOf(value, value_size));
    return 0;
  }

  /// Part of a body has come.
  static int OnData(nghttp2_session* handle, uint8_t, int32_t id, const uint8_t* octets, size_t size, void* self) {
    auto* session = static_cast<HttpSession*>(self);
    HttpExchange& stream = session->streams_[id];
    world::Octets& body = session->side_ == HttpSide::kServer ? stream.request.body : stream.response.body;
    if (stream.spoiled) return 0;
    if (body.size() + size > session->options_.most_body_octets) {
      ++session->hits_.body;
      stream.spoiled = true;
      session->closed_.push_back(id);  // Nothing is waited for.
      return nghttp2_submit_rst_stream(handle, NGHTTP2_FLAG_NONE, id, NGHTTP2_ENHANCE_YOUR_CALM);
    }
    body.insert(body.end(), octets, octets + size);
    return 0;
  }

  /// A frame has come whole.
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    auto* session = static_cast<HttpSession*>(self);
    const bool carries = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
    if (carries && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      session->streams_[frame->hd.stream_id].whole = true;
      session->whole_.push_back(frame->hd.stream_id);
    }
    if (frame->hd.type == NGHTTP2_RST_STREAM) ++session->resets_;
    if (frame->hd.type == NGHTTP2_GOAWAY) session->going_away_ = true;
    return 0;
  }

  /// A frame is sent. A client can also provoke resets of ours, as cheap for it as its own (CVE-2025-8671).
  static int OnSent(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->hd.type != NGHTTP2_RST_STREAM) return 0;
    auto* session = static_cast<HttpSession*>(self);
    ++session->resets_;
    if (frame->rst_stream.error_code == NGHTTP2_REFUSED_STREAM) ++session->hits_.streams;
    return 0;
  }

  /// A frame breaks the rules, and the connection ends: one stream too many of a client that knew the bound.
  static int OnInvalid(nghttp2_session*, const nghttp2_frame* frame, int, void* self) {
    auto* session = static_cast<HttpSession*>(self);
    const bool too_many = session->streams_.size() >= session->options_.most_streams;
    if (frame->hd.type == NGHTTP2_HEADERS && too_many) ++session->hits_.streams;
    return 0;
  }

  /// A stream has ended. Its place is freed by the side, which may still want what came on it.
  static int OnClose(nghttp2_session*, int32_t id, uint32_t code, void* self) {
    auto* session = static_cast<HttpSession*>(self);
    session->closed_.push_back(id);
    const auto at = session->streams_.find(id);
    if (at != session->streams_.end()) at->second.untouched = code == NGHTTP2_REFUSED_STREAM;
    return 0;
  }

  /// Gives a piece of a body to be sent.
  static ssize_t ReadBody(nghttp2_session*, int32_t id, uint8_t* out, size_t room, uint32_t* flags,
                          nghttp2_data_source*, void* self) {
    HttpExchange& stream = static_cast<HttpSession*>(self)->streams_[id];
    const size_t size = std::min(room, stream.body.size() - stream.sent);
    std::copy_n(stream.body.begin() + static_cast<ptrdiff_t>(stream.sent), size, out);
    stream.sent += size;
    if (stream.sent == stream.body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }
};

HttpSession::HttpSession(HttpSide side, const HttpOptions& options) : side_(side), options_(options) {
  nghttp2_session_callbacks* callbacks = nullptr;
  CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, HttpCallbacks::OnBeginHeaders);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, HttpCallbacks::OnHeader);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, HttpCallbacks::OnData);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, HttpCallbacks::OnFrame);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, HttpCallbacks::OnSent);
  nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, HttpCallbacks::OnInvalid);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, HttpCallbacks::OnClose);
  const int made = side == HttpSide::kServer ? nghttp2_session_server_new(&session_, callbacks, this)
                                             : nghttp2_session_client_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  CHECK(made == 0);
  Greet();
}

HttpSession::~HttpSession() { nghttp2_session_del(session_); }

void HttpSession::Greet() {
  std::vector<nghttp2_settings_entry> settings{
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(kStreamWindow)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<uint32_t>(options_.most_header_octets)},
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, static_cast<uint32_t>(options_.most_streams)}};
  if (side_ == HttpSide::kClient) settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
}

void HttpSession::TakeField(HttpExchange& stream, std::string name, std::string value) const {
  if (side_ == HttpSide::kClient) {
    if (name == ":status") {
      stream.response.status = NumberOf(value);
    } else {
      stream.response.fields.emplace_back(std::move(name), std::move(value));
    }
    return;
  }
  if (name == ":method") {
    stream.request.method = std::move(value);
  } else if (name == ":path") {
    stream.request.path = std::move(value);
  } else if (name == ":authority") {
    stream.request.authority = std::move(value);
  } else if (!name.starts_with(':')) {
    stream.request.fields.emplace_back(std::move(name), std::move(value));
  }
}

void HttpSession::Receive(world::OctetView octets) {
  if (failed_) return;
  failed_ = nghttp2_session_mem_recv(session_, octets.data(), octets.size()) < 0;
}

std::vector<world::Octets> HttpSession::TakeOutput() {
  std::vector<world::Octets> pieces;
  world::Octets piece;
  for (;;) {
    const uint8_t* octets = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &octets);
    if (size <= 0) {
      if (size < 0) failed_ = true;
      break;
    }
    const world::OctetView frame(octets, static_cast<size_t>(size));
    piece.insert(piece.end(), frame.begin(), frame.end());
    if (EndsStream(frame)) pieces.push_back(std::exchange(piece, {}));
  }
  if (!piece.empty()) pieces.push_back(std::move(piece));
  return pieces;
}

void HttpSession::Respond(int32_t id, const std::vector<HttpField>& fields, world::Octets body) {
  nghttp2_data_provider provider{};
  provider.read_callback = HttpCallbacks::ReadBody;
  nghttp2_data_provider* with = body.empty() ? nullptr : &provider;
  streams_[id].body = std::move(body);
  const std::vector<nghttp2_nv> list = ToNghttp2(fields);
  nghttp2_submit_response(session_, id, list.data(), list.size(), with);
}

int32_t HttpSession::Request(const std::vector<HttpField>& fields, world::Octets body) {
  nghttp2_data_provider provider{};
  provider.read_callback = HttpCallbacks::ReadBody;
  const std::vector<nghttp2_nv> list = ToNghttp2(fields);
  const int32_t id =
      nghttp2_submit_request(session_, nullptr, list.data(), list.size(), body.empty() ? nullptr : &provider, nullptr);
  if (id >= 0) streams_[id].body = std::move(body);
  return id;
}

void HttpSession::Reset(int32_t id, HttpReset why) {
  const uint32_t code = why == HttpReset::kCancel ? NGHTTP2_CANCEL : NGHTTP2_REFUSED_STREAM;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, code);
}

void HttpSession::Terminate() { nghttp2_session_terminate_session(session_, NGHTTP2_ENHANCE_YOUR_CALM); }

void HttpSession::SayGoodbye() { nghttp2_submit_shutdown_notice(session_); }

bool HttpSession::IsOver() const {
  return failed_ || (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0);
}

bool HttpSession::IsLeaving() const {
  return going_away_ || IsOver() || nghttp2_session_check_request_allowed(session_) == 0;
}

size_t HttpSession::MostStreams() const {
  return std::min<size_t>(nghttp2_session_get_remote_settings(session_, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS),
                          options_.most_streams);
}

}  // namespace transport
