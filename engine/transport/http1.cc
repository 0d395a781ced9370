#include "engine/transport/http1.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/world/limits.h"

namespace transport {
namespace {

/// Returns the text without blanks at its ends.
std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Returns the text with ASCII capitals made small.
std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

/// Returns the number that the whole text is, digits alone.
std::optional<size_t> Number(std::string_view text, int base) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string ToText(const Http1Get& request) {
  std::string text = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: taproot\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
      "Connection: close\r\n",
      request.path, request.host);
  if (!request.etag.empty()) text += fmt::format("If-None-Match: {}\r\n", request.etag);
  if (!request.modified.empty()) text += fmt::format("If-Modified-Since: {}\r\n", request.modified);
  return text + "\r\n";
}

Http1Reader::State Http1Reader::Take(world::OctetView octets) {
  while (!octets.empty() && (state_ == State::kHead || state_ == State::kBody)) {
    if (!WantsLine()) {
      octets = octets.subspan(TakeBody(octets));
      continue;
    }
    // All of the head together is bounded, interim responses included; later each line of the chunks' frame.
    if (++head_octets_ > world::limits::kMaxHttpHeadOctets && state_ == State::kHead) return state_ = State::kTooLong;
    if (line_.size() > world::limits::kMaxHttpHeadOctets) return state_ = State::kTooLong;
    const char c = static_cast<char>(octets.front());
    octets = octets.subspan(1);
    if (c != '\n') {
      line_ += c;
      continue;
    }
    if (line_.ends_with('\r')) line_.pop_back();  // RFC 9112 section 2.2: a bare LF ends a line too.
    const std::string line = std::exchange(line_, {});
    state_ = TakeLine(line);
  }
  return state_;
}

Http1Reader::State Http1Reader::End() {
  if (state_ == State::kBody && framing_ == Framing::kToTheEnd) return state_ = State::kWhole;
  if (state_ == State::kHead || state_ == State::kBody) state_ = State::kBroken;
  return state_;
}

std::string_view Http1Reader::Field(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &std::pair<std::string, std::string>::first);
  return found == fields_.end() ? std::string_view() : found->second;
}

bool Http1Reader::WantsLine() const { return state_ == State::kHead || (framing_ == Framing::kChunks && left_ == 0); }

Http1Reader::State Http1Reader::TakeLine(std::string_view line) {
  if (state_ == State::kHead) {
    if (status_ == 0) return TakeStatus(line);
    return line.empty() ? EndHead() : TakeField(line);
  }
  // RFC 9112 section 7.1: chunk-size CRLF octets CRLF ... 0 CRLF trailer CRLF.
  if (in_trailer_) return line.empty() ? State::kWhole : State::kBody;
  if (!chunk_is_open_) return TakeChunkSize(line);
  chunk_is_open_ = false;
  return line.empty() ? State::kBody : State::kBroken;
}

Http1Reader::State Http1Reader::TakeStatus(std::string_view line) {
  const bool is_known = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
  const auto status = is_known ? Number(line.substr(9, 3), 10) : std::nullopt;
  const bool is_whole = line.size() == 12 || (line.size() > 12 && line[12] == ' ');
  if (!status || *status < 100 || !is_whole) return State::kBroken;
  status_ = static_cast<int>(*status);
  return State::kHead;
}

Http1Reader::State Http1Reader::TakeField(std::string_view line) {
  const size_t colon = line.find(':');
  // RFC 9112 section 5.1: no blank before the colon; a line that begins with one is obsolete folding.
  if (colon == std::string_view::npos || colon == 0 || line.substr(0, colon).find_first_of(" \t") != line.npos) {
    return State::kBroken;
  }
  fields_.emplace_back(Lower(line.substr(0, colon)), Trimmed(line.substr(colon + 1)));
  return State::kHead;
}

Http1Reader::State Http1Reader::EndHead() {
  // RFC 9110 section 15.2: an interim response comes before the one that counts.
  if (status_ < 200) {
    status_ = 0;
    fields_.clear();
    return State::kHead;
  }
  if (status_ == 204 || status_ == 304) return State::kWhole;  // RFC 9112 section 6.3: these have no body.
  const std::string_view coding = Field("transfer-encoding");
  const std::string_view length = Field("content-length");
  if (!coding.empty()) {
    // RFC 9112 section 6.1: both together are how requests are smuggled.
    if (Lower(coding) != "chunked" || !length.empty()) return State::kBroken;
    framing_ = Framing::kChunks;
    return State::kBody;
  }
  if (length.empty()) return State::kBody;
  const auto octets = Number(length, 10);
  if (!octets) return State::kBroken;
  if (*octets > most_body_octets_) return State::kTooLong;
  framing_ = Framing::kLength;
  left_ = *octets;
  return left_ == 0 ? State::kWhole : State::kBody;
}

Http1Reader::State Http1Reader::TakeChunkSize(std::string_view line) {
  const auto size = Number(Trimmed(line.substr(0, line.find(';'))), 16);
  if (!size) return State::kBroken;
  if (*size > most_body_octets_ - body_.size()) return State::kTooLong;
  left_ = *size;
  chunk_is_open_ = left_ > 0;
  in_trailer_ = left_ == 0;
  return State::kBody;
}

size_t Http1Reader::TakeBody(world::OctetView octets) {
  const size_t room = framing_ == Framing::kToTheEnd ? most_body_octets_ - body_.size() : left_;
  const size_t count = std::min(octets.size(), room);
  if (count == 0) {
    state_ = State::kTooLong;
    return 0;
  }
  body_.insert(body_.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(count));
  if (framing_ == Framing::kToTheEnd) return count;
  left_ -= count;
  if (framing_ == Framing::kLength && left_ == 0) state_ = State::kWhole;
  return count;
}

}  // namespace transport
