#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/world/octets.h"

namespace transport {

/// What a file is asked for with; ETag and date are those of the copy at hand, or empty.
struct Http1Get {
  std::string host;  ///< With the port if it is not the scheme's.
  std::string path;
  std::string etag;      ///< If-None-Match (RFC 9110 section 13.1.2).
  std::string modified;  ///< If-Modified-Since (RFC 9110 section 13.1.3).
};

/// Returns the request of one file on a connection of its own (RFC 9112 section 3).
std::string ToText(const Http1Get& request);

/// Reads one response of HTTP/1.1 (RFC 9112), octet by octet as they come: by length, in chunks, or up to the end of
/// the stream. The server is not trusted: head and body are bounded, and what is ambiguous is refused.
class Http1Reader {
 public:
  /// How far the response is.
  enum class State : uint8_t {
    kHead,
    kBody,
    kWhole,
    kBroken,   ///< Not HTTP/1.1, or contradicts itself.
    kTooLong,  ///< Head or body is longer than its bound.
  };

  /// Takes `most_body_octets` of body, and kMaxHttpHeadOctets of head.
  explicit Http1Reader(size_t most_body_octets) : most_body_octets_(most_body_octets) {}

  /// Takes what came; what follows the response is left out.
  State Take(world::OctetView octets);
  /// The stream has ended.
  State End();

  State state() const { return state_; }
  int status() const { return status_; }
  /// Returns the value of a field by its name in lower case, or an empty text.
  std::string_view Field(std::string_view name) const;
  /// The body so far; may be moved away once it is whole.
  world::Octets& body() { return body_; }

 private:
  /// How the end of the body is told (RFC 9112 section 6.3).
  enum class Framing : uint8_t { kLength, kChunks, kToTheEnd };

  /// Takes one line of the head or of the chunks' frame.
  State TakeLine(std::string_view line);
  /// Takes `HTTP/1.1 200 OK`.
  State TakeStatus(std::string_view line);
  /// Takes `name: value`.
  State TakeField(std::string_view line);
  /// The head is read: finds out how the body ends.
  State EndHead();
  /// Takes `1a2b;extension`, the size of a chunk.
  State TakeChunkSize(std::string_view line);
  /// Takes octets of the body; returns how many.
  size_t TakeBody(world::OctetView octets);
  /// Returns whether a line is expected, and no octets of the body.
  bool WantsLine() const;

  size_t most_body_octets_;
  State state_ = State::kHead;
  int status_ = 0;
  std::vector<std::pair<std::string, std::string>> fields_;
  Framing framing_ = Framing::kToTheEnd;
  size_t left_ = 0;             // Of the body, or of the chunk.
  bool chunk_is_open_ = false;  // The line end behind a chunk's octets is still to come.
  bool in_trailer_ = false;
  std::string line_;
  size_t head_octets_ = 0;
  world::Octets body_;
};

}  // namespace transport
