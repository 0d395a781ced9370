// What it costs to believe an answer: a cold name in a zone signed with P-256 below a signed parent, with validation
// and without, side by side in one run, and the bare cryptography. Read `overhead`: what validation costs beside its
// further exchanges, in units of its verifications' bare cost. 1.2 is the most that is wanted.

#include <absl/container/flat_hash_map.h>
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "bench/bare_engine.h"
#include "engine/dnssec/ds.h"
#include "engine/dnssec/sign.h"
#include "engine/dnssec/signature.h"
#include "engine/validation/anchors.h"
#include "engine/wire/message.h"
#include "tests/dnssec/sets.h"

namespace {

using dnssec_test::N;
using dnssec_test::Octets;
using dnssec_test::Set;
using wire::RrSet;
using wire::RrType;

constexpr uint32_t kWall = 1'790'000'000;
constexpr int kLookups = 1'500;

/// Returns the CPU time that this thread has had: others use this machine too.
double CpuMicroseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

/// CPU times of the same work again and again, in microseconds. The median is told.
class Times {
 public:
  /// Does something and adds its time to `sum`.
  template <typename Work>
  static void Measure(double& sum, Work work) {
    const double begin = CpuMicroseconds();
    work();
    sum += CpuMicroseconds() - begin;
  }

  void Add(double time) { times_.push_back(time); }

  double Median() {
    std::ranges::nth_element(times_, times_.begin() + static_cast<std::ptrdiff_t>(times_.size() / 2));
    return times_[times_.size() / 2];
  }

 private:
  std::vector<double> times_;
};

/// Returns the one key of a zone.
dnssec::SigningKey KeyOf(const std::string& zone) {
  return *dnssec::SigningKey::FromSeed(dnssec::Algorithm::kEcdsaP256Sha256, dnssec::SigningKey::Role::kKeySigning,
                                       Octets(zone));
}

/// Returns the set with a signature.
RrSet Signed(RrSet rrset, const std::string& zone, const dnssec::SigningKey& key) {
  rrset.signatures.Add(dnssec::SignSet(rrset, N(zone), key, {kWall - 3'600, kWall + 86'400}));
  return rrset;
}

/// Returns the DNSKEY set of a zone.
RrSet KeySet(const std::string& zone, const dnssec::SigningKey& key) {
  RrSet rrset{N(zone), RrType::kDnskey, wire::RrClass::kIn, 3'600, {}, {}};
  rrset.rdatas.Add(key.dnskey().rdata);
  return Signed(std::move(rrset), zone, key);
}

/// Returns the DS set of a zone, unsigned.
RrSet DsSet(const std::string& zone, const dnssec::SigningKey& key) {
  RrSet rrset{N(zone), RrType::kDs, wire::RrClass::kIn, 3'600, {}, {}};
  rrset.rdatas.Add(dnssec::DsRdataFor(N(zone), key.dnskey(), dnssec::DigestType::kSha256));
  return rrset;
}

/// The servers of com. and of the zones below it.
class Servers {
 public:
  Servers() {
    const dnssec::SigningKey com = KeyOf("com.");
    Keep(KeySet("com.", com));
    for (int i = 0; i < kLookups; ++i) {
      const std::string zone = fmt::format("zone{}.com.", i);
      const dnssec::SigningKey key = KeyOf(zone);
      wire::Message& referral = referrals_[N(zone)];
      referral.authority = {Set(fmt::format("{0} 3600 IN NS ns.{0}", zone)), Signed(DsSet(zone, key), "com.", com)};
      referral.additional = {Set(fmt::format("ns.{} 3600 IN A 20.0.0.2", zone))};
      Keep(KeySet(zone, key));
      Keep(Signed(Set(fmt::format("www.{} 300 IN A 192.0.2.1", zone)), zone, key));
    }
  }

  /// Returns the reply to a query; without answer where nobody foresaw it.
  world::Octets Reply(const world::Ask& ask) const {
    const wire::Message query = *wire::Parse(ask.query);
    const wire::Name name = query.question->name.Lowered();
    wire::Message reply;
    const bool is_referral = ask.to.address == *world::Address::FromText("20.0.0.1") && name.LabelCount() > 1;
    if (is_referral) {
      reply = referrals_.at(name.Suffix(2));
    } else if (const auto at = answers_.find({name, query.question->type}); at != answers_.end()) {
      reply.header.aa = true;
      reply.answer.push_back(at->second);
    }
    reply.header.id = query.header.id;
    reply.header.qr = true;
    reply.question = query.question;
    world::Octets octets;
    wire::Write(reply, 1'232, wire::Signatures::kInclude, octets);
    return octets;
  }

  /// Returns the address that a zone signs, and its key.
  const RrSet& AddressOf(const std::string& zone) const { return answers_.at({N("www." + zone), RrType::kA}); }

 private:
  /// Keeps an answer.
  void Keep(RrSet rrset) { answers_.emplace(std::pair(rrset.owner, rrset.type), rrset); }

  absl::flat_hash_map<std::pair<wire::Name, RrType>, RrSet> answers_;
  absl::flat_hash_map<wire::Name, wire::Message> referrals_;
};

/// An engine and a client that asks it.
struct Side : bench::BareEngine {
  explicit Side(const Servers& all) : servers(all) {}

  /// Resolves the address of a name that no cache knows; returns the time that the engine took.
  double Resolve(const std::string& name, world::Now now) {
    const world::Octets query = wire::MakeQuery(1, {N(name), RrType::kA, wire::RrClass::kIn}, wire::Recursion::kDesired,
                                                wire::Edns{.dnssec_ok = true});
    double time = 0;
    out.Clear();
    Times::Measure(time, [&] { engine.Accept(client, query, now, out); });
    for (;;) {
      const world::Ask* ask = nullptr;
      for (const world::Effect& effect : out.list()) {
        if (const auto* wanted = std::get_if<world::Ask>(&effect)) ask = wanted;
        if (const auto* answer = std::get_if<world::Answer>(&effect)) is_authentic = (answer->response[3] & 0x20) != 0;
      }
      if (ask == nullptr) return time;
      ++exchanges;
      const world::Octets reply = servers.Reply(*ask);
      const world::Arrival arrival{ask->to, reply};
      const world::ExchangeId id = ask->id;
      out.Clear();
      Times::Measure(time, [&] { engine.Deliver(id, arrival, now, out); });
    }
  }

  const Servers& servers;
  const world::Client client{{}, {*world::Address::FromText("127.0.0.1"), 5'000}, {}, world::Protocol::kTcp, false};
  double exchanges = 0;
  bool is_authentic = false;
};

/// A P-256 key as OpenSSL's manual has it made and used: what "bare" means here.
class BareKey {
 public:
  explicit BareKey(world::OctetView x_and_y) {
    world::Octets point{POINT_CONVERSION_UNCOMPRESSED};
    point.insert(point.end(), x_and_y.begin(), x_and_y.end());
    std::string curve = "P-256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve.data(), 0),
                           OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
                           OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX* const context = EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr);
    EVP_PKEY_fromdata_init(context);
    EVP_PKEY_fromdata(context, &key_, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(context);
  }
  BareKey(const BareKey&) = delete;
  BareKey& operator=(const BareKey&) = delete;
  ~BareKey() { EVP_PKEY_free(key_); }

  /// Returns whether the signature, in DER, is right.
  bool Verifies(world::OctetView octets, world::OctetView der) const {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const bool is_right = EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key_) == 1 &&
                          EVP_DigestVerify(context, der.data(), der.size(), octets.data(), octets.size()) == 1;
    EVP_MD_CTX_free(context);
    return is_right;
  }

 private:
  EVP_PKEY* key_ = nullptr;
};

/// Returns a signature `r | s` in DER.
world::Octets Der(world::OctetView signature) {
  ECDSA_SIG* const ecdsa = ECDSA_SIG_new();
  const auto number = [&](size_t from) { return BN_bin2bn(signature.subspan(from, 32).data(), 32, nullptr); };
  ECDSA_SIG_set0(ecdsa, number(0), number(32));
  world::Octets der(static_cast<size_t>(i2d_ECDSA_SIG(ecdsa, nullptr)));
  uint8_t* at = der.data();
  i2d_ECDSA_SIG(ecdsa, &at);
  ECDSA_SIG_free(ecdsa);
  return der;
}

/// Returns what OpenSSL takes for one verification with a key that is ready; negative where it does not verify.
double BareCheck(const Servers& servers, const std::string& zone) {
  const RrSet& rrset = servers.AddressOf(zone);
  const auto signature = *dnssec::Signature::FromRdata(*rrset.signatures.begin());
  const world::Octets octets = dnssec::SignedOctets(rrset, signature);
  const world::Octets der = Der(signature.octets);
  const BareKey key(KeyOf(zone).dnskey().key());
  double time = 0;
  bool is_right = false;
  Times::Measure(time, [&] { is_right = key.Verifies(octets, der); });
  return is_right ? time : -1;
}

/// A cold name, validated and not, and the bare cost of what validation cannot do without.
void ColdName(benchmark::State& state) {
  const Servers servers;
  Side plain(servers);
  Side judged(servers);
  judged.engine.Adopt(*validation::Anchors::Parse(Octets(wire::ToText(DsSet("com.", KeyOf("com.")))), "anchor"));
  Times plain_times;
  Times judged_times;
  Times checks;
  int number = 0;
  for (auto _ : state) {
    const std::string zone = fmt::format("zone{}.com.", number);
    const world::Now now{world::Instant(world::Milliseconds(++number)), world::WallTime(world::Seconds(kWall))};
    judged_times.Add(judged.Resolve("www." + zone, now));
    plain_times.Add(plain.Resolve("www." + zone, now));
    // As an engine finds the cryptography's tables: not just used.
    checks.Add(BareCheck(servers, zone));
    if (!judged.is_authentic || plain.is_authentic) return state.SkipWithError("AD is not as it should be");
  }
  const double count = number;
  const double checked = static_cast<double>(judged.engine.counters().Get(metrics::Metric::kSignatureChecks)) / count;
  const double exchanges = plain.exchanges / count;
  const double more = judged.exchanges / count - exchanges;
  const double plain_us = plain_times.Median();
  const double judged_us = judged_times.Median();
  const double check_us = checks.Median();
  if (check_us < 0) return state.SkipWithError("the bare verification fails");
  state.counters["plain_us"] = plain_us;
  state.counters["validated_us"] = judged_us;
  state.counters["check_us"] = check_us;
  state.counters["checks"] = checked;
  state.counters["more_exchanges"] = more;
  state.counters["overhead"] = (judged_us - plain_us - more * plain_us / exchanges) / (checked * check_us);
}
BENCHMARK(ColdName)->Iterations(kLookups)->Unit(benchmark::kMicrosecond);

/// A key made ready for verifying.
void MakeKey(benchmark::State& state) {
  const dnssec::Dnskey dnskey = KeyOf("com.").dnskey();
  for (auto _ : state) benchmark::DoNotOptimize(dnssec::PublicKey::From(dnskey));
}
BENCHMARK(MakeKey)->Unit(benchmark::kMicrosecond);

/// A verification with a key that is ready.
void Check(benchmark::State& state) {
  const dnssec::SigningKey signer = KeyOf("com.");
  const auto key = dnssec::PublicKey::From(signer.dnskey());
  const world::Octets octets(200);
  const world::Octets signature = signer.Sign(octets);
  for (auto _ : state) benchmark::DoNotOptimize(key->Verifies(octets, signature));
}
BENCHMARK(Check)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
