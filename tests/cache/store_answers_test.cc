#include "engine/cache/store.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

/// A response of 12 octets of header, the question `w. A IN` and two TTLs: 300 at 19, 2^16 + 1 at 25.
const world::Octets kMessage = {0, 0, 0x80, 0, 0, 1, 0, 1,    0, 0, 0, 0, 1, 'w', 0,
                                0, 1, 0,    1, 0, 0, 1, 0x2c, 9, 9, 0, 1, 0, 1,   7};

/// Returns the key of (owner, A) in IN with EDNS.
struct OwnedKey {
  explicit OwnedKey(std::string_view owner) : name(N(owner)) {}
  AnswerKey key() const { return {.name = name.octets(), .edns = true}; }

  wire::Name name;
};

/// Puts the response for (owner, A).
void Put(Store& store, std::string_view owner, world::Instant stored, world::Instant expires) {
  store.PutAnswer(OwnedKey(owner).key(), {kMessage, {19, 25}, stored, expires}, stored);
}

TEST_CASE("a ready answer comes back octet by octet, with its TTLs counted down") {
  Store store({});
  Put(store, "w.", At(0), At(300));
  world::Octets out(5, 0xee);
  REQUIRE(store.CopyAnswer(OwnedKey("W.").key(), At(0), out));
  CHECK(out == kMessage);
  REQUIRE(store.CopyAnswer(OwnedKey("w.").key(), At(299), out));
  world::Octets later = kMessage;
  later[21] = 0x00, later[22] = 0x01;                                      // 300 - 299
  later[25] = 0x00, later[26] = 0x00, later[27] = 0xfe, later[28] = 0xd6;  // 65537 - 299
  CHECK(out == later);
  CHECK_FALSE(store.CopyAnswer(OwnedKey("w.").key(), At(300), out));
}

TEST_CASE("a TTL is rounded down and never passes below 0") {
  Store store({});
  Put(store, "w.", At(0), At(400));
  world::Octets out;
  REQUIRE(store.CopyAnswer(OwnedKey("w.").key(), At(0) + world::Duration(1), out));
  CHECK(out[22] == 0x2b);
  REQUIRE(store.CopyAnswer(OwnedKey("w.").key(), At(399), out));
  CHECK(out[21] == 0);
  CHECK(out[22] == 0);
}

TEST_CASE("a worker whose clock was read earlier sees the answer as fresh") {
  Store store({});
  Put(store, "w.", At(1), At(301));
  world::Octets out;
  REQUIRE(store.CopyAnswer(OwnedKey("w.").key(), At(0), out));
  CHECK(out == kMessage);
}

TEST_CASE("every part of the key tells answers apart") {
  Store store({});
  Put(store, "w.", At(0), At(300));
  const OwnedKey owner("w.");
  world::Octets out;
  AnswerKey key = owner.key();
  CHECK(store.CopyAnswer(key, At(1), out));
  key.type = wire::RrType::kAaaa;
  CHECK_FALSE(store.CopyAnswer(key, At(1), out));
  key = owner.key(), key.rr_class = wire::RrClass::kChaos;
  CHECK_FALSE(store.CopyAnswer(key, At(1), out));
  key = owner.key(), key.edns = false;
  CHECK_FALSE(store.CopyAnswer(key, At(1), out));
  key = owner.key(), key.dnssec_ok = true;
  CHECK_FALSE(store.CopyAnswer(key, At(1), out));
  key = owner.key(), key.checking_disabled = true;
  CHECK_FALSE(store.CopyAnswer(key, At(1), out));
  CHECK_FALSE(store.CopyAnswer(OwnedKey("v.").key(), At(1), out));
}

TEST_CASE("a key that is no name is not found and not kept") {
  Store store({});
  const world::Octets too_long(256, 0);
  const world::Octets past_its_end = {60, 'a'};
  world::Octets out;
  for (const world::OctetView name : {world::OctetView(), world::OctetView(too_long), world::OctetView(past_its_end)}) {
    store.PutAnswer({.name = name}, {kMessage, {}, At(0), At(10)}, At(0));
    CHECK_FALSE(store.CopyAnswer({.name = name}, At(1), out));
  }
  CHECK(store.Stats().answer_entries == 0);
}

TEST_CASE("a ready answer lives no longer than the ceiling of TTLs") {
  Store store({.max_ttl_seconds = 20});
  Put(store, "w.", At(0), At(300));
  world::Octets out;
  CHECK(store.CopyAnswer(OwnedKey("w.").key(), At(19), out));
  CHECK_FALSE(store.CopyAnswer(OwnedKey("w.").key(), At(20), out));
}

TEST_CASE("a ready answer that kPopularHits have asked for is due once, in the last tenth of its life") {
  Store store({});
  Put(store, "w.", At(0), At(300));
  Put(store, "v.", At(0), At(300));
  world::Octets out;
  const auto hit = [&](std::string_view owner, int64_t second) {
    return *store.CopyAnswer(OwnedKey(owner).key(), At(second), out);
  };
  for (int i = 1; i < Store::kPopularHits; ++i) CHECK(hit("w.", 1) == Hit::kFresh);
  CHECK(hit("w.", 269) == Hit::kFresh);
  CHECK(hit("w.", 270) == Hit::kDue);
  CHECK(hit("w.", 271) == Hit::kFresh);
  for (int i = 1; i < Store::kPopularHits; ++i) CHECK(hit("v.", 280) == Hit::kFresh);
  CHECK(hit("v.", 280) == Hit::kDue);
}

TEST_CASE("a hit leaves a buffer that is large enough where it is") {
  Store store({});
  Put(store, "w.", At(0), At(300));
  world::Octets out;
  out.reserve(512);
  const uint8_t* const before = out.data();
  REQUIRE(store.CopyAnswer(OwnedKey("w.").key(), At(1), out));
  CHECK(out.data() == before);
}

}  // namespace
}  // namespace cache
