#include "engine/settings/upstream_url.h"

#include <doctest/doctest.h>

#include "engine/settings/parse.h"
#include "engine/world/limits.h"

namespace settings {
namespace {

/// Returns the URL of its text. Requires: it is one.
UpstreamUrl Url(std::string_view text) { return std::get<UpstreamUrl>(UpstreamFromText(text)); }

/// Returns what is wrong with a text; empty: nothing.
std::string_view Fault(std::string_view text) {
  const auto read = UpstreamFromText(text);
  const auto* fault = std::get_if<std::string_view>(&read);
  return fault == nullptr ? std::string_view() : *fault;
}

TEST_CASE("URLs of upstreams are read and written back") {
  for (const char* text :
       {"udp://192.0.2.1", "udp://192.0.2.1:5353", "tcp://[2001:db8::1]:5353", "tls://9.9.9.9#dns.quad9.net",
        "https://dns.example/dns-query", "https://192.0.2.1:8443/q{?dns}#dns.example"}) {
    CHECK(Url(text).ToText() == text);
  }
  CHECK(Url("192.0.2.1").ToText() == "udp://192.0.2.1");
  CHECK(Url("2001:db8::1").ToText() == "udp://[2001:db8::1]");
  CHECK(Url("tls://dns.example").port == 853);
  CHECK(Url("https://dns.example").path == "/dns-query");
  CHECK(Url("tls://dns.example").name == "dns.example");
}

TEST_CASE("What is no URL of an upstream is refused") {
  for (const char* text : {"", "ftp://192.0.2.1", "udp://", "udp://192.0.2.1:0", "udp://192.0.2.1:70000", "udp://a b",
                           "udp://192.0.2.1/path", "udp://192.0.2.1#name", "tls://[::1", "tls://a:", "https://a/ b"}) {
    CHECK(!Fault(text).empty());
  }
  CHECK(Fault("doq://dns.example") == "DNS over QUIC and HTTP/3 are not built in");
  CHECK(Fault("h3://dns.example") == "DNS over QUIC and HTTP/3 are not built in");
}

TEST_CASE("kMaxUpstreams upstreams are taken, and not one more") {
  for (const bool within : {true, false}) {
    std::string list;
    for (size_t i = 0; i < world::limits::kMaxUpstreams + (within ? 0 : 1); ++i) {
      list += "\"10.0.0." + std::to_string(i) + "\", ";
    }
    CHECK(std::holds_alternative<Settings>(Parse("[forward]\nservers = [" + list + "]\n")) == within);
  }
}

TEST_CASE("Pools and routes are read") {
  const auto read = Parse(
      "[[forward.pool]]\nname = \"secure\"\nstrategy = \"parallel\"\npriority = 1\n"
      "servers = [\"https://cloudflare-dns.com/dns-query\", { url = \"udp://8.8.8.8:53\", weight = 2 }]\n"
      "[[forward.route]]\ndomains = [\"corp.example\", \"10.in-addr.arpa\"]\npool = \"secure\"\n"
      "[[forward.route]]\ndomains = [\"public.example\"]\naction = \"walk\"\n");
  REQUIRE(std::holds_alternative<Settings>(read));
  const auto& settings = std::get<Settings>(read);
  REQUIRE(settings.forward_pools.size() == 1);
  CHECK(settings.forward_pools[0].strategy == Strategy::kParallel);
  CHECK(settings.forward_pools[0].servers[1].weight == 2);
  REQUIRE(settings.forward_routes.size() == 2);
  CHECK(settings.forward_routes[0].pools == std::vector<std::string>{"secure"});
  CHECK(settings.forward_routes[1].action == RouteAction::kWalk);
}

TEST_CASE("Mistakes in pools and routes are told") {
  for (const char* text :
       {"[[forward.route]]\ndomains = [\"a\"]\npool = \"missing\"\n", "[[forward.route]]\ndomains = [\"a\"]\n",
        "[[forward.pool]]\nname = \"a\"\nservers = [\"doq://192.0.2.1\"]\n",
        "[[forward.pool]]\nname = \"a\"\nservers = [\"::1\"]\n[[forward.pool]]\nname = \"a\"\nservers = [\"::2\"]\n",
        "[forward]\nservers = [{ url = \"192.0.2.1\", weight = 0 }]\n",
        "[forward]\nservers = [{ url = \"tls://192.0.2.1\", pins = [\"abc\"] }]\n",
        "[server]\nlisten-tls = [\"127.0.0.1\"]\n"}) {
    CHECK(std::holds_alternative<Mistakes>(Parse(text)));
  }
}

}  // namespace
}  // namespace settings
