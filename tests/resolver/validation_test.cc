#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/world/limits.h"
#include "tests/resolver/judged_engine.h"

namespace resolver_test {
namespace {

using wire::EdeCode;

TEST_CASE("AD is told of a secure answer to those who set AD or DO, RRSIGs to those who set DO (RFC 6840 5.7, 5.8)") {
  Fixture fixture;
  for (int round = 0; round < 2; ++round) {
    const Message asked = fixture.Ask("www.example.", RrType::kA, kDo);
    CHECK(asked.header.ad);
    CHECK(asked.answer.at(0).signatures.size() == 1);
    const Message knows = fixture.Ask("www.example.", RrType::kA, kAd);
    CHECK(knows.header.ad);
    CHECK(knows.answer.at(0).signatures.empty());
    CHECK(!fixture.Ask("www.example.", RrType::kA, kPlain).header.ad);
  }
  CHECK(fixture.Count(Metric::kJudgedSecure) > 0);
}

TEST_CASE("A denial is secure, and shows its proofs to those who set DO (RFC 4035 3.1.3)") {
  Fixture fixture;
  for (int round = 0; round < 2; ++round) {
    const Message shown = fixture.Ask("nope.example.", RrType::kA, kDo);
    CHECK(shown.header.rcode == Rcode::kNxDomain);
    CHECK(shown.header.ad);
    CHECK(shown.authority.size() == 3);
    const Message bare = fixture.Ask("nope.example.", RrType::kA, kPlain);
    CHECK(bare.header.rcode == Rcode::kNxDomain);
    CHECK(bare.authority.size() == 1);
  }
}

TEST_CASE("A bogus answer is SERVFAIL with a reason, and goes to those who set CD as it is (RFC 4035 5.5, RFC 8914)") {
  Fixture fixture;
  fixture.authority = Forged;
  const Message withheld = fixture.Ask("www.example.", RrType::kA, kPlain);
  CHECK(withheld.header.rcode == Rcode::kServFail);
  CHECK(withheld.answer.empty());
  REQUIRE(!withheld.edns->errors.empty());
  CHECK(withheld.edns->errors[0].code == EdeCode::kDnssecBogus);
  CHECK(withheld.edns->errors[0].text.starts_with("www.example. A from example. [192.0.2.1]: signature of example."));
  const Message passed = fixture.Ask("www.example.", RrType::kA, kCd);
  CHECK(passed.header.rcode == Rcode::kNoError);
  CHECK(passed.answer.size() == 1);
  CHECK(!passed.header.ad);
}

TEST_CASE("What was fetched for CD is judged before others see it (RFC 4035 4.7)") {
  Fixture fixture;
  fixture.authority = Forged;
  CHECK(fixture.Ask("www.example.", RrType::kA, kCd).answer.size() == 1);
  CHECK(fixture.Ask("www.example.", RrType::kA, kPlain).header.rcode == Rcode::kServFail);
}

TEST_CASE("A bogus answer is kept for kBogusLife, and then asked for again (RFC 4035 4.7)") {
  Fixture fixture;
  fixture.authority = Forged;
  fixture.Ask("www.example.", RrType::kA, kPlain);
  fixture.authority = Fixture::Honest;
  fixture.now.mono += world::limits::kBogusLife - world::Seconds(1);
  CHECK(fixture.Ask("www.example.", RrType::kA, kPlain).header.rcode == Rcode::kServFail);
  CHECK(fixture.packets == 0);
  CHECK(fixture.Count(Metric::kBogusHits) == 1);
  fixture.now.mono += world::Seconds(1);
  CHECK(fixture.Ask("www.example.", RrType::kA, kPlain).header.rcode == Rcode::kNoError);
}

TEST_CASE("A bogus answer is believed to be bogus only when kMaxBogusRetries other servers had no better one") {
  constexpr auto kRetries = static_cast<uint8_t>(world::limits::kMaxBogusRetries);
  for (const uint8_t liars : {kRetries, static_cast<uint8_t>(kRetries + 1)}) {
    Fixture fixture(kRetries + 2);
    int lies = 0;
    fixture.authority = [&](int server, const wire::Question& question) {
      return question.type == RrType::kA && lies++ < liars ? Forged(server, question)
                                                           : Fixture::Honest(server, question);
    };
    const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
    CHECK(response.header.rcode == (liars == kRetries ? Rcode::kNoError : Rcode::kServFail));
    CHECK(response.header.ad == (liars == kRetries));
    CHECK(fixture.Count(Metric::kBogusRetries) == kRetries);
    CHECK(fixture.Count(Metric::kLimitBogusRetries) == (liars == kRetries ? 0 : 1));
  }
}

TEST_CASE("An answer that is bogus where no other server gives any is counted, and its chain of trust told") {
  Fixture fixture(2);
  int answers = 0;
  fixture.authority = [&](int server, const wire::Question& question) {
    if (question.type == RrType::kA && answers++ == 0) return Forged(server, question);
    Message response = Fixture::Honest(server, question);
    if (question.type == RrType::kA) response.header.rcode = Rcode::kRefused;
    return response;
  };
  const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
  CHECK(response.header.rcode == Rcode::kServFail);
  REQUIRE(!response.edns->errors.empty());
  CHECK(response.edns->errors[0].code == EdeCode::kDnssecBogus);
  CHECK(fixture.Count(Metric::kJudgedBogus) == 1);
  CHECK(fixture.engine.Explain("www.example.", 1).find("trust anchor; ") != std::string::npos);
}

TEST_CASE("A response of kMaxRecordsPerMessage records is read, one of more is counted and left unread") {
  for (const size_t records : {world::limits::kMaxRecordsPerMessage, world::limits::kMaxRecordsPerMessage + 1}) {
    Fixture fixture;
    fixture.authority = [&](int server, const wire::Question& question) {
      Message response = Fixture::Honest(server, question);
      if (question.type != RrType::kA) return response;
      // The answer and its signature are two.
      for (size_t i = 2; i < records; ++i) {
        response.additional.push_back(Set(fmt::format("a{}.example. 60 IN A 192.0.2.1", i)));
      }
      return response;
    };
    const bool is_read = records == world::limits::kMaxRecordsPerMessage;
    CHECK(fixture.Ask("www.example.", RrType::kA, kDo).header.ad == is_read);
    CHECK(fixture.Count(Metric::kLimitRecordsPerMessage) == (is_read ? 0 : 1));
  }
}

TEST_CASE("Keys that no server gives end in SERVFAIL, within the time of the query, and CD does not wait for them") {
  Fixture fixture;
  fixture.authority = [](int server, const wire::Question& question) {
    Message response = Fixture::Honest(server, question);
    if (question.type == RrType::kDnskey) response.header.rcode = Rcode::kRefused;
    return response;
  };
  CHECK(fixture.Ask("www.example.", RrType::kA, kCd).answer.size() == 1);
  CHECK(fixture.Ask("www.example.", RrType::kA, kPlain).header.rcode == Rcode::kServFail);
}

TEST_CASE("Without dnssec.validation, and without anchors, nothing is judged") {
  Fixture fixture;
  fixture.authority = Forged;
  fixture.engine.Adopt(std::shared_ptr<const validation::Anchors>());
  const Message response = fixture.Ask("www.example.", RrType::kA, kDo);
  CHECK(response.header.rcode == Rcode::kNoError);
  CHECK(!response.header.ad);
}

TEST_CASE("A name is denied by what denied another one, without a packet, and by as good a proof (RFC 8198 5.1)") {
  Fixture fixture;
  CHECK(fixture.Ask("nope.example.", RrType::kA, kDo).header.ad);
  CHECK(fixture.packets > 0);
  const Message second = fixture.Ask("nopf.example.", RrType::kMx, kDo);
  CHECK(fixture.packets == 0);
  CHECK(second.header.rcode == Rcode::kNxDomain);
  CHECK(second.header.ad);
  CHECK(second.authority.size() >= 2);
  CHECK(fixture.Count(Metric::kSynthesisedDenials) == 1);
}

}  // namespace
}  // namespace resolver_test
