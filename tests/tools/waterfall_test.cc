#include "tools/taproot/waterfall.h"

#include <doctest/doctest.h>

using taproot::Terminal;
using taproot::Walk;

namespace {

/// Returns a walk of 100 ms: a referral from here, a server that is silent, one whose address must be found, an answer.
Walk Sample() {
  return taproot::WalkFromJson(taproot::Json::parse(R"({
    "question":{"name":"www.example.","type":"A"},"client":null,"started_ms":0,"duration_us":100000,"rcode":"NOERROR",
    "source":"walk","ede":[],"steps":[
    {"at_us":0,"zone":".","server":null,"address":null,"transport":null,"question":"www.example. A","minimised":false,
     "rtt_us":null,"outcome":"referral to example.","why":"root zone","depth":0,"for":null},
    {"at_us":0,"zone":"example.","server":"a.example.","address":"192.0.2.1","transport":"udp",
     "question":"www.example. A","minimised":false,"rtt_us":null,"outcome":"timeout","why":"untried","depth":0,"for":null},
    {"at_us":50000,"zone":"net.","server":"n.net.","address":"2001:db8::1","transport":"tcp",
     "question":"b.net. AAAA","minimised":false,"rtt_us":25000,"outcome":"answer","why":"fastest","depth":1,
     "for":"b.net. AAAA"},
    {"at_us":75000,"zone":"example.","server":"b.net.","address":"2001:db8::2","transport":"udp",
     "question":"www.example. A","minimised":false,"rtt_us":25000,"outcome":"answer","why":"untried","depth":0,
     "for":null}]})"));
}

}  // namespace

TEST_CASE("A walk is drawn to scale, one line a packet") {
  CHECK(taproot::Waterfall(Sample(), Terminal{.unicode = true}) ==
        "www.example. A  NOERROR  in 100 ms, 3 packets\n"
        "\n"
        "       at                                      rtt  zone      server      address      asked           via  "
        "outcome"
        "               why\n"
        "  0.00 ms  ◆                                        .                     (here)       www.example. A       "
        "referral to example.  root zone\n"
        "  0.00 ms  ░░░░░░░░░░░░░░░░░░░░░░░               -  example.  a.example.  192.0.2.1    www.example. A  udp  "
        "timeout               untried\n"
        "  50.0 ms                 ███████▌         25.0 ms  └ net.    n.net.      2001:db8::1  b.net. AAAA     tcp  "
        "answer                fastest\n"
        "  75.0 ms                        ████████  25.0 ms  example.  b.net.      2001:db8::2  www.example. A  udp  "
        "answer                untried\n");
}

TEST_CASE("Without UTF-8 a walk is drawn in ASCII") {
  const std::string text = taproot::Waterfall(Sample(), Terminal());
  for (const char c : text) CHECK((c == '\n' || (c >= ' ' && c <= '~')));
  CHECK(text.find("  0.00 ms  .......................") != text.npos);
}

TEST_CASE("A narrow terminal leaves out reasons and names, and no line is wider than it") {
  const std::string text = taproot::Waterfall(Sample(), Terminal{.width = 80, .unicode = true});
  CHECK(text.find("why") == text.npos);
  CHECK(text.find("a.example.") == text.npos);
  CHECK(text.find("192.0.2.1") != text.npos);
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = text.find('\n', start);
    CHECK(taproot::Columns(std::string_view(text).substr(start, end - start)) <= 80);
    start = end + 1;
  }
}

TEST_CASE("A question answered without a walk is one line, with where the answer is from") {
  Walk walk;
  walk.name = "localhost.";
  walk.type = "A";
  walk.rcode = "NOERROR";
  walk.source = "root zone";
  CHECK(taproot::Waterfall(walk, Terminal()) ==
        "localhost. A  NOERROR  in 0.00 ms, no packet, from the root zone here\n");
}

TEST_CASE("A failure tells its Extended DNS Errors (RFC 8914)") {
  Walk walk;
  walk.name = "a.";
  walk.type = "A";
  walk.rcode = "SERVFAIL";
  walk.errors = {{22, "no server of a. answered"}};
  CHECK(taproot::Waterfall(walk, Terminal()) ==
        "a. A  SERVFAIL  in 0.00 ms, no packet\nEDE 22 (No Reachable Authority): no server of a. answered\n");
}

TEST_CASE("The chain of trust is drawn from the anchor down, and what it comes to") {
  Walk walk;
  walk.name = "www.a.";
  walk.type = "A";
  walk.rcode = "NOERROR";
  walk.security = "insecure";
  walk.trust = {{".", "trust anchor; keys 1"}, {"a.", "unsigned: no DS"}};
  CHECK(taproot::Waterfall(walk, Terminal()) ==
        "www.a. A  NOERROR  in 0.00 ms, no packet\n\n  .  trust anchor; keys 1\n    a.  unsigned: no DS\n"
        "      www.a. A  insecure\n");
}

TEST_CASE("The chain of trust alone is drawn with why it broke, and without packets") {
  Walk walk = Sample();
  walk.security = "bogus";
  walk.errors = {{9, "a. DNSKEY: no key that its DS 7 vouches for"}};
  walk.trust = {{".", "trust anchor; keys 1"}, {"a.", "DS 7; broken: a. DNSKEY: no key that its DS 7 vouches for"}};
  const std::string text = taproot::TrustChain(walk, Terminal());
  CHECK(text.find("EDE 9 (DNSKEY Missing): a. DNSKEY: no key") != std::string::npos);
  CHECK(text.find("\n  .  trust anchor; keys 1\n    a.  DS 7; broken: a. DNSKEY") != std::string::npos);
  CHECK(text.ends_with("bogus\n"));
}

TEST_CASE("Steps stand in the order of sending, those sent at once in the order of the walk") {
  const Walk walk = taproot::WalkFromJson(taproot::Json::parse(
      R"({"client":"[::]:0","steps":[{"at_us":5,"zone":"b."},{"at_us":9,"zone":"d."},{"at_us":0,"zone":"a."},
      {"at_us":5,"zone":"c."}]})"));
  REQUIRE(walk.steps.size() == 4);
  for (size_t i = 0; i < 4; ++i) CHECK(walk.steps[i].zone == std::string(1, static_cast<char>('a' + i)) + ".");
  CHECK(walk.client == "");  // An operator's own question has no client.
}

TEST_CASE("Numbers that make no sense do no harm") {
  Walk walk = Sample();
  walk.duration_us = -5;
  walk.steps[1].at_us = -1'000'000;
  walk.steps[2].at_us = INT64_MAX / 2;
  walk.steps[3].depth = INT64_MAX;
  CHECK(taproot::Waterfall(walk, Terminal{.unicode = true}).find("example.") != std::string::npos);
}
