#include "engine/servers/address_record.h"

#include "tests/servers/timeline.h"

namespace servers {
namespace {

using world::Protocol;

/// Lets a query time out at `now` and returns how long the address rests from then on.
world::Duration RestAfterTimeout(AddressRecord& record, world::Instant now) {
  record.TimedOut(now - kUnknownTimeout, now);
  return record.rests_until - now;
}

TEST_CASE("timeouts in a row let an address rest 0.5 s, doubled each time, at most 30 s") {
  AddressRecord record;
  world::Instant now = AtMs(0);
  for (const int64_t rest : {500, 1'000, 2'000, 4'000, 8'000, 16'000, 30'000, 30'000}) {
    CHECK(RestAfterTimeout(record, now) == Ms(rest));
    now = record.rests_until;
  }
  CHECK(record.timeouts_in_row == 8);
}

TEST_CASE("all queries that are out when the first is overdue are one failure") {
  AddressRecord record;
  for (int64_t ms = 400; ms < 700; ms += 10) record.TimedOut(AtMs(ms - 400), AtMs(ms));
  CHECK(record.timeouts_in_row == 1);
  CHECK(record.timeouts == 30);
  CHECK(record.rests_until == AtMs(900));
}

TEST_CASE("a lost packet is no silence when another answer came since it was sent") {
  AddressRecord record;
  record.Answered(Protocol::kUdp, Ms(40), Report::kValid, AtMs(0));  // From here on the timeout is 120 ms.
  AddressRecord silent = record;
  record.TimedOut(AtMs(0), AtMs(120));
  CHECK_FALSE(record.IsSilent());
  CHECK(record.loss > 0);
  silent.TimedOut(AtMs(1), AtMs(121));
  CHECK(silent.IsSilent());
  CHECK(silent.loss == 0);
}

/// Returns an address of 10 ms that lost one packet before each of so many answers.
AddressRecord Lossy(int answers) {
  AddressRecord record;
  for (int i = 0; i < answers; ++i) {
    record.TimedOut(AtMs(100 * i), AtMs(100 * i + 90));
    record.Answered(Protocol::kUdp, Ms(10), Report::kValid, AtMs(100 * i + 95));
  }
  return record;
}

TEST_CASE("an address that loses packets may miss as many in a row as loss explains, but for one time in a hundred") {
  AddressRecord record;
  for (const auto& [loss, patience] : {std::pair(0.0, 0), std::pair(0.01, 0), std::pair(0.02, 1), std::pair(0.11, 2),
                                       std::pair(0.5, 2), std::pair(0.9, 2)}) {
    record.loss = loss;
    CHECK(record.Patience() == patience);
  }
  record.loss = 0.11;
  for (const int silences : {0, 0, 1, 2}) {
    record.TimedOut(AtMs(100'000 * record.timeouts_in_row), AtMs(100'000 * record.timeouts_in_row));
    CHECK(record.Silences() == silences);
  }
  CHECK(record.rests_until == AtMs(301'000));
}

TEST_CASE(
    "of an address that has lost a thousand queries and then answers, no more than two misses are put down to loss") {
  AddressRecord record;
  for (int i = 0; i < 1000; ++i) record.Sent(AtMs(i));
  for (int i = 0; i < 1000; ++i) record.TimedOut(AtMs(i), AtMs(i));
  record.Answered(Protocol::kUdp, Ms(10), Report::kValid, AtMs(1000));
  for (int i = 0; i < 1000; ++i) record.TimedOut(AtMs(i), AtMs(1001));  // Sent before it answered: each was lost.
  CHECK(record.Patience() == 2);
  CHECK(record.Silences() == 0);
}

TEST_CASE("what is missed and then answered was lost; a loss of one in two is learned, and forgotten") {
  AddressRecord record = Lossy(200);
  CHECK(record.loss > 0.4);
  CHECK(record.loss < 0.6);
  for (int i = 0; i < 200; ++i) record.Answered(Protocol::kUdp, Ms(10), Report::kValid, AtMs(100'000 + i));
  CHECK(record.loss < 0.01);
}

TEST_CASE("neither a late answer nor an outage is a loss") {
  AddressRecord late;
  late.TimedOut(AtMs(0), AtMs(400));
  late.Answered(Protocol::kUdp, Ms(401), Report::kValid, AtMs(401));
  CHECK(late.loss == 0);
  AddressRecord back;
  for (int64_t at = 0; back.timeouts_in_row < 4; at += 1'000) back.TimedOut(AtMs(at), AtMs(at + 400));
  back.Answered(Protocol::kUdp, Ms(10), Report::kValid, AtMs(100'000));
  CHECK(back.loss == 0);
}

TEST_CASE("one query probes an address that has rested, the others wait for its outcome") {
  AddressRecord record;
  record.TimedOut(AtMs(-400), AtMs(0));
  CHECK(record.RestsAt(AtMs(499)));
  CHECK_FALSE(record.RestsAt(AtMs(500)));
  record.Sent(AtMs(600));
  CHECK(record.RestsAt(AtMs(999)));
  record.TimedOut(AtMs(600), AtMs(1'000));
  CHECK(record.timeouts_in_row == 2);
  CHECK(record.rests_until == AtMs(2'000));
}

TEST_CASE("any matched answer, over TCP or bad too, ends the silence at once") {
  for (const Protocol via : {Protocol::kUdp, Protocol::kTcp}) {
    for (const Report report : {Report::kValid, Report::kServFail, Report::kLame}) {
      AddressRecord record;
      record.TimedOut(AtMs(-400), AtMs(0));
      REQUIRE(record.IsSilent());
      record.Answered(via, Ms(10), report, AtMs(100));
      CHECK_FALSE(record.IsSilent());
      CHECK_FALSE(record.RestsAt(AtMs(100)));
    }
  }
}

TEST_CASE("only answers over UDP are samples of the round-trip time") {
  AddressRecord record;
  record.Answered(Protocol::kTcp, Ms(80), Report::kValid, AtMs(0));
  CHECK_FALSE(record.rtt.measured);
  record.Answered(Protocol::kUdp, Ms(20), Report::kServFail, AtMs(0));
  CHECK(record.rtt.smoothed == Ms(20));
}

TEST_CASE("an unreachable address rests at once, though it answered a moment ago and loses packets") {
  AddressRecord record;
  record.loss = 0.5;
  record.Answered(Protocol::kUdp, Ms(20), Report::kValid, AtMs(0));
  record.Unreachable(AtMs(1));
  CHECK(record.IsSilent());
  CHECK(record.rests_until == AtMs(501));
}

TEST_CASE("a server that fails on EDNS is asked without for an hour (RFC 6891 7)") {
  AddressRecord record;
  CHECK(record.WithEdnsAt(AtMs(0)));
  record.Answered(Protocol::kUdp, Ms(20), Report::kNoEdns, AtMs(0));
  record.Answered(Protocol::kUdp, Ms(20), Report::kValid, AtMs(1));
  CHECK_FALSE(record.WithEdnsAt(AtMs(3'599'999)));
  CHECK(record.WithEdnsAt(AtMs(3'600'000)));
}

}  // namespace
}  // namespace servers
