// What the engine costs without a world around it: a cache hit, and a walk over two zone cuts, of which one step is
// about a third: judge what came, remember it, choose a server, write a question.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <variant>

#include "bench/bare_engine.h"
#include "engine/wire/message.h"

namespace {

/// Returns a set of one record.
wire::RrSet One(const wire::Name& owner, wire::RrType type, world::OctetView rdata) {
  wire::RrSet set{.owner = owner, .type = type, .ttl = 3'600, .rdatas = {}, .signatures = {}};
  set.rdatas.Add(rdata);
  return set;
}

/// Answers as the server of com. does, with a referral, and as those below it, with an address.
world::Octets Reply(const world::Ask& ask) {
  wire::Message message = *wire::Parse(ask.query);
  const wire::Name name = message.question->name;
  message.header.qr = true;
  if (ask.to.address == *world::Address::FromText("20.0.0.1")) {
    const wire::Name zone = name.Suffix(2);
    constexpr std::array<uint8_t, 2> kNs{'n', 's'};
    const wire::Name server = *zone.Prepend(kNs);
    message.authority.push_back(One(zone, wire::RrType::kNs, server.octets()));
    message.additional.push_back(One(server, wire::RrType::kA, world::Octets{20, 0, 0, 2}));
  } else {
    message.header.aa = true;
    message.answer.push_back(One(name, wire::RrType::kA, world::Octets{192, 0, 2, 1}));
  }
  world::Octets octets;
  wire::Write(message, 1'232, wire::Signatures::kInclude, octets);
  return octets;
}

/// One engine, and a client that asks it.
struct Bench : bench::BareEngine {
  const world::Client client{{}, {*world::Address::FromText("127.0.0.1"), 5'000}, {}, world::Protocol::kUdp, false};

  /// Hands in a query; what the engine wants is in `out`.
  void Ask(world::OctetView query, world::Now now) {
    out.Clear();
    engine.Accept(client, query, now, out);
  }

  /// Returns the question that the engine wants sent, if any.
  std::optional<world::Ask> Wanted() {
    for (const world::Effect& effect : out.list()) {
      if (const auto* ask = std::get_if<world::Ask>(&effect)) return *ask;
    }
    return std::nullopt;
  }
};

/// Returns the query for the address of a name.
world::Octets QueryFor(const std::string& name) {
  return wire::MakeQuery(1, {*wire::Name::FromText(name), wire::RrType::kA, wire::RrClass::kIn},
                         wire::Recursion::kDesired, wire::Edns{});
}

/// Names that no cache knows: each is resolved in two questions. The replies are made outside the time.
void Walk(benchmark::State& state) {
  Bench bench;
  int64_t number = 0;
  int64_t asked = 0;
  for (auto _ : state) {
    state.PauseTiming();
    const world::Octets query = QueryFor(fmt::format("www.zone{}.com.", ++number));
    const world::Now now{world::Instant(world::Milliseconds(number)), {}};
    state.ResumeTiming();
    bench.Ask(query, now);
    while (const auto ask = bench.Wanted()) {
      state.PauseTiming();
      const world::Octets reply = Reply(*ask);
      bench.out.Clear();
      ++asked;
      state.ResumeTiming();
      bench.engine.Deliver(ask->id, world::Arrival{ask->to, reply}, now, bench.out);
    }
  }
  if (asked != 2 * number) state.SkipWithError("a walk took other than two questions");
  state.counters["questions"] = static_cast<double>(asked) / static_cast<double>(number);
}
BENCHMARK(Walk);

/// The same name again and again: answered from the ready answer.
void Hit(benchmark::State& state) {
  Bench bench;
  const world::Now now{world::Instant(world::Seconds(1)), {}};
  const world::Octets query = QueryFor("www.zone.com.");
  bench.Ask(query, now);
  while (const auto ask = bench.Wanted()) {
    bench.out.Clear();
    bench.engine.Deliver(ask->id, world::Arrival{ask->to, Reply(*ask)}, now, bench.out);
  }
  for (auto _ : state) {
    bench.Ask(query, now);
    auto* answer = std::get_if<world::Answer>(&bench.out.list().front());
    if (answer == nullptr) return state.SkipWithError("no answer");
    bench.out.Recycle(std::move(answer->response));
  }
}
BENCHMARK(Hit);

}  // namespace

BENCHMARK_MAIN();
