#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/world/octets.h"
#include "engine/world/time.h"

namespace transport {

/// A field of a request's or response's header; names in lower case (RFC 9113 section 8.2).
using HttpField = std::pair<std::string, std::string>;

/// A stream of one connection.
enum class HttpStream : int32_t {};

/// A request, as a client sends it and a server takes it.
struct HttpRequest {
  std::string method = "GET";
  std::string authority;  ///< Host, and port if it is not 443.
  std::string path;       ///< With the query.
  std::vector<HttpField> fields;
  world::Octets body;
};

/// A response.
struct HttpResponse {
  int status = 0;
  std::vector<HttpField> fields;
  world::Octets body;

  /// Returns the value of a field, or an empty text.
  std::string_view Field(std::string_view name) const;
};

/// Bounds of one session.
struct HttpOptions {
  size_t most_streams = 128;
  size_t most_header_octets = 16 * 1024;
  size_t most_body_octets = 64 * 1024;
  int most_resets_per_second = 200;  ///< By the client, or provoked by it.
};

/// Why a session cut something off.
struct HttpLimitHits {
  uint64_t header = 0;
  uint64_t body = 0;
  uint64_t streams = 0;
  uint64_t resets = 0;
};

/// The server's side of an HTTP/2 connection (RFC 9113): octets in and out, requests out and responses in.
class HttpServer {
 public:
  explicit HttpServer(const HttpOptions& options);
  ~HttpServer();
  HttpServer(HttpServer&&) noexcept;

  /// A whole request.
  struct Received {
    HttpStream stream{};
    HttpRequest request;
  };

  /// Takes what came from the client; returns the requests that are whole. At `now` resets are counted.
  std::vector<Received> Receive(world::OctetView octets, world::Instant now);

  /// Answers a request. A stream that is gone loses it.
  void Respond(HttpStream stream, HttpResponse response);
  /// Ends a stream without an answer.
  void Reset(HttpStream stream);
  /// Says that no more requests are taken; those under way are answered.
  void GoAway();

  /// What is to be sent, each piece in a TLS record of its own: a client that reads one response a record finds it
  /// (dnsperf). The caller takes them away.
  std::vector<world::Octets> TakeOutput();

  /// Returns whether the connection is over: an error, or the client has said goodbye and all is answered.
  bool IsOver() const;
  const HttpLimitHits& limit_hits() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The client's side: requests in, responses out. Knows nothing of DNS.
class HttpClient {
 public:
  explicit HttpClient(const HttpOptions& options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;

  /// What came of a request.
  struct Outcome {
    /// How its stream ended.
    enum class End : uint8_t {
      kWhole,
      kCut,        ///< It was reset, or too long.
      kUntouched,  ///< The server has not looked at it, and it may be asked again (RFC 9113 section 8.7).
    };
    HttpStream stream{};
    End end = End::kCut;
    HttpResponse response;
  };

  /// Sends a request; returns its stream, or nothing when the connection takes no more.
  std::optional<HttpStream> Send(HttpRequest request);
  /// Nobody waits for the stream any more.
  void Cancel(HttpStream stream);

  /// Takes what came from the server; returns what came of requests.
  std::vector<Outcome> Receive(world::OctetView octets);

  /// What is to be sent: the caller takes it away.
  std::vector<world::Octets> TakeOutput();

  /// Returns whether another request may be sent.
  bool CanSend() const;
  /// Returns whether the server takes no more requests, ever.
  bool IsLeaving() const;
  /// Returns whether the connection is over.
  bool IsOver() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace transport
