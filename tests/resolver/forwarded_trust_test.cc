// Answers of upstreams are judged like those of nameservers, unless a route says otherwise.
#include <doctest/doctest.h>

#include "tests/resolver/judged_engine.h"

namespace resolver_test {
namespace {

/// Whether a route judges its names.
enum class Judging : uint8_t { kYes, kNo };

/// Returns settings that forward everything by a route to upstreams, one after the other.
std::shared_ptr<const settings::Settings> Forwarding(Judging judging = Judging::kYes,
                                                     const std::vector<std::string>& servers = {"192.0.2.1"}) {
  settings::Settings settings;
  settings::Settings::ForwardPool pool;
  pool.name = "upstream";
  pool.strategy = settings::Strategy::kFailover;
  for (const std::string& server : servers) {
    pool.servers.push_back(std::get<settings::UpstreamUrl>(settings::UpstreamFromText(server)));
  }
  settings.forward_pools.push_back(std::move(pool));
  settings::Settings::ForwardRoute route;
  route.domains = {wire::Name()};
  route.pools = {"upstream"};
  route.validation = judging == Judging::kYes;
  settings.forward_routes.push_back(std::move(route));
  return std::make_shared<const settings::Settings>(std::move(settings));
}

/// Makes an upstream of a zone: one that answers for all names, with RA.
Authority Resolver(const Authority& zone) {
  return [zone](int server, const wire::Question& question) {
    Message response = zone(server, question);
    response.header.ra = true;
    return response;
  };
}

TEST_CASE("What an upstream answers is judged here, and it is told not to: CD (RFC 6840 5.9)") {
  Fixture fixture(Forwarding());
  fixture.authority = Resolver(Fixture::Honest);
  const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
  CHECK(response.header.rcode == Rcode::kNoError);
  CHECK(response.header.ad);
  CHECK(fixture.asked_cd);
  CHECK(fixture.Ask("nope.example.", RrType::kA, kDo).header.ad);
}

TEST_CASE("What an upstream forges, or lets pass, is bogus, and is not asked of it again") {
  Fixture fixture(Forwarding());
  fixture.authority = Resolver(Forged);
  const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
  CHECK(response.header.rcode == Rcode::kServFail);
  REQUIRE(!response.edns->errors.empty());
  CHECK(response.edns->errors[0].code == wire::EdeCode::kDnssecBogus);
  CHECK(fixture.packets == 2);  // The name, and the keys.
}

TEST_CASE("Another upstream is asked for what one has forged") {
  Fixture fixture(Forwarding(Judging::kYes, {"192.0.2.1", "192.0.2.2"}));
  fixture.authority = Resolver([](int server, const wire::Question& question) {
    return server == 1 ? Forged(server, question) : Fixture::Honest(server, question);
  });
  const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
  CHECK(response.header.rcode == Rcode::kNoError);
  CHECK(response.header.ad);
  CHECK(fixture.packets == 3);  // The name of both, and the keys.
}

TEST_CASE("An upstream that leaves signatures out makes signed names bogus, and says so") {
  Fixture fixture(Forwarding());
  fixture.authority = Resolver([](int server, const wire::Question& question) {
    Message response = Fixture::Honest(server, question);
    for (wire::RrSet& rrset : response.answer) rrset.signatures = {};
    return response;
  });
  const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
  CHECK(response.header.rcode == Rcode::kServFail);
  REQUIRE(!response.edns->errors.empty());
  CHECK(response.edns->errors[0].code == wire::EdeCode::kRrsigsMissing);
}

TEST_CASE("Names of a route without validation are passed on as the upstream has them, never with AD") {
  Fixture fixture(Forwarding(Judging::kNo));
  fixture.authority = Resolver([](int server, const wire::Question& question) {
    Message response = Forged(server, question);
    response.header.ad = true;
    return response;
  });
  for (int round = 0; round < 2; ++round) {
    const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
    CHECK(response.header.rcode == Rcode::kNoError);
    CHECK(!response.header.ad);
    CHECK(!fixture.asked_cd);
  }
  CHECK(fixture.Count(Metric::kSignatureChecks) == 0);
}

}  // namespace
}  // namespace resolver_test
