#include "engine/policy/local_names.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace {

using policy::LocalNames;
using wire::Name;
using wire::RrType;

/// Returns the name of its text. Requires: it is one.
Name N(std::string_view text) { return *Name::FromText(text); }

/// Says in a line how the question is answered: rcode, answer, the owner of the SOA in the authority section.
std::string Ask(std::string_view name, RrType type, const std::vector<Name>& routed = {}) {
  const auto message = LocalNames(routed).Answer({.name = N(name), .type = type, .rr_class = wire::RrClass::kIn});
  if (!message) return "walk";
  std::string text = ToText(message->header.rcode);
  for (const wire::RrSet& rrset : message->answer) {
    text += " " + rrset.owner.ToText() + " " + ToText(rrset.type);
    for (const uint8_t octet : *rrset.rdatas.begin()) text += "." + std::to_string(octet);
  }
  for (const wire::RrSet& rrset : message->authority) text += " | " + rrset.owner.ToText() + " " + ToText(rrset.type);
  return text;
}

constexpr std::string_view kLocalhost = "9.108.111.99.97.108.104.111.115.116.0";

}  // namespace

TEST_CASE("Ordinary names are walked, those that end like special ones included") {
  for (const std::string_view name :
       {".", "www.example.com.", "example.", "notlocalhost.", "localhost.example.", "arpa.", "in-addr.arpa.",
        "11.in-addr.arpa.", "15.172.in-addr.arpa.", "32.172.in-addr.arpa.", "63.100.in-addr.arpa.",
        "128.100.in-addr.arpa.", "c.f.ip6.arpa.", "7.e.f.ip6.arpa.", "c.e.f.ip6.arpa.", "ipv4only.arpa.",
        "192.in-addr.arpa."}) {
    INFO(name);
    CHECK(Ask(name, RrType::kA) == "walk");
  }
}

TEST_CASE("localhost and all below have the loopback addresses and nothing else (RFC 6761 6.3)") {
  CHECK(Ask("localhost.", RrType::kA) == "NOERROR localhost. A.127.0.0.1");
  CHECK(Ask("x.LOCALHOST.", RrType::kA) == "NOERROR x.LOCALHOST. A.127.0.0.1");
  CHECK(Ask("localhost.", RrType::kAaaa) == "NOERROR localhost. AAAA.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1");
  CHECK(Ask("localhost.", RrType::kMx) == "NOERROR | localhost. SOA");
  CHECK(Ask("x.localhost.", RrType::kNs) == "NOERROR | localhost. SOA");
  CHECK(Ask("localhost.", RrType::kAny) == "NOERROR localhost. A.127.0.0.1");
}

TEST_CASE("invalid, test, local, onion and alt do not exist, nor does anything below") {
  CHECK(Ask("invalid.", RrType::kA) == "NXDOMAIN | invalid. SOA");
  CHECK(Ask("a.b.test.", RrType::kTxt) == "NXDOMAIN | test. SOA");
  CHECK(Ask("printer.local.", RrType::kA) == "NXDOMAIN | local. SOA");
  CHECK(Ask("x.onion.", RrType::kAaaa) == "NXDOMAIN | onion. SOA");
  CHECK(Ask("onion.", RrType::kSoa) == "NXDOMAIN | onion. SOA");
  CHECK(Ask("x.onion.", RrType::kDs) == "NXDOMAIN | onion. SOA");
  CHECK(Ask("x.alt.", RrType::kA) == "NXDOMAIN | alt. SOA");
}

TEST_CASE("A locally served zone has SOA and NS at its apex, and no names below (RFC 6303 3)") {
  CHECK(Ask("10.in-addr.arpa.", RrType::kPtr) == "NOERROR | 10.in-addr.arpa. SOA");
  CHECK(Ask("1.0.0.10.in-addr.arpa.", RrType::kPtr) == "NXDOMAIN | 10.in-addr.arpa. SOA");
  CHECK(Ask("d.f.ip6.arpa.", RrType::kNs) == "NOERROR d.f.ip6.arpa. NS.1.100.1.102.3.105.112.54.4.97.114.112.97.0");
  CHECK(Ask("64.100.in-addr.arpa.", RrType::kTxt) == "NOERROR | 64.100.in-addr.arpa. SOA");
  CHECK(Ask("x.127.100.in-addr.arpa.", RrType::kTxt) == "NXDOMAIN | 127.100.in-addr.arpa. SOA");
  CHECK(Ask("x.31.172.in-addr.arpa.", RrType::kTxt) == "NXDOMAIN | 31.172.in-addr.arpa. SOA");
  CHECK(Ask("router.home.arpa.", RrType::kA) == "NXDOMAIN | home.arpa. SOA");
}

TEST_CASE("The SOA of a locally served zone is that of RFC 6303 section 3") {
  const auto message = LocalNames({}).Answer({.name = N("home.arpa."), .type = RrType::kSoa, .rr_class = {}});
  CHECK_FALSE(message);  // Of no class that is served.
  const auto answered =
      LocalNames({}).Answer({.name = N("HOME.arpa."), .type = RrType::kSoa, .rr_class = wire::RrClass::kIn});
  REQUIRE(answered);
  CHECK(answered->header.qr);
  CHECK_FALSE(answered->header.aa);
  CHECK(answered->authority.empty());
  REQUIRE(answered->answer.size() == 1);
  CHECK(answered->answer[0].ttl == 10800);
  const auto soa = wire::SoaFromRdata(*answered->answer[0].rdatas.begin());
  REQUIRE(soa);
  CHECK(soa->primary == N("home.arpa."));
  CHECK(soa->mailbox == N("nobody.invalid."));
  CHECK(soa->serial == 1);
  CHECK(soa->refresh == 3600);
  CHECK(soa->retry == 1200);
  CHECK(soa->expire == 604800);
  CHECK(soa->minimum == 10800);
}

TEST_CASE("The loopback addresses have a PTR to localhost, and the names between exist") {
  CHECK(Ask("1.0.0.127.in-addr.arpa.", RrType::kPtr) ==
        "NOERROR 1.0.0.127.in-addr.arpa. PTR." + std::string(kLocalhost));
  CHECK(Ask("1.0.0.127.in-addr.arpa.", RrType::kA) == "NOERROR | 127.in-addr.arpa. SOA");
  CHECK(Ask("0.127.in-addr.arpa.", RrType::kPtr) == "NOERROR | 127.in-addr.arpa. SOA");
  CHECK(Ask("2.0.0.127.in-addr.arpa.", RrType::kPtr) == "NXDOMAIN | 127.in-addr.arpa. SOA");
  CHECK(Ask("x.1.0.0.127.in-addr.arpa.", RrType::kPtr) == "NXDOMAIN | 127.in-addr.arpa. SOA");
  std::string six = "1.";
  for (int i = 0; i < 31; ++i) six += "0.";
  six += "ip6.arpa.";
  CHECK(Ask(six, RrType::kPtr) == "NOERROR " + six + " PTR." + std::string(kLocalhost));
  CHECK(Ask("0.0.ip6.arpa.", RrType::kPtr) == "walk");
}

TEST_CASE("resolver.arpa says that there is no designated resolver: every name exists, without data (RFC 9462 6.4)") {
  CHECK(Ask("_dns.resolver.arpa.", RrType::kSvcb) == "NOERROR | resolver.arpa. SOA");
  CHECK(Ask("resolver.arpa.", RrType::kA) == "NOERROR | resolver.arpa. SOA");
}

TEST_CASE("The DS of a special-use name itself is its parent's to answer (RFC 4035 3.1.4.1)") {
  CHECK(Ask("test.", RrType::kDs) == "walk");
  CHECK(Ask("localhost.", RrType::kDs) == "walk");
  CHECK(Ask("home.arpa.", RrType::kDs) == "walk");
  CHECK(Ask("10.in-addr.arpa.", RrType::kDs) == "walk");
  CHECK(Ask("x.home.arpa.", RrType::kDs) == "NXDOMAIN | home.arpa. SOA");
}

TEST_CASE("A routed zone at or within a special one beats it for its names") {
  CHECK(Ask("x.home.arpa.", RrType::kA, {N("HOME.arpa.")}) == "walk");
  CHECK(Ask("home.arpa.", RrType::kA, {N("home.arpa.")}) == "walk");
  CHECK(Ask("1.2.3.10.in-addr.arpa.", RrType::kPtr, {N("3.10.in-addr.arpa.")}) == "walk");
  CHECK(Ask("1.2.4.10.in-addr.arpa.", RrType::kPtr, {N("3.10.in-addr.arpa.")}) == "NXDOMAIN | 10.in-addr.arpa. SOA");
  CHECK(Ask("1.0.0.127.in-addr.arpa.", RrType::kPtr, {N("127.in-addr.arpa.")}) == "walk");
}

TEST_CASE("A routed zone above a special one leaves it local") {
  CHECK(Ask("x.onion.", RrType::kA, {N(".")}) == "NXDOMAIN | onion. SOA");
  CHECK(Ask("1.10.in-addr.arpa.", RrType::kPtr, {N("in-addr.arpa."), N("arpa.")}) == "NXDOMAIN | 10.in-addr.arpa. SOA");
}
