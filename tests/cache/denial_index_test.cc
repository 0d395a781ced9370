#include "engine/cache/denial_index.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/world/limits.h"

namespace cache {
namespace {

using wire::Name;
using wire::Rcode;
using wire::RrSet;
using wire::RrType;

const world::Instant kStart{world::Seconds(100)};

/// Returns the name of its text.
Name N(const std::string& text) { return *Name::FromText(text); }

/// Returns a set of one record that lives for a minute.
RrSet Set(const std::string& owner, RrType type, const std::string& rdata) {
  RrSet rrset{N(owner), type, wire::RrClass::kIn, 60, {}, {}};
  rrset.rdatas.Add(*wire::RdataFromText(type, rdata));
  return rrset;
}

const RrSet kSoa = Set("example.", RrType::kSoa, "ns.example. a.example. 1 2 3 4 60");

/// Keeps NSECs of `example.`.
void Put(DenialIndex& index, std::initializer_list<RrSet> proofs) {
  index.Put(kSoa, std::vector<RrSet>(proofs), kStart, world::kNever);
}

TEST_CASE("An NSEC that was shown for one name denies the others of its span, until its time is over (RFC 8198 5.1)") {
  DenialIndex index;
  Put(index, {Set("example.", RrType::kNsec, "m.example. SOA NS NSEC RRSIG")});
  const auto found = index.Find(N("c.example."), RrType::kA, kStart);
  REQUIRE(found);
  CHECK(found->rcode == Rcode::kNxDomain);
  CHECK(found->proofs.size() == 1);
  CHECK(found->expires == kStart + world::Seconds(60));
  CHECK(!index.Find(N("n.example."), RrType::kA, kStart));
  CHECK(!index.Find(N("c.other."), RrType::kA, kStart));
  CHECK(!index.Find(N("c.example."), RrType::kA, kStart + world::Seconds(60)));
}

TEST_CASE("An NSEC denies the types that it does not list (RFC 8198 5.2)") {
  DenialIndex index;
  Put(index, {Set("m.example.", RrType::kNsec, "z.example. A NSEC RRSIG")});
  const auto found = index.Find(N("m.example."), RrType::kAaaa, kStart);
  REQUIRE(found);
  CHECK(found->rcode == Rcode::kNoError);
  CHECK(!index.Find(N("m.example."), RrType::kA, kStart));
}

TEST_CASE("A name is not denied while nothing denies the wildcard that would make it (RFC 8198 5.3)") {
  DenialIndex index;
  Put(index, {Set("m.example.", RrType::kNsec, "z.example. A NSEC RRSIG")});
  CHECK(!index.Find(N("p.example."), RrType::kA, kStart));
  Put(index, {Set("example.", RrType::kNsec, "m.example. SOA NS NSEC RRSIG")});
  REQUIRE(index.Find(N("p.example."), RrType::kA, kStart));
  CHECK(index.Find(N("p.example."), RrType::kA, kStart)->proofs.size() == 2);
}

TEST_CASE("Names below a delegation are not the parent's to deny (RFC 6840 4.1)") {
  DenialIndex index;
  Put(index, {Set("example.", RrType::kNsec, "cut.example. SOA NS NSEC RRSIG"),
              Set("cut.example.", RrType::kNsec, "z.example. NS NSEC RRSIG")});
  CHECK(!index.Find(N("www.cut.example."), RrType::kA, kStart));
  CHECK(!index.Find(N("cut.example."), RrType::kA, kStart));
  CHECK(index.Find(N("cut.example."), RrType::kDs, kStart));
}

TEST_CASE("NSEC3s deny names by their hashes, and nothing by opt-out (RFC 8198 5.1, 5.4)") {
  // The hash of example. without salt and iterations, and a span that covers all others.
  dnssec::Nsec3Hasher hasher(1);
  const std::string apex = dnssec::ToBase32Hex(*hasher.Hash(N("example."), {}));
  for (const bool opts_out : {false, true}) {
    DenialIndex index;
    Put(index, {Set(apex + ".example.", RrType::kNsec3, fmt::format("1 {} 0 - {} SOA NS", opts_out ? 1 : 0, apex))});
    CHECK(index.Find(N("c.example."), RrType::kA, kStart).has_value() == !opts_out);
    CHECK(!index.Find(N("example."), RrType::kSoa, kStart));
  }
}

TEST_CASE("kMaxIndexedDenials sets are kept; one more takes the place of the oldest") {
  DenialIndex index;
  const auto nsec = [](size_t i) {
    return Set(fmt::format("n{:05}.example.", i), RrType::kNsec, fmt::format("n{:05}.example. A", i + 1));
  };
  Put(index, {Set("example.", RrType::kNsec, "n00000.example. SOA NS")});
  for (size_t i = 0; i + 1 < world::limits::kMaxIndexedDenials; ++i) Put(index, {nsec(i)});
  CHECK(index.size() == world::limits::kMaxIndexedDenials);
  CHECK(index.Find(N("a.example."), RrType::kA, kStart));
  Put(index, {nsec(world::limits::kMaxIndexedDenials)});
  CHECK(index.size() == world::limits::kMaxIndexedDenials);
  CHECK(!index.Find(N("a.example."), RrType::kA, kStart));
}

TEST_CASE("A name that is forgotten is denied by nothing any more") {
  DenialIndex index;
  Put(index, {Set("example.", RrType::kNsec, "m.example. SOA NS NSEC RRSIG")});
  index.Forget(N("c.example."));
  CHECK(!index.Find(N("c.example."), RrType::kA, kStart));
  CHECK(index.size() == 0);
}

}  // namespace
}  // namespace cache
