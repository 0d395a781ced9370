#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

using wire::RrType;
using world::kNever;

/// Keeps one entry of each kind at `owner`.
void PutAllKinds(Store& store, std::string_view owner) {
  const wire::Name name = N(owner);
  store.PutRrSet(ASet(owner, 60, 1), Rank::kAuthAnswer, At(0), kNever);
  store.PutNoData(name, RrType::kMx, std::nullopt, Rank::kAuthAuthority, At(0), kNever);
  store.PutDelegation({.zone = name, .servers = {}, .expires = At(60)}, At(0));
  store.PutFailure({.name = name, .type = RrType::kTxt}, {}, wire::Rcode::kServFail, At(0));
  store.PutAnswer({.name = name.octets()}, {world::Octets(40), {}, At(0), At(60)}, At(0));
  store.PutNxDomain(name, std::nullopt, Rank::kAuthAnswer, At(0), kNever);
}

TEST_CASE("a flush takes every kind at and below the name, and nothing else") {
  Store store({});
  for (const char* owner : {"a.b.Example.", "example.", "badexample.", "com."}) PutAllKinds(store, owner);
  CHECK(store.Flush(N("EXAMPLE.")) == 12);
  const StoreStats stats = store.Stats();
  CHECK(stats.rrset_entries == 6);
  CHECK(stats.answer_entries == 2);
  CHECK(stats.delegation_entries == 2);
  CHECK(stats.failure_entries == 2);
  CHECK(IsNxDomain(store, "com.", At(1)));
}

TEST_CASE("a flush of the root leaves nothing") {
  Store store({});
  for (const char* owner : {"example.", "com.", "."}) PutAllKinds(store, owner);
  CHECK(store.Flush(wire::Name()) == 18);
  const StoreStats stats = store.Stats();
  CHECK(stats.rrset_entries + stats.answer_entries + stats.delegation_entries + stats.failure_entries == 0);
  CHECK(stats.evictions == 0);
}

TEST_CASE("a flush of one type leaves the other types of the name") {
  Store store({});
  PutAllKinds(store, "a.example.");
  PutAllKinds(store, "example.");
  // The set, the NXDOMAIN that stands for all types, and the ready answer.
  CHECK(store.FlushType(N("example."), RrType::kA) == 3);
  CHECK(store.Find(N("example."), RrType::kMx, At(1)));
  CHECK(store.FindFailure({.name = N("example."), .type = RrType::kTxt}, At(1)));
  CHECK(store.FindDelegation(N("example."), 1, 1, At(1)) != nullptr);
  CHECK(store.FlushType(N("example."), RrType::kNs) == 1);
  CHECK(store.FindDelegation(N("example."), 1, 1, At(1)) == nullptr);
  CHECK(IsNxDomain(store, "a.example.", At(1)));
}

}  // namespace
}  // namespace cache
