/// What reading and writing cost: the name and the message of every walk.
#include <absl/hash/hash.h>
#include <benchmark/benchmark.h>

#include <array>
#include <string>

#include "engine/wire/message.h"

namespace {

using namespace wire;
using world::Octets;
using world::OctetView;

/// Returns the name of a text that is one.
Name N(std::string_view text) { return *Name::FromText(text); }

/// Returns a set of the records that the texts are.
RrSet SetOf(std::string_view owner, RrType type, std::initializer_list<std::string> texts) {
  RrSet set{.owner = N(owner), .type = type, .ttl = 172800};
  for (const std::string& text : texts) set.rdatas.Add(*RdataFromText(type, text));
  return set;
}

/// Returns a referral of 447 octets to a signed zone with two nameservers: NS, DS with an RSA signature, glue, OPT.
Message Referral() {
  Message message;
  message.header = {.id = 0x1234, .qr = true};
  message.question = Question{.name = N("www.example.com"), .type = RrType::kA, .rr_class = RrClass::kIn};
  message.authority.push_back(SetOf("com", RrType::kNs, {"a.nic.com.", "b.nic.com."}));
  message.authority.push_back(
      SetOf("com", RrType::kDs, {"19718 13 2 8acbb0cd28f41250a80a491389424d341522d946b0da0c0291f2d3d771d7805a"}));
  Octets rrsig(18, 1);
  rrsig[0] = 0;
  rrsig[1] = 43;
  rrsig.push_back(0);
  rrsig.resize(rrsig.size() + 256, 0x5a);
  message.authority[1].signatures.Add(rrsig);
  message.additional.push_back(SetOf("a.nic.com", RrType::kA, {"192.5.6.30"}));
  message.additional.push_back(SetOf("b.nic.com", RrType::kA, {"192.33.14.30"}));
  message.edns = Edns{.dnssec_ok = true};
  return message;
}

/// Returns the octets of a message.
Octets OctetsOf(const Message& message) {
  Octets out;
  Write(message, 0xffff, Signatures::kInclude, out);
  return out;
}

/// Returns 2,048 records whose owners each follow 127 pointers and expand to 255 octets.
Octets PointerBomb() {
  constexpr size_t kRecords = 2047;
  Octets out = {0, 0, 0x80, 0, 0, 0, 8, 0, 0, 0, 0, 0};
  const auto add16 = [&out](size_t value) {
    out.push_back(static_cast<uint8_t>(value >> 8));
    out.push_back(static_cast<uint8_t>(value));
  };
  const auto add_fields = [&](uint8_t type, size_t octets) {
    for (const uint8_t octet : std::array<uint8_t, 8>{0, type, 0, 1, 0, 0, 0, 60}) out.push_back(octet);
    add16(octets);
  };
  out.push_back(0);
  add_fields(99, 126 * 4 + 3);
  out.insert(out.end(), {1, 'a', 0});
  size_t target = out.size() - 3;
  for (int i = 0; i < 126; ++i) {
    const size_t here = out.size();
    out.insert(out.end(), {1, 'a'});
    add16(0xc000 | target);
    target = here;
  }
  for (size_t i = 0; i < kRecords; ++i) {
    add16(0xc000 | (i % 2 == 0 ? target : target - 4));
    add_fields(1, 4);
    add16(i);
    add16(i);
  }
  return out;
}

void NameFromText(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Name::FromText("www.example.com."));
}
BENCHMARK(NameFromText);

void NameFromWire(benchmark::State& state) {
  const Name name = N("www.example.com");
  for (auto _ : state) benchmark::DoNotOptimize(Name::FromWire(name.octets()));
}
BENCHMARK(NameFromWire);

void NameEqual(benchmark::State& state) {
  const Name lower = N("www.example.com");
  const Name upper = N("WWW.EXAMPLE.COM");
  for (auto _ : state) benchmark::DoNotOptimize(lower == upper);
}
BENCHMARK(NameEqual);

void NameHash(benchmark::State& state) {
  const Name name = N("www.example.com");
  for (auto _ : state) benchmark::DoNotOptimize(absl::HashOf(name));
}
BENCHMARK(NameHash);

void NameOrder(benchmark::State& state) {
  const Name a = N("www.example.com");
  const Name b = N("mail.example.com");
  for (auto _ : state) benchmark::DoNotOptimize(a < b);
}
BENCHMARK(NameOrder);

void OpeningOfQuery(benchmark::State& state) {
  const Octets query = MakeQuery(1, *Referral().question, Recursion::kDesired, Edns{.dnssec_ok = true});
  for (auto _ : state) benchmark::DoNotOptimize(ParseOpening(query));
}
BENCHMARK(OpeningOfQuery);

void ParseQuery(benchmark::State& state) {
  const Octets query = MakeQuery(1, *Referral().question, Recursion::kDesired, Edns{.dnssec_ok = true});
  for (auto _ : state) benchmark::DoNotOptimize(Parse(query));
}
BENCHMARK(ParseQuery);

void ParseReferral(benchmark::State& state) {
  const Octets referral = OctetsOf(Referral());
  state.counters["octets"] = static_cast<double>(referral.size());
  for (auto _ : state) benchmark::DoNotOptimize(Parse(referral));
}
BENCHMARK(ParseReferral);

void WriteReferral(benchmark::State& state) {
  const Message referral = Referral();
  Octets out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(Write(referral, 1232, Signatures::kInclude, out));
  }
}
BENCHMARK(WriteReferral);

void WriteQuery(benchmark::State& state) {
  const Question question = *Referral().question;
  for (auto _ : state)
    benchmark::DoNotOptimize(MakeQuery(1, question, Recursion::kNotDesired, Edns{.dnssec_ok = true}));
}
BENCHMARK(WriteQuery);

void ParsePointerBomb(benchmark::State& state) {
  const Octets bomb = PointerBomb();
  if (!Parse(bomb)) state.SkipWithError("does not parse");
  state.counters["octets"] = static_cast<double>(bomb.size());
  for (auto _ : state) benchmark::DoNotOptimize(Parse(bomb));
}
BENCHMARK(ParsePointerBomb);

}  // namespace

BENCHMARK_MAIN();
