#include "engine/cache/shard.h"

#include "engine/cache/lowered_name.h"
#include "tests/cache/samples.h"

namespace cache {
namespace {

/// An owned key of `owner`.
struct Key {
  explicit Key(std::string_view owner) : name(N(owner)) {}
  KeyView view() const { return MakeKey(name.octets(), HashOfName(name.octets()), {}); }

  LoweredName name;
};

/// Puts an entry that is charged `charge` and lives until `expires`.
void Put(Shard& shard, std::string_view owner, uint32_t charge, world::Instant now, world::Instant expires) {
  auto entry = Entry::Make(Key(owner).view(), 0);
  entry->charge = charge;
  entry->expires = expires;
  shard.Put(std::move(entry), now);
}

/// Returns whether `owner` is there, leaving no mark.
bool Has(const Shard& shard, std::string_view owner, world::Instant now) {
  return shard.Peek(Key(owner).view(), now) != nullptr;
}

/// Marks `owner` as visited.
void Visit(Shard& shard, std::string_view owner, world::Instant now) {
  REQUIRE(shard.Find(Key(owner).view(), now) != nullptr);
}

constexpr world::Instant kNow = At(0);
constexpr world::Instant kLater = At(100);
/// What an index with room for a few entries takes.
constexpr size_t kSmallIndex = 7 * 9;

TEST_CASE("the hand takes the oldest entry that was not found since it last came by") {
  Shard shard(3'000 + kSmallIndex);
  for (const char* owner : {"a.", "b.", "c."}) Put(shard, owner, 1'000, kNow, kLater);
  Visit(shard, "a.", kNow);
  Put(shard, "d.", 1'000, kNow, kLater);
  CHECK(Has(shard, "a.", kNow));
  CHECK_FALSE(Has(shard, "b.", kNow));
  // The hand stands at c and goes on from there: a is not spared for being old, but for being behind the hand.
  Put(shard, "e.", 1'000, kNow, kLater);
  CHECK(Has(shard, "a.", kNow));
  CHECK_FALSE(Has(shard, "c.", kNow));
  CHECK(shard.evictions() == 2);
}

TEST_CASE("when every entry was found, the hand comes round and takes the oldest") {
  Shard shard(3'000 + kSmallIndex);
  for (const char* owner : {"a.", "b.", "c."}) Put(shard, owner, 1'000, kNow, kLater);
  for (const char* owner : {"a.", "b.", "c."}) Visit(shard, owner, kNow);
  Put(shard, "d.", 1'000, kNow, kLater);
  CHECK_FALSE(Has(shard, "a.", kNow));
  CHECK(Has(shard, "d.", kNow));
}

TEST_CASE("the hand takes an expired entry though it was found") {
  Shard shard(3'000 + kSmallIndex);
  Put(shard, "a.", 1'000, kNow, kLater);
  Put(shard, "b.", 1'000, kNow, At(10));
  Put(shard, "c.", 1'000, kNow, kLater);
  for (const char* owner : {"a.", "b.", "c."}) Visit(shard, owner, kNow);
  Put(shard, "d.", 1'000, At(10), kLater);
  CHECK_FALSE(Has(shard, "b.", At(9)));
  CHECK(Has(shard, "a.", At(10)));
}

TEST_CASE("an expired entry is dropped when it is touched") {
  Shard shard(3'000 + kSmallIndex);
  Put(shard, "a.", 1'000, kNow, At(10));
  CHECK(shard.Find(Key("a.").view(), At(9)) != nullptr);
  CHECK(shard.Find(Key("a.").view(), At(10)) == nullptr);
  CHECK(shard.CountOf(EntryKind::kRecords) == 0);
  CHECK(shard.evictions() == 0);
}

TEST_CASE("an entry takes the place of the one with its key and keeps its mark") {
  Shard shard(3'000 + kSmallIndex);
  for (const char* owner : {"a.", "b.", "c."}) Put(shard, owner, 1'000, kNow, kLater);
  Visit(shard, "a.", kNow);
  Put(shard, "a.", 900, kNow, At(200));
  CHECK(shard.CountOf(EntryKind::kRecords) == 3);
  for (const char* owner : {"b.", "c."}) Visit(shard, owner, kNow);
  Put(shard, "d.", 1'000, kNow, kLater);
  CHECK(Has(shard, "a.", kNow));
  CHECK_FALSE(Has(shard, "b.", kNow));
}

TEST_CASE("an entry of more than half a shard is not kept, nor what it would have replaced") {
  Shard shard(2'000);
  Put(shard, "a.", 1'000, kNow, kLater);
  CHECK(Has(shard, "a.", kNow));
  Put(shard, "a.", 1'001, kNow, kLater);
  CHECK_FALSE(Has(shard, "a.", kNow));
  CHECK(shard.CountOf(EntryKind::kRecords) == 0);
}

TEST_CASE("the hand steps off an entry that is removed") {
  Shard shard(3'000 + kSmallIndex);
  for (const char* owner : {"a.", "b.", "c."}) Put(shard, owner, 1'000, kNow, kLater);
  Put(shard, "d.", 1'000, kNow, kLater);  // Takes a; the hand stands at b.
  CHECK(shard.Remove(Key("b.").view()));
  CHECK_FALSE(shard.Remove(Key("b.").view()));
  for (const char* owner : {"e.", "f."}) Put(shard, owner, 1'000, kNow, kLater);
  CHECK_FALSE(Has(shard, "c.", kNow));
  CHECK(Has(shard, "d.", kNow));
}

TEST_CASE("entries are taken out by what they are") {
  Shard shard(10'000);
  for (const char* owner : {"a.", "bb.", "c.", "dd."}) Put(shard, owner, 1'000, kNow, kLater);
  const auto taken = shard.TakeIf([](const Entry& entry) { return entry.name().size() == 4; });
  CHECK(taken.size() == 2);
  CHECK(shard.CountOf(EntryKind::kRecords) == 2);
  CHECK(Has(shard, "a.", kNow));
  CHECK_FALSE(Has(shard, "dd.", kNow));
}

}  // namespace
}  // namespace cache
