#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/cache/store.h"
#include "engine/resolver/engine.h"
#include "engine/servers/book.h"
#include "tests/validation/court.h"
#include "tests/world/chances.h"

// An engine that validates a zone `example.`, which a function serves.
namespace resolver_test {

using metrics::Metric;
using validation_test::DsSet;
using validation_test::KeySet;
using validation_test::kNow;
using validation_test::N;
using validation_test::Octets;
using validation_test::Set;
using validation_test::Signed;
using wire::Message;
using wire::Rcode;
using wire::RrType;

/// What a server of `example.` answers: its address's last octet, and the question.
using Authority = std::function<Message(int server, const wire::Question& question)>;

inline const char* const kSoa = "example. 60 IN SOA ns.example. a.example. 1 2 3 4 60";

/// Returns settings with a stub zone `example.` of some servers.
inline std::shared_ptr<const settings::Settings> SettingsWith(uint8_t servers) {
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
  explicit Fixture(uint8_t servers = 1) : Fixture(SettingsWith(servers)) {}

  explicit Fixture(std::shared_ptr<const settings::Settings> wanted)
      : settings(std::move(wanted)),
        engine(resolver::Place{}, resolver::Shared{store, book}, settings, nullptr, zone::BuiltInRootHints(), random) {
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
      asked_cd = query.header.cd;
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
  world_test::Counting random;
  world::Effects out;
  world::Now now{world::Instant(world::Seconds(1)), world::WallTime(world::Seconds(kNow))};
  std::shared_ptr<const settings::Settings> settings;
  resolver::Engine engine;
  Authority authority = Honest;
  Message response;
  int packets = 0;
  bool asked_cd = false;  ///< Of the last query that was sent.
};

/// Returns the zone with an address that nobody signed.
inline Message Forged(int server, const wire::Question& question) {
  Message response = Fixture::Honest(server, question);
  if (question.type == RrType::kA && !response.answer.empty()) {
    response.answer[0].rdatas = Set("www.example. 300 IN A 192.0.2.66").rdatas;
  }
  return response;
}

inline constexpr Fixture::Bits kPlain{};
inline constexpr Fixture::Bits kDo{true, false, false};
inline constexpr Fixture::Bits kAd{false, false, true};
inline constexpr Fixture::Bits kCd{false, true, false};

}  // namespace resolver_test
