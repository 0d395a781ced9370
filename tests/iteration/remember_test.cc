#include "engine/iteration/remember.h"

#include <doctest/doctest.h>

#include <string_view>

#include "engine/iteration/locate.h"
#include "engine/settings/settings.h"

namespace {

using wire::RrType;

/// A root zone with one delegation that has no DS, and an NSEC that says so; its signature is only one in shape.
constexpr std::string_view kRoot = R"(
. 86400 IN SOA a.root-servers.test. nstld.test. 7 1800 900 604800 86400
. 518400 IN NS a.root-servers.test.
. 86400 IN NSEC beta. NS SOA RRSIG NSEC
beta. 172800 IN NS ns.beta.
beta. 86400 IN NSEC . NS RRSIG NSEC
beta. 86400 IN RRSIG NSEC 8 1 86400 20260904170000 20260822160000 57780 . AAAA
ns.beta. 172800 IN A 192.0.2.2
)";

TEST_CASE("The proof that a delegation of the root zone here has no DS is kept with the denial (RFC 4035 5.2)") {
  const auto root = zone::Zone::Parse({reinterpret_cast<const uint8_t*>(kRoot.data()), kRoot.size()}, "root.zone", {});
  REQUIRE(root.ok());
  const wire::Question question{*wire::Name::FromText("beta."), RrType::kDs};
  auto result = iteration::AnswerFromRoot(question, *root, settings::Settings());
  REQUIRE(result.has_value());
  result->negation->assurance.security = dnssec::Security::kSecure;
  result->negation->keeping.is_due = true;
  cache::Store store({});
  const world::Instant now{world::Seconds(1'000)};
  iteration::Remember(question, *result, store, now);
  const auto known = store.Find(question.name, RrType::kDs, now);
  REQUIRE(known.has_value());
  REQUIRE(known->assurance.backing != nullptr);
  REQUIRE(known->assurance.backing->proofs.size() == 1);
  CHECK(known->assurance.backing->proofs.front().type == RrType::kNsec);
  CHECK(known->assurance.backing->proofs.front().owner == question.name);
}

}  // namespace
