#include "engine/servers/link_watch.h"

#include <fmt/format.h>

#include "tests/servers/timeline.h"

namespace servers {
namespace {

/// Returns the failure of a server that was good, asked at `sent_ms`.
Silence Of(std::string_view address, int64_t sent_ms) {
  return {.address = A(address), .sent = AtMs(sent_ms), .was_good = true};
}

/// Has so many servers fail, each of a network of its own, asked a millisecond after the other from `sent_ms` on.
void Fail(LinkWatch& watch, int count, int64_t sent_ms) {
  for (int i = 0; i < count; ++i) static_cast<void>(watch.Failed(Of(fmt::format("20.0.{}.1", i), sent_ms + i)));
}

/// Returns a watch that has heard somebody at 0 ms.
LinkWatch Heard() {
  LinkWatch watch;
  watch.Answered(AtMs(0));
  return watch;
}

TEST_CASE("Five servers that fail with no answer in between are our fault, four are theirs") {
  LinkWatch watch = Heard();
  Fail(watch, 4, 1);
  CHECK(watch.state() == Link::kSuspect);
  CHECK(watch.TakeForgiven().empty());
  CHECK(watch.Failed(Of("20.0.9.1", 5)));
  CHECK(watch.state() == Link::kDown);
  CHECK(watch.outages() == 1);
}

TEST_CASE("One server that fails is no reason to suspect anything, two are") {
  LinkWatch watch = Heard();
  Fail(watch, 1, 1);
  CHECK(watch.state() == Link::kUp);
  Fail(watch, 2, 1);
  CHECK(watch.state() == Link::kSuspect);
}

TEST_CASE("Servers of three networks may fail together, those of four do not: a /24, a /48") {
  for (const auto& [format, last] : {std::pair{"20.0.{}.{}", "20.0.3.1"}, {"2a0{}:0:0:{}::1", "2a03::1"}}) {
    LinkWatch watch = Heard();
    for (int i = 0; i < 12; ++i) {
      CHECK_FALSE(watch.Failed(Of(fmt::format(fmt::runtime(format), i % 3, i + 1), 1 + i)));
    }
    CHECK(watch.Failed(Of(last, 20)));
  }
}

TEST_CASE("One server that fails again and again counts once") {
  LinkWatch watch = Heard();
  for (int i = 0; i < 100; ++i) CHECK_FALSE(watch.Failed(Of("20.0.0.1", 1 + i)));
  CHECK(watch.state() == Link::kUp);
}

TEST_CASE("Any answer ends the suspicion, so that dead servers among live ones are dead servers") {
  LinkWatch watch = Heard();
  for (int round = 0; round < 10; ++round) {
    Fail(watch, 4, round * 100 + 1);
    watch.Answered(AtMs(round * 100 + 50));
    CHECK(watch.state() == Link::kUp);
  }
  CHECK(watch.outages() == 0);
}

TEST_CASE("A server that was asked before somebody answered was asked over a link that worked") {
  LinkWatch watch = Heard();
  watch.Answered(AtMs(100));
  Fail(watch, 10, 80);
  CHECK(watch.state() == Link::kUp);
}

TEST_CASE("What was silent before, or has never answered, says nothing when it fails") {
  LinkWatch watch = Heard();
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(watch.Failed({.address = A(fmt::format("20.0.{}.1", i)), .sent = AtMs(1 + i), .was_good = false}));
  }
  CHECK(watch.state() == Link::kUp);
}

TEST_CASE("Where nobody has ever answered every failure counts: a host that starts without a network") {
  LinkWatch watch;
  for (int i = 0; i < 5; ++i) {
    static_cast<void>(watch.Failed({.address = A(fmt::format("20.0.{}.1", i)), .sent = AtMs(i), .was_good = false}));
  }
  CHECK(watch.state() == Link::kDown);
}

TEST_CASE("What failed just before the outage was known is forgiven, once") {
  LinkWatch watch = Heard();
  Fail(watch, 5, 1);
  CHECK(watch.TakeForgiven().size() == 5);
  CHECK(watch.TakeForgiven().empty());
}

TEST_CASE("While the link is down nobody is to blame; the first answer ends that") {
  LinkWatch watch = Heard();
  Fail(watch, 5, 1);
  CHECK(watch.Failed(Of("20.0.77.1", 2'000)));
  watch.Answered(AtMs(5'000));
  CHECK(watch.state() == Link::kUp);
  CHECK_FALSE(watch.Failed(Of("20.0.77.1", 5'001)));
}

TEST_CASE("Who was asked during the outage and is overdue after it is not to blame either") {
  LinkWatch watch = Heard();
  Fail(watch, 5, 1);
  watch.Answered(AtMs(5'000));
  CHECK(watch.Failed(Of("20.0.1.1", 4'900)));
  CHECK(watch.Failed(Of("20.0.1.1", 1)));
  CHECK_FALSE(watch.Failed(Of("20.0.1.1", 0)));
  // Another suspicion changes nothing about that.
  Fail(watch, 2, 5'001);
  CHECK(watch.Failed(Of("20.0.1.1", 4'900)));
}

TEST_CASE("The time without a link is counted from the first that was not answered to the first that was") {
  LinkWatch watch = Heard();
  Fail(watch, 5, 1);
  CHECK(watch.DownFor(AtMs(1'001)) == Ms(1'000));
  watch.Answered(AtMs(3'001));
  CHECK(watch.DownFor(AtMs(60'000)) == Ms(3'000));
}

TEST_CASE("Sixteen servers are remembered, and no more (kMostServers)") {
  LinkWatch watch = Heard();
  for (int i = 0; i < 15; ++i) CHECK_FALSE(watch.Failed(Of(fmt::format("20.0.{}.{}", i % 3, i + 1), 1 + i)));
  LinkWatch full = watch;
  CHECK(watch.Failed(Of("20.0.4.1", 100)));
  CHECK_FALSE(full.Failed(Of("20.0.0.99", 100)));
  CHECK_FALSE(full.Failed(Of("20.0.4.1", 101)));
}

}  // namespace
}  // namespace servers
