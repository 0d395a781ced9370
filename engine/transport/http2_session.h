#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/transport/http2.h"
#include "engine/world/octets.h"

struct nghttp2_session;

namespace transport {

/// Which side of a connection this is.
enum class HttpSide : uint8_t { kServer, kClient };

/// Why a stream is reset (RFC 9113 section 7).
enum class HttpReset : uint8_t { kCancel, kRefused };

/// A stream with what has come and what is to go.
struct HttpExchange {
  HttpRequest request;    ///< A server's: received.
  HttpResponse response;  ///< A client's: received.
  world::Octets body;     ///< To be sent.
  size_t sent = 0;
  size_t header_octets = 0;
  bool spoiled = false;    ///< Over a bound.
  bool whole = false;      ///< All has come.
  bool untouched = false;  ///< A client's: the server refused it, unseen.
  bool cancelled = false;  ///< A client's: nobody waits for it.
};

/// What both sides of an HTTP/2 connection have in common: the session of nghttp2, and its streams. For HttpServer and
/// HttpClient alone.
class HttpSession {
 public:
  HttpSession(HttpSide side, const HttpOptions& options);
  ~HttpSession();
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  /// Takes what came.
  void Receive(world::OctetView octets);
  /// Returns what is to be sent, in pieces that each end with the end of a message.
  std::vector<world::Octets> TakeOutput();

  /// Answers on a stream.
  void Respond(int32_t id, const std::vector<HttpField>& fields, world::Octets body);
  /// Opens a stream with a request; returns its id, negative when the session takes none.
  int32_t Request(const std::vector<HttpField>& fields, world::Octets body);
  /// Ends a stream.
  void Reset(int32_t id, HttpReset why);
  /// Ends the connection, for the other side asks too much of it.
  void Terminate();
  /// Says that no more streams are taken.
  void SayGoodbye();

  /// Returns whether nothing more is to be read or written.
  bool IsOver() const;
  /// Returns whether the server takes no more requests.
  bool IsLeaving() const;
  /// Returns how many streams the other side bears at a time.
  size_t MostStreams() const;

  std::map<int32_t, HttpExchange>& streams() { return streams_; }
  /// The streams on which all has come; the caller takes them away.
  std::vector<int32_t>& whole() { return whole_; }
  /// The streams that have ended; the caller takes them away.
  std::vector<int32_t>& closed() { return closed_; }
  HttpLimitHits& hits() { return hits_; }
  const HttpOptions& options() const { return options_; }
  /// Returns the streams that were reset since it was asked last.
  int TakeResets() { return std::exchange(resets_, 0); }

 private:
  friend struct HttpCallbacks;

  /// Says what this side wants (RFC 9113 section 6.5).
  void Greet();
  /// Puts a field where it belongs.
  void TakeField(HttpExchange& stream, std::string name, std::string value) const;

  HttpSide side_;
  HttpOptions options_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, HttpExchange> streams_;
  std::vector<int32_t> whole_;
  std::vector<int32_t> closed_;
  HttpLimitHits hits_;
  int resets_ = 0;
  bool going_away_ = false;
  bool failed_ = false;
};

}  // namespace transport
