#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

using wire::RrType;
using world::kNever;

TEST_CASE("a set is found by its name in any case until its TTL has passed") {
  Store store({});
  CHECK(store.PutRrSet(ASet("www.Example.", 300, 1), Rank::kAuthAnswer, At(0), kNever));
  CHECK(LastOctet(store, "WWW.eXample.", At(0)) == 1);
  CHECK(LastOctet(store, "www.example.", At(299)) == 1);
  CHECK(LastOctet(store, "www.example.", At(300)) == -1);
  CHECK_FALSE(store.Find(N("www.example."), RrType::kAaaa, At(0)));
  CHECK_FALSE(store.Find(N("example."), RrType::kA, At(0)));
}

TEST_CASE("the TTL counts down in whole seconds, rounded down") {
  Store store({});
  store.PutRrSet(ASet("example.", 300, 1), Rank::kAuthAnswer, At(0), kNever);
  CHECK(store.Find(N("example."), RrType::kA, At(0))->TtlAt(At(0)) == 300);
  CHECK(store.Find(N("example."), RrType::kA, At(1))->TtlAt(At(1) + world::Duration(1)) == 298);
}

TEST_CASE("a set's life is held between floor and ceiling and below the delegation's (CVE-2022-30698)") {
  Store store({.min_ttl_seconds = 10, .max_ttl_seconds = 100});
  store.PutRrSet(ASet("short.", 1, 1), Rank::kAuthAnswer, At(0), kNever);
  store.PutRrSet(ASet("long.", 1'000, 1), Rank::kAuthAnswer, At(0), kNever);
  store.PutRrSet(ASet("bound.", 1'000, 1), Rank::kAuthAnswer, At(0), At(7));
  CHECK(LastOctet(store, "short.", At(9)) == 1);
  CHECK(LastOctet(store, "short.", At(10)) == -1);
  CHECK(LastOctet(store, "long.", At(99)) == 1);
  CHECK(LastOctet(store, "long.", At(100)) == -1);
  CHECK(LastOctet(store, "bound.", At(6)) == 1);
  CHECK(LastOctet(store, "bound.", At(7)) == -1);
}

TEST_CASE("a set with TTL 0 is not kept, and what it would have replaced goes") {
  Store store({});
  CHECK(store.PutRrSet(ASet("example.", 300, 1), Rank::kAuthAnswer, At(0), kNever));
  CHECK(store.PutRrSet(ASet("example.", 0, 2), Rank::kAuthAnswer, At(1), kNever));
  CHECK(LastOctet(store, "example.", At(1)) == -1);
  CHECK(store.Stats().rrset_entries == 0);
}

TEST_CASE("a live set of a higher rank stands, one of equal rank is replaced (RFC 2181 5.4.1)") {
  Store store({});
  CHECK(store.PutRrSet(ASet("ns.example.", 60, 1), Rank::kAuthAnswer, At(0), kNever));
  CHECK_FALSE(store.PutRrSet(ASet("ns.example.", 600, 2), Rank::kGlue, At(1), kNever));
  CHECK(LastOctet(store, "ns.example.", At(1)) == 1);
  CHECK(store.PutRrSet(ASet("ns.example.", 60, 3), Rank::kAuthAnswer, At(2), kNever));
  CHECK(LastOctet(store, "ns.example.", At(2)) == 3);
  CHECK(store.PutRrSet(ASet("ns.example.", 60, 4), Rank::kGlue, At(62), kNever));
  CHECK(LastOctet(store, "ns.example.", At(62)) == 4);
}

TEST_CASE("ranks hold between sets and NODATA too (RFC 2181 5.4.1)") {
  Store store({});
  store.PutNoData(N("example."), RrType::kA, SoaSet("example.", 60, 60), Rank::kAuthAuthority, At(0), kNever);
  CHECK_FALSE(store.PutRrSet(ASet("example.", 60, 1), Rank::kGlue, At(1), kNever));
  CHECK(store.PutRrSet(ASet("example.", 60, 2), Rank::kAuthAnswer, At(1), kNever));
  store.PutNoData(N("example."), RrType::kA, SoaSet("example.", 60, 60), Rank::kAuthAuthority, At(2), kNever);
  CHECK(LastOctet(store, "example.", At(2)) == 2);
}

TEST_CASE("NODATA is kept with its SOA, whose TTL is that of the negative answer (RFC 2308 3)") {
  Store store({});
  store.PutNoData(N("example."), RrType::kA, SoaSet("example.", 600, 60), Rank::kAuthAuthority, At(0), kNever);
  const auto known = store.Find(N("example."), RrType::kA, At(59));
  REQUIRE(known);
  const auto* no_data = std::get_if<NoData>(&known->what);
  REQUIRE(no_data != nullptr);
  CHECK(no_data->soa->ttl == 60);
  CHECK(known->TtlAt(At(59)) == 1);
  CHECK_FALSE(store.Find(N("example."), RrType::kA, At(60)));
  CHECK_FALSE(store.Find(N("example."), RrType::kMx, At(0)));
}

TEST_CASE("a negative answer without SOA is kept for 5 s only") {
  Store store({});
  store.PutNxDomain(N("example."), std::nullopt, Rank::kAuthAuthority, At(0), kNever);
  CHECK(IsNxDomain(store, "example.", At(4)));
  CHECK_FALSE(IsNxDomain(store, "example.", At(5)));
}

TEST_CASE("NXDOMAIN stands for every type of the name (RFC 2308 5)") {
  Store store({});
  store.PutNxDomain(N("no.example."), SoaSet("example.", 60, 60), Rank::kAuthAuthority, At(0), kNever);
  for (const RrType type : {RrType::kA, RrType::kMx, RrType::kTxt}) {
    const auto known = store.Find(N("no.example."), type, At(1));
    REQUIRE(known);
    CHECK(std::holds_alternative<NxDomain>(known->what));
  }
  CHECK_FALSE(store.Find(N("below.no.example."), RrType::kA, At(1)));
}

TEST_CASE("of an NXDOMAIN and a set the higher rank counts, of equal ranks the later") {
  Store store({});
  store.PutRrSet(ASet("a.example.", 600, 1), Rank::kAuthAnswer, At(0), kNever);
  store.PutNxDomain(N("a.example."), SoaSet("example.", 60, 60), Rank::kAuthAuthority, At(1), kNever);
  CHECK(LastOctet(store, "a.example.", At(1)) == 1);
  store.PutNxDomain(N("a.example."), SoaSet("example.", 60, 60), Rank::kAuthAnswer, At(2), kNever);
  CHECK(IsNxDomain(store, "a.example.", At(2)));
  store.PutRrSet(ASet("a.example.", 600, 2), Rank::kAuthAnswer, At(3), kNever);
  CHECK(LastOctet(store, "a.example.", At(3)) == 2);
}

TEST_CASE("the nearest NXDOMAIN above a name is found (RFC 8020)") {
  Store store({});
  store.PutNxDomain(N("b.example."), SoaSet("example.", 60, 60), Rank::kAuthAnswer, At(0), kNever);
  CHECK(store.FindNxDomainCut(N("w.a.B.example."), At(59)));
  CHECK(store.FindNxDomainCut(N("b.example."), At(59)));
  CHECK_FALSE(store.FindNxDomainCut(N("w.a.b.example."), At(60)));
  CHECK_FALSE(store.FindNxDomainCut(N("bb.example."), At(0)));
  CHECK_FALSE(store.FindNxDomainCut(N("example."), At(0)));
  CHECK_FALSE(store.FindNxDomainCut(N("."), At(0)));
}

TEST_CASE("a name that is found to exist ends the NXDOMAIN of its ancestors, but for one of a higher rank (RFC 8020)") {
  Store store({});
  store.PutNxDomain(N("example."), SoaSet(".", 60, 60), Rank::kAuthAnswer, At(0), kNever);
  store.PutNxDomain(N("local."), SoaSet(".", 60, 60), Rank::kLocal, At(0), kNever);
  store.PutRrSet(ASet("w.www.example.", 60, 1), Rank::kGlue, At(1), kNever);
  CHECK(store.FindNxDomainCut(N("w.www.example."), At(1)));
  store.PutRrSet(ASet("w.www.example.", 60, 1), Rank::kAuthAnswer, At(2), kNever);
  CHECK_FALSE(store.FindNxDomainCut(N("w.www.example."), At(2)));
  store.PutRrSet(ASet("www.local.", 60, 1), Rank::kAuthAnswer, At(2), kNever);
  CHECK(store.FindNxDomainCut(N("www.local."), At(2)));
}

TEST_CASE("NODATA too says that the name exists") {
  Store store({});
  store.PutNxDomain(N("example."), SoaSet(".", 60, 60), Rank::kAuthAuthority, At(0), kNever);
  store.PutNoData(N("a.example."), RrType::kA, SoaSet("example.", 60, 60), Rank::kAuthAuthority, At(1), kNever);
  CHECK_FALSE(store.FindNxDomainCut(N("a.example."), At(1)));
}

}  // namespace
}  // namespace cache
