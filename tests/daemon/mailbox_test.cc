#include "engine/daemon/mailbox.h"

#include <doctest/doctest.h>

#include <string>
#include <thread>

#include "engine/world/limits.h"

namespace {

using taprootd::Mailbox;

TEST_CASE("mail is taken in the order in which it was posted, once") {
  Mailbox<int> box;
  box.Post(1);
  box.Post(2);
  CHECK(box.TakeAll() == std::deque<int>{1, 2});
  CHECK(box.TakeAll().empty());
}

TEST_CASE("a box takes as much bounded mail as its limit and not one more, and leaves that one whole") {
  Mailbox<std::string> box;
  std::string first = "first";
  std::string second = "second";
  CHECK(box.PostBelow(1, first));
  CHECK_FALSE(box.PostBelow(1, second));
  CHECK(second == "second");
  CHECK(box.TakeAll().size() == 1);
  CHECK(box.PostBelow(1, second));
}

TEST_CASE("kMaxHandOvers queries fit between two workers and not one more") {
  Mailbox<int> box;
  int mail = 0;
  for (size_t i = 0; i < world::limits::kMaxHandOvers; ++i) REQUIRE(box.PostBelow(world::limits::kMaxHandOvers, mail));
  CHECK_FALSE(box.PostBelow(world::limits::kMaxHandOvers, mail));
}

TEST_CASE("mail from many threads all arrives") {
  Mailbox<int> box;
  std::thread other([&box] {
    for (int i = 0; i < 1'000; ++i) box.Post(i);
  });
  size_t taken = 0;
  for (int i = 0; i < 1'000; ++i) box.Post(i);
  other.join();
  taken += box.TakeAll().size();
  CHECK(taken == 2'000);
}

}  // namespace
