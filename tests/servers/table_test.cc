#include "engine/servers/table.h"

#include "tests/servers/timeline.h"

namespace servers {
namespace {

TEST_CASE("a full table forgets the first entry that was not used since the hand came by") {
  Table<int, int> table(3);
  for (const int key : {1, 2, 3}) table.FindOrAdd(key) = key * 10;
  REQUIRE(table.Find(1) != nullptr);
  table.FindOrAdd(4) = 40;
  CHECK(table.size() == 3);
  CHECK(table.Find(2) == nullptr);
  for (const int key : {1, 3, 4}) {
    REQUIRE(table.Find(key) != nullptr);
    CHECK(*table.Find(key) == key * 10);
  }
}

TEST_CASE("when all were used the hand comes round and one goes") {
  Table<int, int> table(3);
  for (int key = 0; key < 100; ++key) {
    table.FindOrAdd(key) = key;
    REQUIRE(*table.Find(key) == key);
    CHECK(table.size() <= 3);
  }
  int sum = 0;
  table.ForEach([&](int key, int value) { sum += key == value ? 1 : 100; });
  CHECK(sum == 3);
}

TEST_CASE("entries may be evicted until none is left, and added again") {
  Table<int, int> table(4);
  for (const int key : {1, 2, 3, 4}) table.FindOrAdd(key) = key;
  int sum = 0;
  while (table.size() > 0) sum += table.EvictOne();
  CHECK(sum == 10);
  for (const int key : {1, 2, 3, 4}) CHECK(table.Find(key) == nullptr);
  table.FindOrAdd(5) = 5;
  CHECK(*table.Find(5) == 5);
}

}  // namespace
}  // namespace servers
