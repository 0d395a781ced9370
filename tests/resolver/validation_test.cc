#include <doctest/doctest.h>

#include <functional>
#include <map>

#include "engine/cache/store.h"
#include "engine/resolver/engine.h"
#include "engine/servers/book.h"
#include "engine/world/limits.h"
#include "tests/validation/court.h"

namespace resolver {
namespace {

using metrics::Metric;
using validation_test::DsSet;
using validation_test::KeySet;
using validation_test::kNow;
using validation_test::N;
using validation_test::Octets;
using validation_test::Set;
using validation_test::Signed;
using wire::EdeCode;
using wire::Message;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

/// Counts up: chance is not what these tests are about.
class Counting : public world::Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    for (uint8_t& octet : out) octet = next_++;
  }

 private:
  uint8_t next_ = 1;
};

/// What a server of `example.` answers: its address's last octet, and the question.
using Authority = std::function<Message(int server, const wire::Question& question)>;

const char* const kSoa = "example. 60 IN SOA ns.example. a.example. 1 2 3 4 60";

/// Returns settings with a stub zone `example.` of some servers.
std::shared_ptr<const settings::Settings> SettingsWith(uint8_t servers) {
  settings::Settings settings;
  settings.walk.qname_minimisation = settings::QnameMinimisation::kOff;
  settings::Settings::Stub stub{N("example."), {}};
  for (uint8_t i = 1; i <= servers; ++i) {
    stub.servers.push_back({*world::Address::FromOctets(std::array<uint8_t, 4>{192, 0, 2, i}), 53});
  }
  settings.stubs.push_back(std::move(stub));
  return std::make_shared<const settings::Settings>(std::move(settings));
}

/// An engine with a trust anchor for `example.`, which is served as a function says.
struct Fixture {
  explicit Fixture(uint8_t servers = 1)
      : settings(SettingsWith(servers)),
        engine(Place{}, Shared{store, book}, settings, nullptr, zone::BuiltInRootHints(), random) {
    engine.Adopt(*validation::Anchors::Parse(Octets(anchor), "test"));
  }

  /// Returns the zone as it should be, with `www` for anything else to change.
  static Message Honest(int, const wire::Question& question) {
    Message response;
    if (question.type == RrType::kDnskey && question.name == N("example.")) {
      response.answer.push_back(KeySet("example."));
    } else if (question == wire::Question{N("www.example."), RrType::kA, wire::RrClass::kIn}) {
      response.answer.push_back(Signed("www.example. 300 IN A 192.0.2.80", "example."));
    } else {
      response.header.rcode = question.name == N("www.example.") ? Rcode::kNoError : Rcode::kNxDomain;
      response.authority = {Signed(kSoa, "example."),
                            Signed("example. 60 IN NSEC www.example. NS SOA NSEC RRSIG DNSKEY", "example."),
                            Signed("www.example. 60 IN NSEC example. A NSEC RRSIG", "example.")};
    }
    return response;
  }

  /// Carries out what the engine wants, until it wants nothing more; keeps the last answer.
  void Serve() {
    std::vector<world::Effect> effects = std::move(out.list());
    out.Clear();
    for (world::Effect& effect : effects) {
      if (auto* answer = std::get_if<world::Answer>(&effect)) response = *wire::Parse(answer->response);
      auto* ask = std::get_if<world::Ask>(&effect);
      if (ask == nullptr) continue;
      ++packets;
      const Message query = *wire::Parse(ask->query);
      Message reply = authority(ask->to.address.octets()[3], *query.question);
      reply.header.id = query.header.id;
      reply.header.qr = reply.header.aa = true;
      reply.question = query.question;
      world::Octets octets;
      wire::Write(reply, 65'535, wire::Signatures::kInclude, octets);
      engine.Deliver(ask->id, world::Arrival{ask->to, octets}, now, out);
      Serve();
    }
  }

  /// Which bits a query has.
  struct Bits {
    bool dnssec_ok = false;
    bool cd = false;
    bool ad = false;
  };

  /// Asks, and returns the answer.
  Message Ask(const char* name, RrType type, Bits bits) {
    Message query;
    query.header.id = 7;
    query.header.rd = true;
    query.header.cd = bits.cd;
    query.header.ad = bits.ad;
    query.question = {N(name), type, wire::RrClass::kIn};
    query.edns = wire::Edns{4'096, 0, bits.dnssec_ok, {}, {}};
    world::Octets octets;
    wire::Write(query, 512, wire::Signatures::kOmit, octets);
    const world::Client client{{world::WorkerId{}, 1},
                               {*world::Address::FromText("127.0.0.1"), 5'000},
                               {*world::Address::FromText("127.0.0.1"), 53},
                               world::Protocol::kTcp,
                               false};
    packets = 0;
    engine.Accept(client, octets, now, out);
    Serve();
    return response;
  }

  uint64_t Count(Metric metric) { return engine.counters().Get(metric); }

  std::string anchor = wire::ToText(DsSet("example."));
  cache::Store store{cache::StoreOptions{}};
  servers::Book book;
  Counting random;
  world::Effects out;
  world::Now now{world::Instant(world::Seconds(1)), world::WallTime(world::Seconds(kNow))};
  std::shared_ptr<const settings::Settings> settings;
  Engine engine;
  Authority authority = Honest;
  Message response;
  int packets = 0;
};

/// Returns the zone with an address that nobody signed.
Message Forged(int server, const wire::Question& question) {
  Message response = Fixture::Honest(server, question);
  if (question.type == RrType::kA && !response.answer.empty()) {
    response.answer[0].rdatas = Set("www.example. 300 IN A 192.0.2.66").rdatas;
  }
  return response;
}

constexpr Fixture::Bits kPlain{};
constexpr Fixture::Bits kDo{true, false, false};
constexpr Fixture::Bits kAd{false, false, true};
constexpr Fixture::Bits kCd{false, true, false};

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

}  // namespace
}  // namespace resolver
