#include "engine/wire/name.h"

#include <absl/hash/hash.h>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace wire;
using world::Octets;

namespace {

/// Returns the name of a text that is known to be one.
Name N(std::string_view text) {
  const std::optional<Name> name = Name::FromText(text);
  REQUIRE_MESSAGE(name, std::string(text));
  return *name;
}

/// Returns the octets of an ASCII text.
Octets Raw(std::string_view text) { return Octets(text.begin(), text.end()); }

}  // namespace

TEST_CASE("The root is one octet, and is the default") {
  CHECK(Name().IsRoot());
  CHECK(Name().ToText() == ".");
  CHECK(N(".") == Name());
  CHECK(Name().octets().size() == 1);
  CHECK(Name().LabelCount() == 0);
}

TEST_CASE("A name reads from its text, with or without the final dot") {
  CHECK(N("www.example").ToText() == "www.example.");
  CHECK(N("www.example.").octets().size() == 13);
  CHECK(N("WwW.example").ToText() == "WwW.example.");
  CHECK_FALSE(Name::FromText(""));
  CHECK_FALSE(Name::FromText(".."));
  CHECK_FALSE(Name::FromText(".a"));
  CHECK_FALSE(Name::FromText("a..b"));
  CHECK_FALSE(Name::FromText("a.."));
}

TEST_CASE("Escapes read and print as RFC 1035 5.1 says") {
  const Name dotted = N(R"(a\.b.example)");
  CHECK(dotted.LabelCount() == 2);
  CHECK(dotted.ToText() == R"(a\.b.example.)");
  CHECK(N(R"(\097\\.x)").ToText() == R"(a\\.x.)");
  CHECK(N(R"(\000\255\032.x)").ToText() == R"(\000\255\032.x.)");
  CHECK(N(R"(\a.x)") == N("a.x"));
  CHECK_FALSE(Name::FromText("a\\"));
  CHECK_FALSE(Name::FromText("\\25"));
  CHECK_FALSE(Name::FromText("\\256"));
  CHECK_FALSE(Name::FromText("\\2x5"));
}

TEST_CASE("Every octet survives the way to text and back") {
  for (int octet = 0; octet < 256; ++octet) {
    const Octets wire = {3, 'a', static_cast<uint8_t>(octet), 'z', 0};
    const std::optional<Name> name = Name::FromWire(wire);
    REQUIRE(name);
    REQUIRE(N(name->ToText()).SameCase(*name));
  }
}

TEST_CASE("A label has at most 63 octets, in text and on the wire (RFC 1035 2.3.4)") {
  const std::string label(63, 'x');
  CHECK(Name::FromText(label));
  CHECK_FALSE(Name::FromText(label + "x"));
  Octets wire(65, 'x');
  wire[0] = 63;
  wire[64] = 0;
  CHECK(Name::FromWire(wire));
  wire.insert(wire.begin() + 1, 'x');
  wire[0] = 64;
  CHECK_FALSE(Name::FromWire(wire));
  CHECK(Name().Prepend(Raw(label)));
  CHECK_FALSE(Name().Prepend(Raw(label + "x")));
  CHECK_FALSE(Name().Prepend({}));
}

TEST_CASE("A name has at most 255 octets, in text and on the wire (RFC 1035 2.3.4)") {
  const std::string label = std::string(63, 'x') + ".";
  const std::string longest = label + label + label + std::string(61, 'x');
  const Name name = N(longest);
  CHECK(name.octets().size() == 255);
  CHECK(N(longest + ".") == name);
  CHECK_FALSE(Name::FromText(longest + "x"));
  CHECK_FALSE(Name::FromText(label + label + label + "x." + std::string(60, 'x')));
  Octets wire(name.octets().begin(), name.octets().end());
  CHECK(Name::FromWire(wire));
  wire.insert(wire.begin() + 193, 'x');
  wire[192] = 62;
  CHECK_FALSE(Name::FromWire(wire));
}

TEST_CASE("The most labels are 127 of one octet") {
  std::string text;
  for (int i = 0; i < 127; ++i) text += "a.";
  const Name name = N(text);
  CHECK(name.LabelCount() == 127);
  CHECK(name.octets().size() == 255);
  CHECK_FALSE(Name::FromText(text + "a"));
  CHECK_FALSE(name.Prepend(Raw("a")));
  CHECK(name.CommonLabels(name) == 127);
  CHECK(std::is_eq(name <=> name));
}

TEST_CASE("Wire form is one name, whole and uncompressed") {
  CHECK_FALSE(Name::FromWire({}));
  CHECK_FALSE(Name::FromWire(Octets{1, 'a'}));
  CHECK_FALSE(Name::FromWire(Octets{2, 'a', 0}));
  CHECK_FALSE(Name::FromWire(Octets{1, 'a', 0, 0}));
  CHECK_FALSE(Name::FromWire(Octets{0xc0, 0}));
  CHECK_FALSE(Name::FromWire(Octets{0x41, 'a', 0}));
  CHECK(Name::FromWirePrefix(Octets{1, 'a', 0, 9})->ToText() == "a.");
  CHECK_FALSE(Name::FromWirePrefix(Octets{1, 'a'}));
  CHECK_FALSE(Name::FromWirePrefix({}));
}

TEST_CASE("Names are equal and hash equally whatever the case of ASCII letters (RFC 4343)") {
  const Name lower = N("abcdefghijklmnopqrstuvwxyz.example");
  const Name upper = N("ABCDEFGHIJKLMNOPQRSTUVWXYZ.EXAMPLE");
  CHECK(lower == upper);
  CHECK(absl::HashOf(lower) == absl::HashOf(upper));
  CHECK_FALSE(lower.SameCase(upper));
  CHECK(upper.Lowered().SameCase(lower));
}

TEST_CASE("Only ASCII letters have case: every pair of octets compares as RFC 4343 says") {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const Name left = *Name::FromWire(Octets{1, static_cast<uint8_t>(a), 0});
      const Name right = *Name::FromWire(Octets{1, static_cast<uint8_t>(b), 0});
      const bool letters = a != b && (a ^ b) == 0x20 && ((a | 0x20) >= 'a' && (a | 0x20) <= 'z');
      REQUIRE((left == right) == (a == b || letters));
      REQUIRE(std::is_eq(left <=> right) == (left == right));
      if (left == right) REQUIRE(absl::HashOf(left) == absl::HashOf(right));
    }
  }
}

TEST_CASE("Word-wise lower case does not touch octets that are no letters, at any place") {
  Octets wire(201, 0);
  wire[0] = 63;
  wire[64] = 63;
  wire[128] = 63;
  wire[192] = 7;
  for (size_t i = 1; i < 200; ++i) {
    if (i != 64 && i != 128 && i != 192) wire[i] = static_cast<uint8_t>(i * 37);
  }
  const Name name = *Name::FromWire(wire);
  const Name lowered = name.Lowered();
  for (size_t i = 0; i < wire.size(); ++i) REQUIRE(lowered.octets()[i] == Lower(wire[i]));
}

TEST_CASE("The canonical order is that of RFC 4034 6.1") {
  const std::vector<Name> ordered = {N("."),
                                     N("example."),
                                     N("a.example."),
                                     N("yljkjljk.a.example."),
                                     N("Z.a.example."),
                                     N("zABC.a.EXAMPLE."),
                                     N("z.example."),
                                     N("\\001.z.example."),
                                     N("*.z.example."),
                                     N("\\200.z.example.")};
  for (size_t i = 0; i < ordered.size(); ++i) {
    for (size_t j = 0; j < ordered.size(); ++j) CHECK((ordered[i] <=> ordered[j]) == (i <=> j));
  }
}

TEST_CASE("Labels count from the left, suffixes from the right") {
  const Name name = N("www.example.com");
  CHECK(name.LabelCount() == 3);
  CHECK(Octets(name.Label(1).begin(), name.Label(1).end()) == Raw("example"));
  CHECK(name.Suffix(2) == N("example.com"));
  CHECK(name.Suffix(3) == name);
  CHECK(name.Suffix(0).IsRoot());
  CHECK(name.Parent() == N("example.com"));
  CHECK(N("com").Parent().IsRoot());
}

TEST_CASE("Only at label boundaries is a name below another") {
  CHECK(N("www.example.com").IsAtOrBelow(N("EXAMPLE.com")));
  CHECK(N("www.example.com").IsAtOrBelow(N("www.example.com")));
  CHECK_FALSE(N("www.example.com").IsBelow(N("www.example.com")));
  CHECK(N("www.example.com").IsBelow(Name()));
  CHECK_FALSE(Name().IsBelow(Name()));
  CHECK_FALSE(N("example.com").IsAtOrBelow(N("www.example.com")));
  CHECK_FALSE(N("badexample.com").IsAtOrBelow(N("example.com")));
  // The label holds what looks like the length octet and text of `com.`.
  CHECK_FALSE(N("x\\003com").IsAtOrBelow(N("com")));
}

TEST_CASE("A wildcard's first label is one asterisk (RFC 4592 2.1.1)") {
  CHECK(N("example").Wildcard() == N("*.example"));
  CHECK(N("*.example").IsWildcard());
  CHECK_FALSE(N("a.*.example").IsWildcard());
  CHECK_FALSE(N("**.example").IsWildcard());
  CHECK_FALSE(Name().IsWildcard());
  const std::string label = std::string(63, 'x') + ".";
  CHECK(N(label + label + label + std::string(59, 'x')).Wildcard()->octets().size() == 255);
  CHECK_FALSE(N(label + label + label + std::string(60, 'x')).Wildcard());
}

TEST_CASE("DNAME substitution replaces the suffix, or fails where the name gets too long (RFC 6672 2.2)") {
  CHECK(N("a.b.old.example").ReplaceSuffix(N("old.example"), N("new.test")) == N("a.b.new.test"));
  CHECK(N("a.example").ReplaceSuffix(N("example"), Name()) == N("a"));
  CHECK(N("a").ReplaceSuffix(Name(), N("test")) == N("a.test"));
  const std::string label = std::string(63, 'x') + ".";
  CHECK(N("a.b").ReplaceSuffix(N("b"), N(label + label + label + std::string(59, 'x')))->octets().size() == 255);
  CHECK_FALSE(N("a.b").ReplaceSuffix(N("b"), N(label + label + label + std::string(60, 'x'))));
}

TEST_CASE("Common labels are counted from the root") {
  CHECK(N("a.example.com").CommonLabels(N("b.EXAMPLE.com")) == 2);
  CHECK(N("a.example.com").CommonLabels(N("example.com")) == 2);
  CHECK(N("a.example").CommonLabels(N("a.test")) == 0);
  CHECK(N("a.x.com").CommonLabels(N("a.y.com")) == 1);
  CHECK(Name().CommonLabels(N("com")) == 0);
}

TEST_CASE("Names of up to 46 octets are held without the heap") {
  CHECK(N(std::string(44, 'x')).HeapOctets() == 0);
  CHECK(N(std::string(45, 'x')).octets().size() == 47);
  CHECK(N(std::string(45, 'x')).HeapOctets() >= 47);
}
