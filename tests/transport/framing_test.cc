#include "engine/transport/framing.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using transport::FrameReader;
using world::Octets;
using world::OctetView;

/// Feeds `input` and returns every message that came out, as text.
std::vector<std::string> Feed(FrameReader& reader, OctetView input) {
  std::vector<std::string> messages;
  for (auto cut = reader.Next(input); cut.message; cut = reader.Next(cut.rest)) {
    messages.emplace_back(cut.message->begin(), cut.message->end());
  }
  return messages;
}

/// Returns the octets of a literal.
Octets Of(std::string_view text) { return {text.begin(), text.end()}; }

TEST_CASE("several messages in one read come out one by one (RFC 7766 6.2.1.1)") {
  FrameReader reader(100);
  const Octets input = Of(std::string_view("\0\3abc\0\0\0\1x", 10));
  CHECK(Feed(reader, input) == std::vector<std::string>{"abc", "", "x"});
  CHECK(reader.AtBoundary());
}

TEST_CASE("a message cut anywhere, even between the two octets of its length, comes out whole (RFC 7766 8)") {
  const Octets input = Of(std::string_view("\0\3abc\0\2de", 9));
  for (size_t step = 1; step <= input.size(); ++step) {
    FrameReader reader(100);
    std::vector<std::string> messages;
    for (size_t at = 0; at < input.size(); at += step) {
      const size_t end = std::min(at + step, input.size());
      for (auto& text : Feed(reader, OctetView(input).subspan(at, end - at))) messages.push_back(text);
    }
    CAPTURE(step);
    CHECK(messages == std::vector<std::string>{"abc", "de"});
    CHECK(reader.AtBoundary());
  }
}

TEST_CASE("an unfinished message is not at a boundary") {
  FrameReader reader(100);
  CHECK(Feed(reader, Of(std::string_view("\0", 1))).empty());
  CHECK_FALSE(reader.AtBoundary());
  CHECK(Feed(reader, Of(std::string_view("\3ab", 3))).empty());
  CHECK_FALSE(reader.AtBoundary());
  CHECK(Feed(reader, Of("c")) == std::vector<std::string>{"abc"});
}

TEST_CASE("a message of the bound is taken, one octet more breaks the stream") {
  FrameReader taken(3);
  CHECK(Feed(taken, Of(std::string_view("\0\3abc", 5))) == std::vector<std::string>{"abc"});
  CHECK_FALSE(taken.Broken());

  FrameReader broken(3);
  CHECK(Feed(broken, Of(std::string_view("\0\4abcd\0\1x", 9))).empty());
  CHECK(broken.Broken());
  CHECK_FALSE(broken.AtBoundary());
  CHECK(Feed(broken, Of(std::string_view("\0\1x", 3))).empty());
}

TEST_CASE("a frame is the message behind its length in two octets (RFC 1035 4.2.2)") {
  Octets out = Of("!");
  transport::AppendFrame(Octets(258, 'a'), out);
  REQUIRE(out.size() == 261);
  CHECK(out[1] == 1);
  CHECK(out[2] == 2);
  CHECK(out[3] == 'a');
}

TEST_CASE("the longest message passes through writer and reader") {
  Octets stream;
  const Octets message(transport::kMaxMessageOctets, 7);
  transport::AppendFrame(message, stream);
  FrameReader reader(transport::kMaxMessageOctets);
  CHECK(Feed(reader, OctetView(stream).first(30'000)).empty());
  CHECK(Feed(reader, OctetView(stream).subspan(30'000)) ==
        std::vector<std::string>{std::string(message.begin(), message.end())});
}

}  // namespace
