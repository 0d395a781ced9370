#include <doctest/doctest.h>

#include <string>

#include "engine/wire/message.h"

using namespace wire;
using world::Octets;

TEST_CASE("Rdata reads from its text and prints the same again") {
  struct Row {
    RrType type;
    std::string text;
  };
  const Row rows[] = {
      {RrType::kA, "192.0.2.1"},
      {RrType::kAaaa, "2001:db8::1"},
      {RrType::kNs, "ns.example."},
      {RrType::kSoa, "ns.example. hostmaster.example. 2026112100 1800 900 604800 86400"},
      {RrType::kMx, "10 mail.example."},
      {RrType::kTxt, "\"two\" \"strings\""},
      {RrType::kSrv, "1 2 53 ns.example."},
      {RrType::kCaa, "0 issue \"ca.example\""},
      {RrType::kDs, "60485 13 2 2bb183af5f22588179a53b0a98631fad1a292118f3b2c1d5c2d1ee5a5ebd3e2c"},
      {RrType::kNsec, "host.example. A MX RRSIG NSEC"},
      {RrType::kNsec3, "1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY NS SOA NSEC3PARAM RRSIG"},
      {RrType::kRrsig, "A 13 2 3600 20261221000000 20261121000000 60485 example. AAAA"},
      {static_cast<RrType>(65280), "\\# 3 abcdef"},
      {static_cast<RrType>(65280), "\\# 0"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::optional<Octets> rdata = RdataFromText(row.type, row.text);
    REQUIRE(rdata);
    const std::string printed = RdataToText(row.type, *rdata);
    REQUIRE(RdataFromText(row.type, printed) == rdata);
    if (row.type != RrType::kNsec3) CHECK(printed == row.text);
  }
}

TEST_CASE("Text of rdata is literal octets on the wire") {
  CHECK(RdataFromText(RrType::kA, "192.0.2.1") == Octets{192, 0, 2, 1});
  CHECK(RdataFromText(RrType::kMx, "10 A.b.") == Octets{0, 10, 1, 'A', 1, 'b', 0});
  CHECK(RdataFromText(RrType::kNs, "ns") == Octets{2, 'n', 's', 0});
  CHECK(RdataFromText(RrType::kTxt, "\"a b\" c") == Octets{3, 'a', ' ', 'b', 1, 'c'});
  CHECK(RdataFromText(RrType::kA, "\\# 4 c0000201") == Octets{192, 0, 2, 1});
  CHECK(RdataFromText(RrType::kHttps, "1 . alpn=h2") == Octets{0, 1, 0, 0, 1, 0, 3, 2, 'h', '2'});
}

TEST_CASE("What is no rdata of the type does not read") {
  CHECK_FALSE(RdataFromText(RrType::kA, "192.0.2"));
  CHECK_FALSE(RdataFromText(RrType::kA, ""));
  CHECK_FALSE(RdataFromText(RrType::kMx, "mail.example."));
  CHECK_FALSE(RdataFromText(RrType::kNs, "a..b"));
}

TEST_CASE("Rdata that ldns cannot read prints as that of an unknown type (RFC 3597 5)") {
  CHECK(RdataToText(RrType::kA, Octets{1, 2, 3}) == "\\# 3 010203");
  // L64 has ten octets.
  CHECK(RdataToText(static_cast<RrType>(106), Octets(11, 1)) == "\\# 11 0101010101010101010101");
  CHECK(RdataToText(static_cast<RrType>(106), Octets(10, 1)) == "257 0101:0101:0101:0101");
  CHECK(RdataToText(RrType::kNs, Octets{1, '@', 1, 'a', 0}) == "\\# 5 0140016100");
  CHECK(RdataToText(RrType::kA, {}) == "\\# 0");
  CHECK(RdataToText(RrType::kNs, Octets{1, 'a'}) == "\\# 2 0161");
  CHECK(RdataToText(static_cast<RrType>(65280), Octets{0xff}) == "\\# 1 ff");
}

TEST_CASE("A set prints one line a record, RRSIGs last") {
  RrSet set{.owner = *Name::FromText("www.example"), .ttl = 60};
  set.rdatas.Add(*RdataFromText(RrType::kA, "192.0.2.1"));
  set.rdatas.Add(*RdataFromText(RrType::kA, "192.0.2.2"));
  const std::string rrsig = "A 13 2 60 20261221000000 20261121000000 7 example. AAAA";
  set.signatures.Add(*RdataFromText(RrType::kRrsig, rrsig));
  CHECK(ToText(set) ==
        "www.example.\t60\tIN\tA\t192.0.2.1\n"
        "www.example.\t60\tIN\tA\t192.0.2.2\n"
        "www.example.\t60\tIN\tRRSIG\t" +
            rrsig + "\n");
}

TEST_CASE("A question prints its name, class and type") {
  const Question question{.name = *Name::FromText("wWw.example"), .type = RrType::kHttps, .rr_class = RrClass::kIn};
  CHECK(ToText(question) == "wWw.example. IN HTTPS");
}

TEST_CASE("An error code prints its purpose (RFC 8914 5.2)") {
  CHECK(ToText(EdeCode::kOther) == "Other Error");
  CHECK(ToText(EdeCode::kNoReachableAuthority) == "No Reachable Authority");
  CHECK(ToText(EdeCode::kSynthesized) == "Synthesized");
  CHECK(ToText(static_cast<EdeCode>(49152)) == "Unassigned");
}

TEST_CASE("A message prints as dig prints it") {
  Message message;
  message.header = {.id = 4660, .rcode = Rcode::kServFail, .qr = true, .rd = true, .ra = true};
  message.question = Question{.name = *Name::FromText("www.example"), .type = RrType::kA, .rr_class = RrClass::kIn};
  message.edns = Edns{.dnssec_ok = true,
                      .errors = {{.code = EdeCode::kNetworkError, .text = "192.0.2.53 timed out"}, {}},
                      .options = {{.code = 10, .value = {0xab, 1}}, {.code = 65001, .value = {}}}};
  message.authority.push_back({.owner = *Name::FromText("example"), .type = RrType::kNs, .ttl = 60});
  message.authority[0].rdatas.Add(*RdataFromText(RrType::kNs, "ns.example."));
  CHECK(ToText(message) ==
        ";; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 4660\n"
        ";; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n"
        "\n"
        ";; OPT PSEUDOSECTION:\n"
        "; EDNS: version: 0, flags: do; udp: 1232\n"
        "; EDE: 23 (Network Error): (192.0.2.53 timed out)\n"
        "; EDE: 0 (Other Error)\n"
        "; COOKIE: ab01\n"
        "; OPT=65001: \n"
        "\n"
        ";; QUESTION SECTION:\n"
        ";www.example.\tIN\tA\n"
        "\n"
        ";; AUTHORITY SECTION:\n"
        "example.\t60\tIN\tNS\tns.example.\n");
}
